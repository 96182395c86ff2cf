#include "policies/sandbox/syscall_rules.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

namespace runtime::sandbox {
namespace {

constexpr uint64_t kWhole = ~uint64_t{0};

ArgumentTest equals(unsigned index, uint64_t value) { return {index, kWhole, value}; }
// No bit but those of `allowed`.
ArgumentTest within(unsigned index, uint64_t allowed) { return {index, ~allowed, 0}; }
// Every bit of `required`, and beyond them none but those of `allowed`.
ArgumentTest with(unsigned index, uint64_t required, uint64_t allowed) { return {index, ~allowed, required}; }

}  // namespace

std::vector<SyscallRule> syscallRules(Jit jit) {
  constexpr uint64_t kData = PROT_READ | PROT_WRITE;
  const uint64_t protections = jit == Jit::kOn ? kData | PROT_EXEC : kData;
  return {
      {"read", SYS_read, {equals(0, 0)}, "the supervisor's answers; the only way to wait"},
      {"write", SYS_write, {equals(0, 1)}, "calls to the supervisor; the byte that says out of memory"},
      {"munmap", SYS_munmap, {}, "V8 returns pages of its heap; it reaches this process's own memory only"},
      {"mmap",
       SYS_mmap,
       {within(2, kData), with(3, MAP_PRIVATE | MAP_ANONYMOUS, MAP_NORESERVE | MAP_FIXED | MAP_POPULATE)},
       "V8's heap, and large ArrayBuffers with their pages: anonymous and private, so no descriptor and no other "
       "process; "
       "never executable, V8 makes code in a range that it reserved before the fork"},
      {"mprotect",
       SYS_mprotect,
       {within(2, protections)},
       "V8 commits reserved pages; executable only where the engine makes code at run time"},
      {"brk", SYS_brk, {}, "malloc grows; bounded by RLIMIT_DATA"},
      {"madvise", SYS_madvise, {equals(2, MADV_DONTNEED)}, "V8 gives back the pages of a shrinking heap"},
      {"madvise", SYS_madvise, {equals(2, MADV_FREE)}, "the same, lazily"},
      {"futex",
       SYS_futex,
       {equals(1, FUTEX_WAKE | FUTEX_PRIVATE_FLAG)},
       "pthread_once() wakes unconditionally; a process of one thread never waits"},
      {"clock_gettime",
       SYS_clock_gettime,
       {within(0, 7)},
       "the clocks of the whole machine and of this process, where the vDSO cannot answer; no clock of another "
       "process"},
      {"getpid", SYS_getpid, {}, "V8 asks at each garbage collection; it is the number in the worker's own namespace"},
      {"getrandom", SYS_getrandom, {}, "crypto.getRandomValues and V8's hash seeds"},
      {"exit_group", SYS_exit_group, {}, "the end"},
  };
}

}  // namespace runtime::sandbox
