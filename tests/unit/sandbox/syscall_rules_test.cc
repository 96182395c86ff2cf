// The compiled rules, run in user space: every call with good and with bad arguments.
#include <linux/audit.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <random>
#include <set>

#include "policies/sandbox/seccomp_program.h"
#include "policies/sandbox/syscall_rules.h"
#include "tests/unit/sandbox/bpf_evaluator.h"
#include "tests/unit/sandbox/libseccomp_reference.h"

namespace {

using namespace runtime::sandbox;

constexpr uint64_t kAll = ~uint64_t{0};

class Wall {
 public:
  explicit Wall(Jit jit) : program_(*SeccompProgram::compile(syscallRules(jit))) {}

  bool allows(int64_t number, std::array<uint64_t, 6> arguments = {}, uint32_t arch = AUDIT_ARCH_X86_64) const {
    seccomp_data data{};
    data.nr = static_cast<int>(number);
    data.arch = arch;
    for (size_t i = 0; i < arguments.size(); ++i) data.args[i] = arguments[i];
    const uint32_t verdict = runtime::tests::evaluate(program_.instructions(), data);
    // Two answers only.
    BOOST_REQUIRE(verdict == SECCOMP_RET_ALLOW || verdict == SECCOMP_RET_KILL_PROCESS);
    return verdict == SECCOMP_RET_ALLOW;
  }
  size_t size() const { return program_.instructions().size(); }

 private:
  SeccompProgram program_;
};

// Arguments that a rule's tests hold for.
std::array<uint64_t, 6> goodArguments(const SyscallRule& rule) {
  std::array<uint64_t, 6> arguments{};
  for (const ArgumentTest& test : rule.tests) arguments[test.index] = test.value;
  return arguments;
}

bool rulesHold(const std::vector<SyscallRule>& rules, int number, const std::array<uint64_t, 6>& arguments) {
  return std::ranges::any_of(rules, [&](const SyscallRule& rule) {
    return rule.number == number && std::ranges::all_of(rule.tests, [&](const ArgumentTest& test) {
             return (arguments[test.index] & test.mask) == test.value;
           });
  });
}

}  // namespace

BOOST_AUTO_TEST_CASE(everyRowHasItsReason) {
  for (const Jit jit : {Jit::kOff, Jit::kOn})
    for (const SyscallRule& rule : syscallRules(jit)) BOOST_TEST(rule.why.size() >= 5u, rule.name);
}

BOOST_AUTO_TEST_CASE(theCallsAreTheseAndNoOther) {
  const std::set<int> expected{SYS_read,    SYS_write, SYS_munmap,        SYS_mmap,      SYS_mprotect,  SYS_brk,
                               SYS_madvise, SYS_futex, SYS_clock_gettime, SYS_getrandom, SYS_exit_group};
  for (const Jit jit : {Jit::kOff, Jit::kOn}) {
    std::set<int> numbers;
    for (const SyscallRule& rule : syscallRules(jit)) numbers.insert(rule.number);
    BOOST_TEST((numbers == expected));
  }
}

BOOST_AUTO_TEST_CASE(theProgramSaysWhatTheRulesSay) {
  for (const Jit jit : {Jit::kOff, Jit::kOn}) {
    const Wall wall(jit);
    const auto rules = syscallRules(jit);
    for (const SyscallRule& rule : rules) {
      const auto good = goodArguments(rule);
      BOOST_TEST(wall.allows(rule.number, good), rule.name);
      // Each argument with each of its bits flipped.
      for (size_t index = 0; index < good.size(); ++index) {
        for (unsigned bit = 0; bit < 64; ++bit) {
          auto changed = good;
          changed[index] ^= uint64_t{1} << bit;
          BOOST_TEST(wall.allows(rule.number, changed) == rulesHold(rules, rule.number, changed),
                     rule.name << " argument " << index << " bit " << bit);
        }
      }
    }
  }
}

