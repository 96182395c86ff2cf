#include "policies/sandbox/syscall_rules.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <set>

namespace runtime::sandbox {
namespace {

// What the kernel takes as a 32-bit number (int, unsigned int): the upper half of the register never reaches it.
constexpr uint64_t kInt = 0xffff'ffff;
constexpr uint64_t kWhole = ~uint64_t{0};

constexpr ArgumentTest equals(unsigned index, uint64_t value, uint64_t width) { return {index, width, value}; }
// No bit but those of `allowed`.
constexpr ArgumentTest within(unsigned index, uint64_t allowed, uint64_t width) { return {index, ~allowed & width, 0}; }
// Every bit of `required`, and beyond them none but those of `allowed`.
constexpr ArgumentTest with(unsigned index, uint64_t required, uint64_t allowed, uint64_t width) {
  return {index, ~allowed & width, required};
}

constexpr std::vector<SyscallRule> rules(Jit jit) {
  constexpr uint64_t kData = PROT_READ | PROT_WRITE;
  std::vector<SyscallRule> all{
      {"read", SYS_read, {equals(0, 0, kInt)}, "the supervisor's answers; the only way to wait", ""},
      {"write", SYS_write, {equals(0, 1, kInt)}, "calls to the supervisor", ""},
      {"munmap", SYS_munmap, {}, "V8 returns pages of its heap", "it reaches this process's own memory only"},
      {"mmap",
       SYS_mmap,
       {within(2, kData, kWhole),
        with(3, MAP_PRIVATE | MAP_ANONYMOUS, MAP_NORESERVE | MAP_FIXED | MAP_POPULATE, kWhole)},
       "V8's heap, and large ArrayBuffers with their pages: anonymous and private, so no descriptor and no other "
       "process; never executable",
       ""},
      {"mprotect", SYS_mprotect, {within(2, kData, kWhole)}, "V8 commits reserved pages, and takes them back", ""},
      {"brk", SYS_brk, {}, "malloc grows", "it moves the end of this process's own data, within RLIMIT_DATA"},
      {"madvise", SYS_madvise, {equals(2, MADV_DONTNEED, kInt)}, "V8 gives back the pages of a shrinking heap", ""},
      {"futex",
       SYS_futex,
       {equals(1, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, kInt)},
       "pthread_once() and locks wake unconditionally; a process of one thread never waits",
       ""},
      {"clock_gettime",
       SYS_clock_gettime,
       {within(0, 7, kInt)},
       "the clocks of the whole machine and of this process, where the vDSO cannot answer; no clock of another "
       "process, which has a higher number",
       ""},
      {"getrandom",
       SYS_getrandom,
       {},
       "crypto.getRandomValues and V8's seeds",
       "it gives random bytes, whatever its flags"},
      {"exit_group", SYS_exit_group, {}, "the end, where memory is used up", "it ends this process only"},
  };
  if (jit == Jit::kOn) {
    all.push_back({"mprotect",
                   SYS_mprotect,
                   {equals(2, kData | PROT_EXEC, kWhole)},
                   "WebAssembly's code, in the one form in which V8 asks for it; JavaScript's has its range since "
                   "before the fork",
                   ""});
  }
  return all;
}

constexpr bool everyRowIsArguedFor(Jit jit) {
  for (const SyscallRule& rule : rules(jit)) {
    if (rule.why.empty() || rule.tests.empty() == rule.anyArgument.empty()) return false;
  }
  return true;
}
static_assert(everyRowIsArguedFor(Jit::kOn) && everyRowIsArguedFor(Jit::kOff),
              "each row needs its reason, and tests of its arguments or else a reason why any will do");

}  // namespace

std::vector<SyscallRule> syscallRules(Jit jit) { return rules(jit); }

unsigned systemCallsAllowed(Jit jit) {
  std::set<int> numbers;
  for (const SyscallRule& rule : syscallRules(jit)) numbers.insert(rule.number);
  return static_cast<unsigned>(numbers.size());
}

}  // namespace runtime::sandbox
