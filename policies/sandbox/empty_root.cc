#include "policies/sandbox/empty_root.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ipc/os/unique_fd.h"
#include "policies/sandbox/setup_error.h"

namespace runtime::sandbox {
namespace {

void require(long result) {
  if (result < 0) dieAt(Step::kEmptyRoot);
}

os::UniqueFd makeEmptyFolder() {
  const os::UniqueFd context(::fsopen("tmpfs", FSOPEN_CLOEXEC));
  require(context.get());
  require(::fsconfig(context.get(), FSCONFIG_SET_STRING, "mode", "0555", 0));
  require(::fsconfig(context.get(), FSCONFIG_SET_STRING, "nr_inodes", "1", 0));
  require(::fsconfig(context.get(), FSCONFIG_SET_STRING, "size", "4096", 0));
  require(::fsconfig(context.get(), FSCONFIG_SET_FLAG, "ro", nullptr, 0));
  require(::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0));
  os::UniqueFd mount(::fsmount(context.get(), FSMOUNT_CLOEXEC,
                               MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  require(mount.get());
  return mount;
}

}  // namespace

void enterEmptyRoot() noexcept {
  // Nothing that happens to mounts from here on reaches the host, nor the other way round.
  require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr));
  const os::UniqueFd folder = makeEmptyFolder();
  require(::move_mount(folder.get(), "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH));
  require(::fchdir(folder.get()));
  // The old root lands on top of the new one, the only place there is, and is taken away from there.
  require(::syscall(SYS_pivot_root, ".", "."));
  require(::umount2(".", MNT_DETACH));
  require(::chdir("/"));
}

}  // namespace runtime::sandbox