// libseccomp's program for the same rules answers alike, for made-up calls of every kind.
BOOST_AUTO_TEST_CASE(itAgreesWithLibseccomp) {
  for (const Jit jit : {Jit::kOff, Jit::kOn}) {
    const auto rules = syscallRules(jit);
    const auto ours = SeccompProgram::compile(rules);
    BOOST_REQUIRE(ours.has_value());
    const auto reference = runtime::tests::compileWithLibseccomp(rules);
    std::mt19937_64 random(20'250'101);
    const auto number = [&](uint64_t kind) -> int {
      if (kind < 6) return rules[random() % rules.size()].number;
      if (kind == 6) return static_cast<int>(random() % 600);
      return static_cast<int>(random() % 600 | 0x40000000);
    };
    const auto argument = [&] {
      const uint64_t small = random() % 64;
      switch (random() % 6) {
        case 0:
          return random();
        case 1:
          return small << 32;
        case 2:
          return (small << 32) | random() % 64;
        case 3:
          return uint64_t{MAP_PRIVATE | MAP_ANONYMOUS} | (random() % 2 << random() % 64);
        case 4:
          return uint64_t{FUTEX_WAKE | FUTEX_PRIVATE_FLAG};
        default:
          return small;
      }
    };
    size_t allowed = 0;
    for (int i = 0; i < 200'000; ++i) {
      seccomp_data data{};
      data.nr = number(random() % 8);
      data.arch = random() % 16 == 0 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
      for (auto& value : data.args) value = argument();
      const uint32_t verdict = runtime::tests::evaluate(ours->instructions(), data);
      if (verdict == SECCOMP_RET_ALLOW) ++allowed;
      BOOST_REQUIRE_EQUAL(verdict, runtime::tests::evaluate(reference, data));
    }
    BOOST_TEST(allowed > 10'000u);  // the made-up calls are of both kinds
  }
}

BOOST_AUTO_TEST_CASE(theProgramIsShort) {
  for (const Jit jit : {Jit::kOff, Jit::kOn}) {
    const size_t size = Wall(jit).size();
    BOOST_TEST_MESSAGE("instructions " << (jit == Jit::kOn ? "with" : "without") << " the JIT: " << size);
    BOOST_TEST(size <= 40u);
  }
}

BOOST_AUTO_TEST_CASE(everyOtherNumberKills) {
  const Wall wall(Jit::kOn);
  std::set<int64_t> named;
  for (const SyscallRule& rule : syscallRules(Jit::kOn)) named.insert(rule.number);
  for (int64_t number = -2; number < 2'000; ++number)
    if (!named.contains(number)) BOOST_TEST(!wall.allows(number), number);
}

BOOST_AUTO_TEST_CASE(otherArchitecturesKill) {
  const Wall wall(Jit::kOn);
  for (const uint32_t arch : {uint32_t{AUDIT_ARCH_I386}, uint32_t{AUDIT_ARCH_AARCH64}, uint32_t{0}})
    for (int64_t number = 0; number < 500; ++number) BOOST_TEST(!wall.allows(number, {}, arch), number);
}

BOOST_AUTO_TEST_CASE(x32Kills) {
  const Wall wall(Jit::kOn);
  for (int64_t number = 0; number < 600; ++number) BOOST_TEST(!wall.allows(0x40000000 | number), number);
}

BOOST_AUTO_TEST_CASE(onlyTheTwoPipes) {
  const Wall wall(Jit::kOn);
  BOOST_TEST(wall.allows(SYS_read, {0, 1, 2}));
  BOOST_TEST(wall.allows(SYS_write, {1, 1, 2}));
  // The kernel takes a descriptor as 32 bits.
  BOOST_TEST(wall.allows(SYS_read, {uint64_t{1} << 32, 1, 2}));
  for (const uint64_t fd : {uint64_t{1}, uint64_t{2}, uint64_t{3}, kAll, (uint64_t{1} << 32) | 1})
    BOOST_TEST(!wall.allows(SYS_read, {fd, 1, 2}), fd);
  for (const uint64_t fd : {uint64_t{0}, uint64_t{2}, uint64_t{3}, kAll, uint64_t{1} << 32})
    BOOST_TEST(!wall.allows(SYS_write, {fd, 1, 2}), fd);
}

BOOST_AUTO_TEST_CASE(memoryIsAnonymousPrivateAndNeverBornExecutable) {
  constexpr uint64_t kData = PROT_READ | PROT_WRITE;
  constexpr uint64_t kAnonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  for (const Jit jit : {Jit::kOff, Jit::kOn}) {
    const Wall wall(jit);
    BOOST_TEST(wall.allows(SYS_mmap, {0, 4096, kData, kAnonymous, kAll, 0}));
    BOOST_TEST(wall.allows(SYS_mmap, {0, 4096, PROT_NONE, kAnonymous | MAP_NORESERVE, kAll, 0}));
    BOOST_TEST(wall.allows(SYS_mmap, {0, 4096, PROT_NONE, kAnonymous | MAP_FIXED, 0xffffffff, 0}));
    BOOST_TEST(wall.allows(SYS_mmap, {0, 4096, kData, kAnonymous | MAP_POPULATE, kAll, 0}));
    BOOST_TEST(!wall.allows(SYS_mmap, {0, 4096, kData | PROT_EXEC, kAnonymous, kAll, 0}));
    BOOST_TEST(!wall.allows(SYS_mmap, {0, 4096, PROT_EXEC, kAnonymous, kAll, 0}));
    BOOST_TEST(!wall.allows(SYS_mmap, {0, 4096, kData, MAP_PRIVATE, 0, 0}));
    BOOST_TEST(!wall.allows(SYS_mmap, {0, 4096, kData, MAP_ANONYMOUS, kAll, 0}));
    BOOST_TEST(!wall.allows(SYS_mmap, {0, 4096, kData, MAP_SHARED | MAP_ANONYMOUS, kAll, 0}));
    for (const uint64_t flag : {MAP_GROWSDOWN, MAP_HUGETLB, MAP_LOCKED, MAP_32BIT, MAP_FIXED_NOREPLACE})
      BOOST_TEST(!wall.allows(SYS_mmap, {0, 4096, kData, kAnonymous | flag, kAll, 0}), flag);
  }
}

BOOST_AUTO_TEST_CASE(executableOnlyWithJit) {
  const Wall off(Jit::kOff), on(Jit::kOn);
  for (uint64_t protection = 0; protection < 16; ++protection) {
    const bool executable = (protection & PROT_EXEC) != 0;
    // Of code only in the one form that V8 asks for.
    const bool code = protection == (PROT_READ | PROT_WRITE | PROT_EXEC);
    BOOST_TEST(on.allows(SYS_mprotect, {0, 4096, protection}) == (protection < 8 && (!executable || code)), protection);
    BOOST_TEST(off.allows(SYS_mprotect, {0, 4096, protection}) == (protection < 8 && !executable), protection);
  }
}

BOOST_AUTO_TEST_CASE(clocksOfNobodyElse) {
  const Wall wall(Jit::kOn);
  for (uint64_t clock = 0; clock < 8; ++clock) BOOST_TEST(wall.allows(SYS_clock_gettime, {clock, 1}));
  for (uint64_t clock = 8; clock < 32; ++clock) BOOST_TEST(!wall.allows(SYS_clock_gettime, {clock, 1}), clock);
  BOOST_TEST(!wall.allows(SYS_clock_gettime, {(~uint64_t{1} << 3) | 2, 1}));
}
