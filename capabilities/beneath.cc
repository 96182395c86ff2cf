#include "capabilities/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <string_view>

namespace runtime::capabilities {
namespace {

constexpr int kMaxTries = 8;
constexpr unsigned kStatusMask = STATX_BASIC_STATS | STATX_BTIME;

}  // namespace

Result<os::UniqueFd> openBeneath(int folder, const std::string& relative, int flags, Wait wait, Links links,
                                 mode_t mode) {
  struct open_how how = {};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  if ((flags & O_PATH) == 0) how.flags |= O_NOCTTY | (wait == Wait::kNever ? O_NONBLOCK : 0);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  if (links == Links::kNone) how.resolve |= RESOLVE_NO_SYMLINKS;
  if (wait == Wait::kNever) how.resolve |= RESOLVE_CACHED;
  const int tries = wait == Wait::kNever ? 1 : kMaxTries;
  for (int i = 0; i < tries; ++i) {
    const long fd = ::syscall(SYS_openat2, folder, relative.c_str(), &how, sizeof how);
    if (fd >= 0) return os::UniqueFd(static_cast<int>(fd));
    if (errno != EAGAIN && errno != EINTR) return failed();
  }
  return failed(EAGAIN);
}

Result<os::UniqueFd> reopen(int fd, int flags, Wait wait) {
  if (wait == Wait::kNever) flags |= O_NONBLOCK;
  os::UniqueFd opened(::open(descriptorPath(fd).c_str(), flags | O_CLOEXEC | O_NOCTTY));
  if (!opened) return failed();
  return opened;
}

Result<os::UniqueFd> duplicate(int fd) {
  os::UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!copy) return failed();
  return copy;
}

std::string descriptorPath(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

Result<std::string> hostPathOf(int fd) {
  auto path = readLink(AT_FDCWD, descriptorPath(fd));
  if (!path) return path;
  constexpr std::string_view kDeleted = " (deleted)";
  if (!path->starts_with('/')) return failed(ENOENT);
  if (path->ends_with(kDeleted)) {
    // A name may end like this too; then the file it names is this one.
    const auto self = statusOf(fd);
    const auto named = statusAt(AT_FDCWD, *path);
    if (!self || !named || self->inode() != named->inode() || self->device() != named->device()) return failed(ENOENT);
  }
  return path;
}

Result<std::string> readLink(int folder, const std::string& name) {
  std::array<char, PATH_MAX + 1> text;
  const ssize_t size = ::readlinkat(folder, name.c_str(), text.data(), text.size());
  if (size < 0) return failed();
  if (static_cast<size_t>(size) >= text.size()) return failed(ENAMETOOLONG);
  return std::string(text.data(), static_cast<size_t>(size));
}

uint64_t FileStatus::device() const { return makedev(value.stx_dev_major, value.stx_dev_minor); }

Result<FileStatus> statusOf(int fd) {
  FileStatus status;
  if (::statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, kStatusMask, &status.value) != 0) return failed();
  return status;
}

Result<FileStatus> statusAt(int folder, const std::string& name) {
  FileStatus status;
  if (::statx(folder, name.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, kStatusMask, &status.value) != 0) {
    return failed();
  }
  return status;
}

}  // namespace runtime::capabilities
