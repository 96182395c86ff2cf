// runtime::examineHost(): each layer of confinement is tried in a child of its own, the way zygote and worker take it.
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "policies/sandbox/capability_sets.h"
#include "policies/sandbox/control_group.h"
#include "policies/sandbox/empty_root.h"
#include "policies/sandbox/landlock.h"
#include "policies/sandbox/namespaces.h"
#include "policies/sandbox/seccomp_program.h"
#include "policies/sandbox/session_keyring.h"
#include "policies/sandbox/speculation.h"
#include "supervisor/attempt.h"
#include "supervisor/runtime.h"

namespace runtime {
namespace {

using supervisor::Attempt;
using supervisor::attemptInChild;
using supervisor::attemptInNamespaces;
using supervisor::attemptToDie;

enum class Need : bool { kOptional, kRequired };

int errnoUnless(bool worked) { return worked ? 0 : errno; }

Layer layerOf(std::string name, Need need, const Attempt& attempt, std::string_view how, const std::string& remedy) {
  std::string detail(how);
  if (!attempt.worked()) {
    detail += ": " + *attempt.failure;
    if (!remedy.empty()) detail += ". " + remedy;
  }
  return {std::move(name), need == Need::kRequired, attempt.worked(), std::move(detail)};
}

// The first word of a setting of the kernel's; empty where there is none.
std::string setting(const char* path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

bool inContainer() {
  return ::access("/.dockerenv", F_OK) == 0 || ::access("/run/.containerenv", F_OK) == 0 ||
         ::getenv("container") != nullptr;
}

// What most often stands in the way of namespaces and mounts.
std::string namespaceRemedy() {
  if (setting("/proc/sys/kernel/unprivileged_userns_clone") == "0" && ::geteuid() != 0)
    return "As root: sysctl -w kernel.unprivileged_userns_clone=1";
  if (setting("/proc/sys/user/max_user_namespaces") == "0") return "As root: sysctl -w user.max_user_namespaces=10000";
  if (inContainer())
    return "Start the container with: --security-opt seccomp=unconfined --security-opt apparmor=unconfined";
  if (setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1" && ::geteuid() != 0)
    return "As root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or give this program an AppArmor "
           "profile "
           "with `userns,`";
  return "The kernel or a security module forbids it: see CONFIG_USER_NS and the system log";
}

std::string seccompRemedy() { return "The kernel needs CONFIG_SECCOMP_FILTER"; }

Layer kernel() {
  constexpr int kMajor = 5, kMinor = 15;
  utsname names{};
  ::uname(&names);
  const std::string_view release = names.release;
  int major = 0, minor = 0;
  const auto parsed = std::from_chars(release.data(), release.data() + release.size(), major);
  if (parsed.ptr < release.data() + release.size())
    std::from_chars(parsed.ptr + 1, release.data() + release.size(), minor);
  const bool enough = std::pair(major, minor) >= std::pair(kMajor, kMinor);
  return {"kernel", true, enough,
          std::string(release) + (enough ? "" : ": 5.15 is the oldest that is supported. Update the kernel")};
}

void namespaceLayers(std::vector<Layer>& layers) {
  for (const sandbox::Namespace& space : sandbox::kNamespaces) {
    const Attempt attempt =
        attemptInChild([&space] { return errnoUnless(::unshare(static_cast<int>(CLONE_NEWUSER | space.flag)) == 0); });
    layers.push_back(layerOf(std::string(space.name) + "-namespace", Need::kRequired, attempt, "unshare(2)",
                             attempt.worked() ? "" : namespaceRemedy()));
  }
  const Attempt together = attemptInNamespaces([] {});
  layers.push_back(layerOf("namespaces", Need::kRequired, together,
                           "a process in all seven, as nobody of the host's or as the user who calls",
                           together.worked() ? "" : namespaceRemedy()));
  const Attempt root = attemptInNamespaces([] { sandbox::enterEmptyRoot(); });
  layers.push_back(layerOf("empty-root", Need::kRequired, root, "pivot_root(2) into an empty tmpfs, the host detached",
                           root.worked() ? "" : namespaceRemedy()));
  const Attempt capabilities = attemptInNamespaces([] { sandbox::dropAllCapabilities(); });
  layers.push_back(layerOf("capabilities", Need::kRequired, capabilities, "all five sets emptied and locked",
                           capabilities.worked() ? "" : namespaceRemedy()));
}

void filterLayers(std::vector<Layer>& layers) {
  layers.push_back(layerOf("no-new-privs", Need::kRequired,
                           attemptInChild([] { return errnoUnless(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0); }),
                           "prctl(2)", ""));
  const auto program = sandbox::SeccompProgram::compile(sandbox::syscallRules(sandbox::Jit::kOff));
  Attempt attempt;
  if (!program) {
    attempt = {sandbox::describe(program.error()), program.error().error};
  } else {
    const auto enter = [&program] {
      sandbox::forbidNewPrivileges();
      program->install();
    };
    attempt = attemptInChild([&enter] {
      enter();
      (void)!::write(STDOUT_FILENO, "", 0);
      ::syscall(SYS_exit_group, 0);
      return 0;
    });
    if (attempt.worked()) {
      attempt = attemptToDie(SIGSYS, [&enter] {
        enter();
        ::syscall(SYS_getppid);
      });
    }
  }
  layers.push_back(layerOf("seccomp", Need::kRequired, attempt,
                           "the worker's filter: an allowed call answers, any other kills", seccompRemedy()));
}

// A grandchild whose parent ends is killed.
int tryParentDeath() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
  const pid_t parent = ::fork();
  if (parent < 0) return errno;
  if (parent == 0) {
    int ready[2];
    if (::pipe2(ready, O_CLOEXEC) != 0) ::_exit(1);
    if (::fork() == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
      char byte = 1;
      (void)!::write(ready[1], &byte, 1);
      ::pause();
    }
    char byte = 0;
    (void)!::read(ready[0], &byte, 1);
    ::_exit(0);
  }
  // Ends when the grandchild, the last to hold the other end, has gone; attemptInChild() has the patience.
  ::close(ends[1]);
  char byte = 0;
  return ::read(ends[0], &byte, 1) == 0 ? 0 : EIO;
}

int tryPidfd() {
  const pid_t child = ::fork();
  if (child < 0) return errno;
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const long pidfd = ::syscall(SYS_pidfd_open, child, 0);
  const int opened = errnoUnless(pidfd >= 0);
  const int sent = opened ? opened : errnoUnless(::syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0) == 0);
  if (sent != 0) ::kill(child, SIGKILL);
  return sent;
}

int tryOpenat2() {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  return errnoUnless(::syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how) >= 0);
}

// Memory that is only read counts into this one.
int tryAddressLimit() {
  constexpr size_t kLarge = size_t{1} << 40;
  const rlimit limit{kLarge / 2, kLarge / 2};
  if (::setrlimit(RLIMIT_AS, &limit) != 0) return errno;
  void* pages = ::mmap(nullptr, kLarge, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return pages == MAP_FAILED ? 0 : ENOSYS;
}

int tryNoDescriptor() {
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_NOFILE, &none) != 0) return errno;
  return ::open("/", O_PATH | O_CLOEXEC) < 0 && errno == EMFILE ? 0 : ENOSYS;
}

