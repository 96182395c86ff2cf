#pragma once
// Host paths as policy files name them: made absolute, and looked at. Blocks on the file system; any thread.
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace runtime::policies {

// `written`, relative to the absolute folder `base`, as an absolute path without ".", ".." and doubled slashes. A ".."
// after a name goes where the kernel would go: symlinks before it are followed. The error is a sentence.
std::expected<std::string, std::string> absoluteHostPath(const std::string& base, std::string_view written);

// The canonical path of what `path` names; where nothing is there, of the folder it would be in, with its name. The
// error is a sentence.
std::expected<std::string, std::string> canonicalPath(const std::string& path);

enum class HostKind : uint8_t {
  kFolder,
  kFile,
  kMissing,      // nothing there, in a folder that exists
  kUnreachable,  // nothing there, nor a folder to make it in; or it cannot be looked at
  kOther,        // a device, a FIFO, a socket; or a symlink that leads nowhere
};

struct HostLook {
  HostKind kind = HostKind::kUnreachable;
  std::string reason;  // where nothing is there or it is of no use: why, for a person
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t fileSystem = 0;  // statfs f_type
};
// Follows symlinks.
HostLook lookAt(const std::string& path);

// The canonical absolute path of the folder that `path` stands in. The error is a sentence.
std::expected<std::string, std::string> folderOf(const std::string& path);

}  // namespace runtime::policies
