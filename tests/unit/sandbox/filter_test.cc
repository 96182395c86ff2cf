// The real filter in forked children: exact deaths, and what is allowed works.
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>

#include "policies/sandbox/capability_sets.h"
#include "policies/sandbox/descriptors.h"
#include "policies/sandbox/exit_status.h"
#include "policies/sandbox/inspection.h"
#include "policies/sandbox/limits.h"
#include "policies/sandbox/seccomp_program.h"

namespace {

using namespace runtime::sandbox;

constexpr size_t kPage = 4096;

void resetSignals() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
}

constexpr int kExercised = 42;

// The status of a child that does `act` behind the rules, and ends with 0 where it returns.
template <typename Act>
int statusBehind(std::span<const SyscallRule> rules, Act act) {
  const auto program = SeccompProgram::compile(rules);
  BOOST_REQUIRE(program.has_value());
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    resetSignals();
    forbidNewPrivileges();
    const rlimit noCore{0, 0};
    ::setrlimit(RLIMIT_CORE, &noCore);
    program->install();
    act();
    ::syscall(SYS_exit_group, 0);
  }
  int status = 0;
  BOOST_REQUIRE_EQUAL(::waitpid(child, &status, 0), child);
  return status;
}

template <typename Act>
int statusBehindFilter(Jit jit, Act act) {
  return statusBehind(syscallRules(jit), act);
}

template <typename Act>
int deathBehindFilter(Jit jit, Act act) {
  const int status = statusBehindFilter(jit, act);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

void expect(bool holds) {
  if (!holds) ::syscall(SYS_exit_group, 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(openKills) {
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { ::open("/", O_RDONLY | O_CLOEXEC); }) == SIGSYS);
}
BOOST_AUTO_TEST_CASE(socketKills) {
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { ::socket(AF_UNIX, SOCK_STREAM, 0); }) == SIGSYS);
}
BOOST_AUTO_TEST_CASE(execveKills) {
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { ::syscall(SYS_execve, "/nonexistent", nullptr, nullptr); }) == SIGSYS);
}
BOOST_AUTO_TEST_CASE(forkKills) {
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { ::syscall(SYS_clone, 0, 0, 0, 0, 0); }) == SIGSYS);
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { ::syscall(SYS_clone3, nullptr, 0); }) == SIGSYS);
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { ::syscall(SYS_vfork); }) == SIGSYS);
}
BOOST_AUTO_TEST_CASE(namespacesKill) {
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { ::unshare(CLONE_NEWUSER); }) == SIGSYS);
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { ::setns(0, 0); }) == SIGSYS);
}
BOOST_AUTO_TEST_CASE(ptraceKills) {
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }) == SIGSYS);
}
BOOST_AUTO_TEST_CASE(bpfAndIoUringKill) {
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { ::syscall(SYS_bpf, 0, nullptr, 0); }) == SIGSYS);
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { ::syscall(SYS_io_uring_setup, 0, nullptr); }) == SIGSYS);
}
BOOST_AUTO_TEST_CASE(signallingOthersKills) {
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { (void)::kill(1, 0); }) == SIGSYS);
}
BOOST_AUTO_TEST_CASE(otherDescriptorsKill) {
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { (void)!::write(2, "", 0); }) == SIGSYS);
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { (void)!::write(0, "", 0); }) == SIGSYS);
  BOOST_TEST(deathBehindFilter(Jit::kOn, [] { (void)!::read(1, nullptr, 0); }) == SIGSYS);
}
BOOST_AUTO_TEST_CASE(newCodeKillsWithoutJit) {
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS;
  BOOST_TEST(deathBehindFilter(Jit::kOff,
                               [] { (void)!::mmap(nullptr, kPage, PROT_READ | PROT_EXEC, kFlags, -1, 0); }) == SIGSYS);
  BOOST_TEST(deathBehindFilter(Jit::kOff, [] {
               void* page = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, kFlags, -1, 0);
               ::mprotect(page, kPage, PROT_READ | PROT_EXEC);
             }) == SIGSYS);
}