int tryNoCore() {
  const rlimit none{0, 0};
  return errnoUnless(::setrlimit(RLIMIT_CORE, &none) == 0);
}

int tryProc() {
  if (!sandbox::procIsOwn()) return ESRCH;
  const auto ids = sandbox::ownNamespaceIds();
  return ids ? 0 : ids.error();
}

int tryDataLimit() {
  constexpr size_t kLarge = size_t{1} << 28;
  const rlimit limit{kLarge / 2, kLarge / 2};
  if (::setrlimit(RLIMIT_DATA, &limit) != 0) return errno;
  void* pages = ::mmap(nullptr, kLarge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? 0 : ENOSYS;
}

void processLayers(std::vector<Layer>& layers) {
  const auto add = [&layers](const char* name, const char* how, int (*act)()) {
    layers.push_back(layerOf(name, Need::kRequired, attemptInChild(act), how, ""));
  };
  add("parent-death", "a process dies with its parent (PR_SET_PDEATHSIG)", tryParentDeath);
  add("not-dumpable", "prctl(2)", [] { return errnoUnless(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0); });
  add("pidfd", "pidfd_open(2), pidfd_send_signal(2)", tryPidfd);
  add("openat2", "openat2(2) beneath a folder", tryOpenat2);
  add("memory-limit", "RLIMIT_DATA bounds anonymous memory", tryDataLimit);
  add("address-limit", "RLIMIT_AS bounds what may be mapped", tryAddressLimit);
  add("descriptors", "no further one can be had (RLIMIT_NOFILE)", tryNoDescriptor);
  add("no-core", "no core file is written (RLIMIT_CORE)", tryNoCore);
  layers.push_back(layerOf("proc", Need::kRequired, attemptInChild(tryProc),
                           "the kernel tells of namespaces and processes (/proc)", "Mount proc on /proc"));
  layers.push_back(
      layerOf("mdwe", Need::kOptional,
              attemptInChild([] { return errnoUnless(::prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0); }),
              "memory never becomes executable, for jit = false (PR_SET_MDWE)", "Linux 6.3 or later has it"));
  const auto optional = [&layers](const char* name, const char* how, const char* remedy, int (*act)()) {
    layers.push_back(layerOf(name, Need::kOptional, attemptInChild(act), how, remedy));
  };
  optional("landlock", "all access to files, ports, signals beyond oneself forbidden, then open(2) refused",
           "The kernel was built or started without it", [] {
             if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
             if (sandbox::forbidByLandlock() == 0) return EOPNOTSUPP;
             return ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0 && errno == EACCES ? 0 : ENOTRECOVERABLE;
           });
  optional("keyring", "a session keyring of one's own (keyctl(2))", "The kernel was built without CONFIG_KEYS",
           [] { return sandbox::joinOwnKeyring() == sandbox::SessionKeyring::kOwn ? 0 : errno; });
  optional("store-bypass", "speculative store bypass off (PR_SET_SPECULATION_CTRL)",
           "This processor or kernel has no such control, or no need of one",
           [] { return sandbox::disableSpeculation().storeBypass == sandbox::Speculation::kDisabled ? 0 : ENXIO; });
  optional("indirect-branch", "indirect branch speculation off (PR_SET_SPECULATION_CTRL)",
           "This processor or kernel has no such control, or no need of one",
           [] { return sandbox::disableSpeculation().indirectBranch == sandbox::Speculation::kDisabled ? 0 : ENXIO; });
}

// A child in a group of little memory takes more of it than that, and the kernel kills it.
Attempt tryControlGroup(sandbox::ControlGroups& groups) {
  constexpr uint64_t kLimit = uint64_t{16} << 20;
  constexpr size_t kTaken = 4 * kLimit;
  auto group = groups.make(kLimit);
  if (!group) return {"no group can be made: " + std::string(strerrordesc_np(group.error())), group.error()};
  const Attempt attempt = attemptToDie(SIGKILL, [&group] {
    if (!group->enter(::getpid())) return;
    void* pages = ::mmap(nullptr, kTaken, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (pages == MAP_FAILED) return;
  });
  groups.remove(std::move(*group));
  return attempt;
}

void controlGroupLayer(std::vector<Layer>& layers) {
  std::string name = "cgroup";
  Attempt attempt;
  if (auto groups = sandbox::ControlGroups::claim()) {
    name = sandbox::name(groups->hierarchy());
    attempt = tryControlGroup(*groups);
  } else {
    attempt = {groups.error(), ENOENT};
  }
  layers.push_back(layerOf(name, Need::kOptional, attempt,
                           "a process that takes more memory than its group may is killed",
                           "Workers are held by their resource limits. To have groups too: as a service with "
                           "Delegate=yes and DelegateSubgroup=supervisor, or as root with a version 1 hierarchy"));
}

}  // namespace

std::vector<Layer> examineHost(const Options&) {
  std::vector<Layer> layers{kernel()};
  namespaceLayers(layers);
  filterLayers(layers);
  processLayers(layers);
  controlGroupLayer(layers);
  return layers;
}

}  // namespace runtime
