// runtime::examineHost(): each layer of confinement is tried in a child of its own, the way zygote and worker take it.
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
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
#include "policies/sandbox/empty_root.h"
#include "policies/sandbox/namespaces.h"
#include "policies/sandbox/seccomp_program.h"
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
  layers.push_back(
      layerOf("mdwe", Need::kOptional,
              attemptInChild([] { return errnoUnless(::prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0); }),
              "memory never becomes executable, for jit = false (PR_SET_MDWE)", "Linux 6.3 or later has it"));
  layers.push_back(layerOf("landlock", Need::kOptional, attemptInChild([] {
                             return errnoUnless(::syscall(SYS_landlock_create_ruleset, nullptr, 0,
                                                          LANDLOCK_CREATE_RULESET_VERSION) > 0);
                           }),
                           "landlock_create_ruleset(2)", "The kernel was built or started without it"));
}

// This process's group in the hierarchy whose line in /proc/self/cgroup begins so; nothing where there is none.
std::optional<std::string> controlGroup(std::string_view hierarchy) {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':');
    if (first == std::string::npos) continue;
    const std::string_view rest = std::string_view(line).substr(first + 1);
    if (rest.starts_with(hierarchy)) return std::string(rest.substr(hierarchy.size()));
  }
  return std::nullopt;
}

Attempt tryControlGroup(const std::optional<std::string>& parent) {
  if (!parent) return {"there is none", ENOENT};
  const std::string group = *parent + "/secure-runtime-doctor-" + std::to_string(::getpid());
  return attemptInChild([&group] {
    if (::mkdir(group.c_str(), 0700) != 0) return errno;
    return errnoUnless(::rmdir(group.c_str()) == 0);
  });
}

void controlGroupLayers(std::vector<Layer>& layers) {
  std::optional<std::string> v2;
  if (const auto path = controlGroup(":/")) {
    const std::string folder = "/sys/fs/cgroup/" + *path;
    std::ifstream controllers(folder + "/cgroup.controllers");
    for (std::string controller; controllers >> controller;)
      if (controller == "memory") v2 = folder;
  }
  layers.push_back(layerOf("cgroup-v2", Need::kOptional, tryControlGroup(v2),
                           "a group of our own with a memory controller",
                           "Delegate one, for example with: systemd-run --user --scope -p Delegate=yes"));
  std::optional<std::string> v1;
  if (const auto path = controlGroup("memory:")) v1 = "/sys/fs/cgroup/memory" + *path;
  layers.push_back(layerOf("cgroup-v1", Need::kOptional, tryControlGroup(v1), "a memory group of our own",
                           "Only root can make one; not needed where cgroup-v2 is to be had"));
}

}  // namespace

std::vector<Layer> examineHost(const Options&) {
  std::vector<Layer> layers{kernel()};
  namespaceLayers(layers);
  filterLayers(layers);
  processLayers(layers);
  controlGroupLayers(layers);
  return layers;
}

}  // namespace runtime
