// Native code behind the wall: each attack has its exact death, and what a worker needs works.
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include <boost/test/unit_test.hpp>

#include "tests/sandbox/wall/confined.h"

namespace {

using namespace runtime::tests;

constexpr uint64_t kNone = ~uint64_t{0};
constexpr uint64_t kPage = 4096;
constexpr uint64_t kAnonymous = MAP_PRIVATE | MAP_ANONYMOUS;

// 0: it answered.
int deathOf(Confined& confined, const Command& command) {
  Probe probe = confined.spawn();
  if (probe.obey(command)) return 0;
  const int status = probe.status();
  return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

int deathOf(Confined& confined, int64_t number, std::array<uint64_t, 6> arguments = {}) {
  return deathOf(confined, {Command::Kind::kSyscall, number, arguments});
}

}  // namespace

BOOST_AUTO_TEST_CASE(otherDescriptorsKill) {
  Confined confined(EngineMode::kJit);
  BOOST_TEST(deathOf(confined, SYS_read, {1, 0, 0}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_write, {0, 0, 0}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_write, {2, 0, 0}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_write, {kNone, 0, 0}) == SIGSYS);
}

BOOST_AUTO_TEST_CASE(memoryOfAnyOtherKindKills) {
  Confined confined(EngineMode::kJit);
  constexpr uint64_t kShared = MAP_SHARED | MAP_ANONYMOUS;
  BOOST_TEST(deathOf(confined, SYS_mmap, {0, kPage, PROT_READ, kShared, kNone, 0}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_mmap, {0, kPage, PROT_READ, MAP_PRIVATE, 0, 0}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_mmap, {0, kPage, PROT_READ | PROT_EXEC, kAnonymous, kNone, 0}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_mmap, {0, kPage, PROT_READ, kAnonymous | MAP_GROWSDOWN, kNone, 0}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_mmap, {0, kPage, PROT_READ, kAnonymous | MAP_HUGETLB, kNone, 0}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_mprotect, {0, 0, PROT_READ | PROT_GROWSDOWN}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_madvise, {0, 0, MADV_DONTFORK}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_madvise, {0, 0, MADV_HWPOISON}) == SIGSYS);
  // V8 asks for writable code only.
  BOOST_TEST(deathOf(confined, SYS_mprotect, {0, 0, PROT_EXEC}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_mprotect, {0, 0, PROT_READ | PROT_EXEC}) == SIGSYS);
}

BOOST_AUTO_TEST_CASE(withoutJitNothingBecomesExecutable) {
  Confined confined(EngineMode::kJitless);
  for (const uint64_t protection : {PROT_EXEC, PROT_READ | PROT_EXEC, PROT_READ | PROT_WRITE | PROT_EXEC}) {
    BOOST_TEST(deathOf(confined, SYS_mmap, {0, kPage, protection, kAnonymous, kNone, 0}) == SIGSYS);
    BOOST_TEST(deathOf(confined, SYS_mprotect, {0, 0, protection}) == SIGSYS);
  }
}

BOOST_AUTO_TEST_CASE(otherClocksAndWaitingKill) {
  Confined confined(EngineMode::kJit);
  // The clock of process 1, as clock_getcpuclockid(3) makes it; a clock of a descriptor.
  BOOST_TEST(deathOf(confined, SYS_clock_gettime, {(~uint64_t{1} << 3) | 2, 0}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_clock_gettime, {CLOCK_REALTIME_ALARM, 0}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_futex, {0, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0}) == SIGSYS);
  BOOST_TEST(deathOf(confined, SYS_futex, {0, FUTEX_WAKE, 0}) == SIGSYS);
}

BOOST_AUTO_TEST_CASE(whatAWorkerNeedsWorks) {
  for (const EngineMode mode : {EngineMode::kJitless, EngineMode::kJit}) {
    Confined confined(mode);
    Probe probe = confined.spawn();
    const auto scratch = static_cast<uint64_t>(probe.obey({Command::Kind::kScratchAddress, 0, {}}).value_or(0));
    BOOST_REQUIRE(scratch != 0u);
    const auto pages = probe.call(SYS_mmap, {0, 4 * kPage, PROT_NONE, kAnonymous | MAP_NORESERVE, kNone, 0});
    BOOST_REQUIRE(pages.value_or(-1) > 0);
    const auto at = static_cast<uint64_t>(*pages);
    BOOST_TEST((probe.call(SYS_mprotect, {at, kPage, PROT_READ | PROT_WRITE}) == 0));
    BOOST_TEST((probe.call(SYS_madvise, {at, kPage, MADV_DONTNEED}) == 0));
    if (mode == EngineMode::kJit)
      BOOST_TEST((probe.call(SYS_mprotect, {at, kPage, PROT_READ | PROT_WRITE | PROT_EXEC}) == 0));
    const uint64_t fixed = kAnonymous | MAP_FIXED;
    BOOST_TEST((probe.call(SYS_mmap, {at, kPage, PROT_READ | PROT_WRITE, fixed, kNone, 0}) == *pages));
    BOOST_TEST((probe.call(SYS_munmap, {at, 4 * kPage}) == 0));
    BOOST_TEST(probe.call(SYS_brk, {0}).value_or(-1) > 0);
    BOOST_TEST((probe.call(SYS_futex, {scratch, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1}) == 0));
    for (const uint64_t clock : {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID})
      BOOST_TEST((probe.call(SYS_clock_gettime, {clock, scratch}) == 0));
    BOOST_TEST((probe.call(SYS_getrandom, {scratch, 32, 0}) == 32));
    BOOST_TEST(!probe.call(SYS_exit_group, {7}).has_value());
    const int status = probe.status();
    BOOST_REQUIRE(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 7);
  }
}

BOOST_AUTO_TEST_CASE(memoryIsBounded) {
  Confined confined(EngineMode::kJit);
  constexpr uint64_t kMiB = 1 << 20;
  Probe probe = confined.spawn(32 * kMiB);
  const uint64_t writable = PROT_READ | PROT_WRITE;
  BOOST_TEST(probe.call(SYS_mmap, {0, 24 * kMiB, writable, kAnonymous, kNone, 0}).value_or(-1) > 0);
  BOOST_TEST((probe.call(SYS_mmap, {0, 24 * kMiB, writable, kAnonymous, kNone, 0}) == -ENOMEM));
  // Reserved without access it does not count, and cannot be made to count later.
  const auto reserved = probe.call(SYS_mmap, {0, 24 * kMiB, PROT_NONE, kAnonymous, kNone, 0});
  BOOST_REQUIRE(reserved.value_or(-1) > 0);
  BOOST_TEST((probe.call(SYS_mprotect, {static_cast<uint64_t>(*reserved), 24 * kMiB, writable}) == -ENOMEM));
}

// Pages that are only read cost no memory that RLIMIT_DATA counts, but a page table for each two MiB.
BOOST_AUTO_TEST_CASE(addressSpaceIsBounded) {
  Confined confined(EngineMode::kJit);
  Probe probe = confined.spawn();
  constexpr uint64_t kGiB = uint64_t{1} << 30;
  constexpr uint64_t kReserve = kAnonymous | MAP_NORESERVE;
  // What V8 reserves for one WebAssembly memory.
  BOOST_TEST(probe.call(SYS_mmap, {0, 8 * kGiB, PROT_NONE, kReserve, kNone, 0}).value_or(-1) > 0);
  BOOST_TEST((probe.call(SYS_mmap, {0, 16 * kGiB, PROT_READ, kReserve, kNone, 0}) == -ENOMEM));
}

BOOST_AUTO_TEST_CASE(cpuTimeIsBounded) {
  Confined confined(EngineMode::kJit);
  Probe probe = confined.spawn(1 << 20, 1);
  BOOST_TEST(!probe.obey({Command::Kind::kSpin, 0, {}}).has_value());
  const int status = probe.status();
  BOOST_REQUIRE(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == SIGXCPU);
}
