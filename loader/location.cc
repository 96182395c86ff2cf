#include "loader/location.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "loader/resolve.h"
#include "loader/utf8.h"

namespace runtime::loader {
namespace {

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equalIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

// The scheme of a URL without its colon, or empty.
std::string_view schemeOf(std::string_view reference) {
  if (reference.empty() || !isLetter(reference[0])) return {};
  for (size_t i = 1; i < reference.size(); ++i) {
    const char c = reference[i];
    if (c == ':') return reference.substr(0, i);
    if (!isLetter(c) && !isDigit(c) && c != '+' && c != '-' && c != '.') return {};
  }
  return {};
}

std::optional<uint8_t> hexDigit(char c) {
  if (isDigit(c)) return static_cast<uint8_t>(c - '0');
  const char small = lower(c);
  if (small >= 'a' && small <= 'f') return static_cast<uint8_t>(small - 'a' + 10);
  return std::nullopt;
}

std::expected<std::string, LocationError> decoded(std::string_view segment) {
  std::string out;
  out.reserve(segment.size());
  for (size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '%') {
      out += segment[i];
      continue;
    }
    if (i + 2 >= segment.size()) return std::unexpected(LocationError::kMalformed);
    const auto high = hexDigit(segment[i + 1]);
    const auto low = hexDigit(segment[i + 2]);
    if (!high || !low) return std::unexpected(LocationError::kMalformed);
    const char byte = static_cast<char>(*high * 16 + *low);
    if (byte == '/' || byte == '\\') return std::unexpected(LocationError::kEncodedSeparator);
    out += byte;
    i += 2;
  }
  if (out.contains('\0') || wellFormedPrefix(out) != out.size()) return std::unexpected(LocationError::kMalformed);
  return out;
}

// As a URL parser prepares its input: spaces and controls around it go, tabs and line ends go, what follows the path
// goes, a backslash is a slash.
std::string prepared(std::string_view reference) {
  const auto isEdge = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  while (!reference.empty() && isEdge(reference.front())) reference.remove_prefix(1);
  while (!reference.empty() && isEdge(reference.back())) reference.remove_suffix(1);
  reference = reference.substr(0, reference.find_first_of("?#"));
  std::string out;
  out.reserve(reference.size());
  for (const char c : reference) {
    if (c == '\t' || c == '\n' || c == '\r') continue;
    out += c == '\\' ? '/' : c;
  }
  return out;
}

std::vector<std::string> foldersOf(std::string_view referrer) {
  std::vector<std::string> folders;
  for (size_t slash = referrer.find('/'); slash != referrer.npos; slash = referrer.find('/')) {
    folders.emplace_back(referrer.substr(0, slash));
    referrer.remove_prefix(slash + 1);
  }
  return folders;
}

std::expected<Location, LocationError> walk(std::vector<std::string> folders, std::string_view path) {
  Location location;
  while (true) {
    const size_t slash = path.find('/');
    auto name = decoded(path.substr(0, slash));
    if (!name) return std::unexpected(name.error());
    const bool last = slash == path.npos;
    if (*name == "..") {
      if (folders.empty()) return std::unexpected(LocationError::kClimbs);
      folders.pop_back();
      location.folder = true;
    } else if (*name == "." || (last && name->empty())) {
      location.folder = true;
    } else {
      folders.push_back(*std::move(name));
      location.folder = false;
    }
    if (last) break;
    path.remove_prefix(slash + 1);
  }
  for (const std::string& folder : folders) {
    if (folder.empty()) continue;
    if (!location.path.empty()) location.path += '/';
    location.path += folder;
  }
  if (location.path.empty()) location.folder = true;
  return location;
}

}  // namespace

ReferenceKind kindOf(std::string_view reference) {
  if (reference.starts_with('/') || reference.starts_with("./") || reference.starts_with("../") || reference == "." ||
      reference == "..") {
    return ReferenceKind::kPath;
  }
  const std::string_view scheme = schemeOf(reference);
  if (scheme.empty()) return ReferenceKind::kBare;
  return equalIgnoringCase(scheme, "file") ? ReferenceKind::kFile : ReferenceKind::kScheme;
}

std::expected<Location, LocationError> locate(std::string_view referrer, std::string_view reference) {
  const bool isUrl = kindOf(reference) == ReferenceKind::kFile;
  const std::string text = prepared(reference);
  std::string_view path = text;
  if (isUrl) path.remove_prefix(path.find(':') + 1);
  if (path.starts_with("//")) {
    path.remove_prefix(2);
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view host = path.substr(0, end);
    if (!isUrl || (!host.empty() && !equalIgnoringCase(host, "localhost"))) {
      return std::unexpected(LocationError::kHost);
    }
    path.remove_prefix(end);
  }
  if (path.starts_with('/')) return walk({}, path.substr(1));
  return walk(isUrl ? std::vector<std::string>{} : foldersOf(referrer), path);
}

std::string urlOf(const Location& location) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string url = "file:///";
  for (const char c : location.path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || std::string_view("\"#%<>?\\^`{|}").contains(c)) {
      url += '%';
      url += kHex[byte >> 4];
      url += kHex[byte & 15];
    } else {
      url += c;
    }
  }
  if (location.folder && !url.ends_with('/')) url += '/';
  return url;
}

std::string urlOf(std::string_view modulePath) { return urlOf(Location{std::string(modulePath), false}); }

}  // namespace runtime::loader