BOOST_AUTO_TEST_CASE(whatIsAllowedWorks) {
  // The vDSO's getrandom makes itself a page at its first use, in a way that the filter does not know.
  char seed = 0;
  BOOST_REQUIRE_EQUAL(::getrandom(&seed, 1, 0), 1);
  for (const Jit jit : {Jit::kOff, Jit::kOn}) {
    const int status = statusBehindFilter(jit, [jit] {
      void* page = ::mmap(nullptr, kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      expect(page != MAP_FAILED);
      expect(::mprotect(page, kPage, PROT_READ | PROT_WRITE) == 0);
      if (jit == Jit::kOn) expect(::mprotect(page, kPage, PROT_READ | PROT_WRITE | PROT_EXEC) == 0);
      expect(::madvise(page, kPage, MADV_DONTNEED) == 0);
      expect(::munmap(page, kPage) == 0);
      // More than any chunk that malloc has left over.
      constexpr size_t kLarge = size_t{8} << 20;
      char* memory = new char[kLarge];
      memory[kLarge - 1] = 1;
      delete[] memory;
      timespec time{};
      for (const clockid_t clock : {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID})
        expect(::clock_gettime(clock, &time) == 0);
      char random[16];
      expect(::getrandom(random, sizeof random, 0) == sizeof random);
      expect(::syscall(SYS_getrandom, random, sizeof random, 0) == sizeof random);
      int word = 0;
      expect(::syscall(SYS_futex, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1) == 0);
      expect(::write(1, "", 0) == 0);
    });
    BOOST_REQUIRE(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 0);
  }
}

// What each call is there for; the arguments are of the row that is exercised.
void exercise(const SyscallRule& rule) {
  static int word = 0;
  std::array<uint64_t, 6> arguments{};
  for (const ArgumentTest& test : rule.tests) arguments[test.index] = test.value;
  switch (rule.number) {
    case SYS_mmap:
      arguments[1] = kPage;
      break;
    case SYS_munmap:
      arguments[0] = reinterpret_cast<uint64_t>(&word) & ~uint64_t{kPage - 1};  // of no length: refused, not killed
      break;
    case SYS_futex:
      arguments[0] = reinterpret_cast<uint64_t>(&word);
      break;
    case SYS_exit_group:
      arguments[0] = kExercised;
      break;
    default:
      break;
  }
  ::syscall(rule.number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
  if (rule.number == SYS_exit_group) ::raise(SIGABRT);
  // Behind a filter without exit_group there is no other way to say so.
  ::syscall(SYS_exit_group, kExercised);
}

// Dies of SIGSYS without it, and does not with it: neither a row that is never needed nor one that another row covers.
BOOST_AUTO_TEST_CASE(everyRowIsExercisedAndNeeded) {
  for (const Jit jit : {Jit::kOff, Jit::kOn}) {
    const std::vector<SyscallRule> rules = syscallRules(jit);
    for (size_t i = 0; i < rules.size(); ++i) {
      std::vector<SyscallRule> fewer = rules;
      fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(i));
      const int with = statusBehind(rules, [&] { exercise(rules[i]); });
      BOOST_TEST((WIFEXITED(with) && WEXITSTATUS(with) == kExercised), rules[i].name);
      const int without = statusBehind(fewer, [&] { exercise(rules[i]); });
      BOOST_TEST((WIFSIGNALED(without) && WTERMSIG(without) == SIGSYS), rules[i].name);
    }
  }
}

BOOST_AUTO_TEST_CASE(aFailedStepEndsTheProcess) {
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    resetSignals();
    keepExactly(-1, -1);
    ::_exit(0);
  }
  int status = 0;
  BOOST_REQUIRE_EQUAL(::waitpid(child, &status, 0), child);
  BOOST_REQUIRE(WIFEXITED(status));
  BOOST_TEST(WEXITSTATUS(status) == exitStatusOf(Step::kDescriptors));
}

// What was never taken ends the process as what failed does.
BOOST_AUTO_TEST_CASE(aStepWithoutEffectEndsTheProcess) {
  const auto exitOf = [](void (*act)()) {
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
      resetSignals();
      act();
      ::_exit(0);
    }
    int status = 0;
    BOOST_REQUIRE_EQUAL(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  BOOST_TEST(exitOf([] { requireConfinedZygote(); }) == exitStatusOf(Step::kParentDeath));
  BOOST_TEST(exitOf([] { requireConfinedWorker({1 << 20, 1 << 20, 1}); }) == exitStatusOf(Step::kParentDeath));
}

BOOST_AUTO_TEST_CASE(descriptorsAreKeptWhateverTheirNumbers) {
  std::array<int, 2> down{}, up{};
  BOOST_REQUIRE_EQUAL(::pipe2(down.data(), O_CLOEXEC), 0);
  BOOST_REQUIRE_EQUAL(::pipe2(up.data(), O_CLOEXEC), 0);
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    resetSignals();
    // The worst case: each has the other's number.
    ::dup2(up[1], 0);
    ::dup2(down[0], 1);
    keepExactly(1, 0);
    char byte = 0;
    if (::read(0, &byte, 1) != 1 || ::write(1, &byte, 1) != 1) ::_exit(1);
    for (int fd = 2; fd < 256; ++fd)
      if (::fcntl(fd, F_GETFD) != -1) ::_exit(2);
    ::_exit(0);
  }
  ::close(down[0]);
  ::close(up[1]);
  char byte = 'x';
  BOOST_TEST(::write(down[1], &byte, 1) == 1);
  byte = 0;
  BOOST_TEST(::read(up[0], &byte, 1) == 1);
  BOOST_TEST(byte == 'x');
  int status = 0;
  BOOST_REQUIRE_EQUAL(::waitpid(child, &status, 0), child);
  BOOST_TEST(status == 0);
  ::close(down[1]);
  ::close(up[0]);
}

BOOST_AUTO_TEST_CASE(memoryInUseIsWhatTheKernelCounts) {
  const int statm = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  const MemoryUse before = memoryInUse(statm);
  constexpr size_t kMore = size_t{64} << 20;
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* written = ::mmap(nullptr, kMore, PROT_READ | PROT_WRITE, kFlags, -1, 0);
  void* read = ::mmap(nullptr, kMore, PROT_READ, kFlags, -1, 0);
  const MemoryUse after = memoryInUse(statm);
  BOOST_TEST(after.dataBytes == before.dataBytes + kMore);
  BOOST_TEST(after.addressBytes == before.addressBytes + 2 * kMore);
  ::munmap(written, kMore);
  ::munmap(read, kMore);
  ::close(statm);
}

BOOST_AUTO_TEST_CASE(stepsHaveNames) {
  BOOST_TEST(describe({Step::kEmptyRoot, EPERM}) == "make an empty root: Operation not permitted");
  BOOST_TEST(describe({Step::kEngine, 0}) == "start the JavaScript engine");
  BOOST_TEST((stepOfExitStatus(exitStatusOf(Step::kFilter)) == Step::kFilter));
  for (const int status : {kExitDone, kExitOutOfMemory, kExitLostSupervisor, exitStatusOf(Step::kFilter) + 1, 255})
    BOOST_TEST(!stepOfExitStatus(status).has_value(), status);
}
