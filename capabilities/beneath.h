#pragma once
// System calls beneath a held folder: nothing here leaves it, follows a magic link or crosses a mount. Any thread.
#include <sys/stat.h>

#include <string>

#include "capabilities/failure.h"
#include "ipc/os/unique_fd.h"

namespace runtime::capabilities {

// Whether work may wait for a disk: never on the loop thread, where it fails with EAGAIN instead.
enum class Wait : uint8_t { kNever, kMay };
enum class Links : uint8_t { kFollow, kNone };

// openat2 from `folder`; O_CLOEXEC and O_NOCTTY are added, and O_NONBLOCK where it may not wait. EXDEV: the path leads
// out of the folder or into another mount. A path that changes while it is followed is tried 8 times, then EAGAIN.
Result<os::UniqueFd> openBeneath(int folder, const std::string& relative, int flags, Wait wait,
                                 Links links = Links::kFollow, mode_t mode = 0);
// What an O_PATH descriptor stands for, opened.
Result<os::UniqueFd> reopen(int fd, int flags, Wait wait);
Result<os::UniqueFd> duplicate(int fd);
// "/proc/self/fd/N": names an open file to system calls that take a path.
std::string descriptorPath(int fd);
// The canonical host path of an open file. ENOENT where it has none any more.
Result<std::string> hostPathOf(int fd);
Result<std::string> readLink(int folder, const std::string& name);
struct FileStatus {
  struct statx value;
  bool isFolder() const { return S_ISDIR(value.stx_mode); }
  bool isRegular() const { return S_ISREG(value.stx_mode); }
  bool isLink() const { return S_ISLNK(value.stx_mode); }
  uint64_t device() const;
  uint64_t inode() const { return value.stx_ino; }
  uint64_t size() const { return value.stx_size; }
};
// Of `fd` itself.
Result<FileStatus> statusOf(int fd);
// Of the name in a folder, links not followed.
Result<FileStatus> statusAt(int folder, const std::string& name);

}  // namespace runtime::capabilities
