#include "loader/integrity.h"

#include <algorithm>
#include <utility>

#include "loader/location.h"

namespace runtime::loader {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// That `text` is what base64() makes of so many bytes.
bool isBase64Of(std::string_view text, size_t bytes) {
  if (text.size() != (bytes + 2) / 3 * 4) return false;
  const size_t padding = (3 - bytes % 3) % 3;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool isPadding = i + padding >= text.size();
    if (isPadding ? text[i] != '=' : !kDigits.contains(text[i])) return false;
  }
  // The bits that the last digit has too many are zero.
  return padding == 0 || kDigits.find(text[text.size() - padding - 1]) % (padding == 1 ? 4 : 16) == 0;
}

}  // namespace

std::expected<void, std::string> Integrity::add(std::string_view key, std::string_view digest) {
  if (!key.starts_with("./")) {
    return std::unexpected("a file of `integrity` must start with \"./\": it is relative to modules.root");
  }
  if (key.find_first_of("?#\\") != key.npos) {
    return std::unexpected("a file of `integrity` is a path: write `?`, `#` and `\\` percent-encoded");
  }
  const auto location = locate("", key);
  if (!location || location->folder || location->path.empty()) {
    return std::unexpected("this is no path of a file beneath modules.root");
  }
  Entry entry{std::string(key), location->path, std::string(digest), Algorithm::kSha256};
  if (digest.starts_with("sha384-")) entry.algorithm = Algorithm::kSha384;
  const bool isKnown = digest.starts_with("sha256-") || digest.starts_with("sha384-");
  if (!isKnown || !isBase64Of(digest.substr(7), entry.algorithm == Algorithm::kSha256 ? 32 : 48)) {
    return std::unexpected("the integrity of a file is \"sha256-\" or \"sha384-\" and its digest in base64");
  }
  const auto at = std::ranges::lower_bound(byPath_, entry.path, {}, [this](size_t i) { return entries_[i].path; });
  if (at != byPath_.end() && entries_[*at].path == entry.path) {
    return std::unexpected("another entry of `integrity` names the same file");
  }
  byPath_.insert(at, entries_.size());
  entries_.push_back(std::move(entry));
  return {};
}

const Integrity::Entry* Integrity::find(std::string_view path) const {
  const auto at =
      std::ranges::lower_bound(byPath_, path, {}, [this](size_t i) { return std::string_view(entries_[i].path); });
  return at != byPath_.end() && entries_[*at].path == path ? &entries_[*at] : nullptr;
}

std::string base64(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) text += i + k <= bytes.size() ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

}  // namespace runtime::loader
