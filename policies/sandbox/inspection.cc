#include "policies/sandbox/inspection.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "ipc/os/unique_fd.h"

namespace runtime::sandbox {
namespace {

using Resource = decltype(RLIMIT_DATA);

void require(bool holds, Step step) {
  if (!holds) dieAt(SetupError{step, ENOTRECOVERABLE});
}

void requireNoCapabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  require(::capget(&header, sets.data()) == 0, Step::kCapabilities);
  for (const auto& set : sets)
    require(set.effective == 0 && set.permitted == 0 && set.inheritable == 0, Step::kCapabilities);
  for (int capability = 0;; ++capability) {
    const int bounding = ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (bounding < 0) break;  // beyond the last that the kernel knows
    require(bounding == 0 && ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) == 0,
            Step::kCapabilities);
  }
}

void requireDeathWithParent() {
  int signal = 0;
  require(::prctl(PR_GET_PDEATHSIG, &signal, 0, 0, 0) == 0 && signal == SIGKILL, Step::kParentDeath);
}

void requireEmptyReadOnlyRoot() {
  constexpr unsigned long kFlags = ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC;
  struct statfs root{};
  require(::statfs("/", &root) == 0 && root.f_type == TMPFS_MAGIC &&
              (static_cast<unsigned long>(root.f_flags) & kFlags) == kFlags,
          Step::kEmptyRoot);
  struct stat top{}, working{}, above{};
  require(::stat("/", &top) == 0 && ::stat(".", &working) == 0 && ::stat("..", &above) == 0, Step::kEmptyRoot);
  for (const auto& other : {working, above})
    require(other.st_dev == top.st_dev && other.st_ino == top.st_ino, Step::kEmptyRoot);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/"), ::closedir);
  require(folder != nullptr, Step::kEmptyRoot);
  while (const dirent* entry = ::readdir(folder.get()))
    require(::strcmp(entry->d_name, ".") == 0 || ::strcmp(entry->d_name, "..") == 0, Step::kEmptyRoot);
}

void requireAtMost(Resource resource, rlim_t value) {
  rlimit limit{};
  require(::getrlimit(resource, &limit) == 0 && limit.rlim_cur <= value && limit.rlim_max <= value, Step::kLimits);
}

bool isPipe(int descriptor) {
  struct stat status{};
  return ::fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode);
}

}  // namespace

void requireConfinedZygote() noexcept {
  requireDeathWithParent();
  requireNoCapabilities();
  require(::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, Step::kNoNewPrivileges);
  require(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0, Step::kNotDumpable);
  requireEmptyReadOnlyRoot();
  for (const Resource resource : kForbiddenInZygote) requireAtMost(resource, 0);
}

void requireConfinedWorker(const WorkerLimits& limits) noexcept {
  requireDeathWithParent();
  require(isPipe(STDIN_FILENO) && isPipe(STDOUT_FILENO) && ::fcntl(STDERR_FILENO, F_GETFD) == -1, Step::kDescriptors);
  requireAtMost(RLIMIT_DATA, limits.dataBytes);
  requireAtMost(RLIMIT_AS, limits.addressBytes);
  requireAtMost(RLIMIT_CPU, limits.cpuSeconds + 1);
  requireAtMost(RLIMIT_NOFILE, 0);
  requireAtMost(RLIMIT_NPROC, 0);
}

}  // namespace runtime::sandbox
