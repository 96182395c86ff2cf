#include "policies/parse.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <tuple>

#include "ipc/os/unique_fd.h"
#include "policies/host_path.h"
#include "policies/reader.h"
#include "policies/sections.h"
#include "policies/source.h"

namespace runtime::policies {
namespace {

using Faults = std::vector<Diagnostic>;

std::string sha256Of(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 cannot be computed");
  }
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += kHex[digest[i] >> 4];
    hex += kHex[digest[i] & 15];
  }
  return hex;
}

Faults wholeFile(const std::string& fileName, std::string message) {
  return {Diagnostic{Severity::kFault, Place{fileName, 0, 0}, std::move(message), "", ""}};
}

std::string tooLarge() { return "the policy is larger than " + std::to_string(kMaxPolicyBytes) + " bytes"; }

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

std::expected<Policy, Faults> parse(std::string_view text, const std::string& fileName,
                                    const Surroundings& surroundings) {
  if (text.size() > kMaxPolicyBytes) return std::unexpected(wholeFile(fileName, tooLarge()));
  const Source source(text, fileName);
  if (auto unreadable = source.unreadable()) return std::unexpected(Faults{*std::move(unreadable)});

  toml::table file;
  try {
    file = toml::parse(source.text(), fileName);
  } catch (const toml::parse_error& error) {
    return std::unexpected(Faults{describe(error, source)});
  }

  Policy policy;
  std::vector<Diagnostic> diagnostics;
  Reader reader(source, diagnostics);
  if (readVersion(file, reader)) {
    reader.checkKeys(file, "a policy file", {"version", "limits", "engine", "modules", "grant", "deny"},
                     {"within", "include"});
    policy.limits = readLimits(file, reader);
    policy.engine = readEngine(file, reader);
    policy.modules = readModules(file, surroundings, reader);
    readRules(file, surroundings, reader, policy);
  }
  std::ranges::stable_sort(diagnostics, {}, [](const Diagnostic& diagnostic) {
    return std::tuple(diagnostic.place.line, diagnostic.place.column);
  });
  if (reader.faults() > 0) return std::unexpected(std::move(diagnostics));
  if (policy.modules.place.line == 0) policy.modules.place.file = fileName;
  policy.sha256 = sha256Of(text);
  policy.warnings = std::move(diagnostics);
  return policy;
}

struct FileContent {
  std::string text;
  uint64_t device = 0;
  uint64_t inode = 0;
};

std::expected<FileContent, std::string> readRegularFile(const std::string& path) {
  const auto systemFault = [] { return std::unexpected("cannot be read: " + std::generic_category().message(errno)); };
  // Not blocking: a FIFO without a writer would hang the open.
  const os::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status = {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return systemFault();
  if (S_ISDIR(status.st_mode)) return std::unexpected("is a folder, not a policy file");
  if (!S_ISREG(status.st_mode)) return std::unexpected("is not a regular file");
  FileContent content{"", status.st_dev, status.st_ino};
  std::array<char, 65536> buffer;
  while (content.text.size() <= kMaxPolicyBytes) {
    const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
    if (size == 0) return content;
    if (size < 0 && errno != EINTR) return systemFault();
    if (size > 0) content.text.append(buffer.data(), static_cast<size_t>(size));
  }
  return std::unexpected(tooLarge());
}

}  // namespace

std::expected<Policy, Faults> parseFile(const std::string& path) {
  if (path.empty() || path.contains('\0')) return std::unexpected(wholeFile(path, "is no path of a policy file"));
  const auto content = readRegularFile(path);
  if (!content) return std::unexpected(wholeFile(path, content.error()));
  const auto folder = folderOf(path);
  if (!folder) return std::unexpected(wholeFile(path, "its folder cannot be found: " + folder.error()));
  auto policy = parse(content->text, path, {*folder, content->device, content->inode});
  if (policy) {
    const std::string name = path.substr(path.rfind('/') + 1);
    policy->files.push_back(*folder == "/" ? "/" + name : *folder + "/" + name);
  }
  return policy;
}

std::expected<Policy, Faults> parseText(std::string_view text, const std::string& fileName,
                                        const std::string& baseFolder) {
  return parse(text, fileName, {baseFolder});
}

Policy emptyPolicy(const std::string& rootFolder) {
  Policy policy;
  policy.modules.root = rootFolder;
  policy.sha256 = sha256Of("");
  return policy;
}

}  // namespace runtime::policies
