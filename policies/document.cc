#include "policies/document.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <tuple>

#include "ipc/os/unique_fd.h"

namespace runtime::policies {
namespace {

std::string tooLarge(std::string_view what, uint64_t most) {
  return "the " + std::string(what) + " is larger than " + std::to_string(most) + " bytes";
}

// What toml++ said, without its preamble. It gives a duplicate the place of its value; a reader looks for the key.
Diagnostic describe(const toml::parse_error& error, const Source& source) {
  static constexpr std::string_view kPreamble = "Error while parsing ";
  std::string_view text = error.description();
  Place place = source.atCharacter(error.source().begin.line, error.source().begin.column);
  if (text.starts_with(kPreamble)) {
    if (const size_t colon = text.find(": "); colon != text.npos) text.remove_prefix(colon + 2);
  }
  if (text.starts_with("cannot redefine existing ")) {
    const size_t open = text.find('\'');
    const size_t close = text.rfind('\'');
    if (open != text.npos && close > open + 1) {
      std::string_view name = text.substr(open + 1, close - open - 1);
      if (const size_t dot = name.rfind('.'); dot != name.npos) name.remove_prefix(dot + 1);
      const std::string_view line = source.line(place.line);
      size_t at = line.substr(0, place.column - 1).rfind(name);
      if (at == line.npos) at = line.find(name);
      if (at != line.npos) place.column = static_cast<uint32_t>(at + 1);
      return source.diagnose(Severity::kFault, place, "duplicate " + quoted(name) + ": it is defined above already");
    }
  }
  std::string message = "this is not TOML: " + std::string(text);
  // It may quote a line's end.
  std::ranges::replace_if(message, [](unsigned char c) { return c < 0x20; }, ' ');
  return source.diagnose(Severity::kFault, place, std::move(message));
}

}  // namespace

std::vector<Diagnostic> wholeFile(const std::string& fileName, std::string message) {
  return {Diagnostic{Severity::kFault, Place{fileName, 0, 0}, std::move(message), "", ""}};
}

std::expected<FileContent, std::string> readRegularFile(const std::string& path, uint64_t most, std::string_view what) {
  const auto systemFault = [] { return std::unexpected("cannot be read: " + std::generic_category().message(errno)); };
  // Not blocking: a FIFO without a writer would hang the open.
  const os::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status = {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return systemFault();
  if (S_ISDIR(status.st_mode)) return std::unexpected("is a folder, not a " + std::string(what) + " file");
  if (!S_ISREG(status.st_mode)) return std::unexpected("is not a regular file");
  FileContent content{"", {status.st_dev, status.st_ino}};
  std::array<char, 65536> buffer;
  while (content.text.size() <= most) {
    const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
    if (size == 0) return content;
    if (size < 0 && errno != EINTR) return systemFault();
    if (size > 0) content.text.append(buffer.data(), static_cast<size_t>(size));
  }
  return std::unexpected(tooLarge(what, most));
}

bool Document::parse(uint64_t mostBytes, std::string_view what) {
  if (text_.size() > mostBytes) {
    diagnostics_ = wholeFile(source_.fileName(), tooLarge(what, mostBytes));
    return false;
  }
  if (auto unreadable = source_.unreadable()) {
    diagnostics_.push_back(*std::move(unreadable));
    return false;
  }
  try {
    table_ = toml::parse(source_.text(), source_.fileName());
  } catch (const toml::parse_error& error) {
    diagnostics_.push_back(describe(error, source_));
    return false;
  }
  return true;
}

std::vector<Diagnostic> Document::sorted() const {
  std::vector<Diagnostic> all = diagnostics_;
  std::ranges::stable_sort(
      all, {}, [](const Diagnostic& diagnostic) { return std::tuple(diagnostic.place.line, diagnostic.place.column); });
  return all;
}

}  // namespace runtime::policies
