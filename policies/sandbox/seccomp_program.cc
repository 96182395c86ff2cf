#include "policies/sandbox/seccomp_program.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

namespace runtime::sandbox {
namespace {

// Where a jump leads, until all is laid out: the two ends stand behind everything else.
enum class Target : uint8_t { kNext, kAllow, kKill, kRow };

struct Jump {
  size_t at;  // of the instruction
  Target holds, fails;
  int number = 0;  // Target::kRow: the system call whose rows it leads to
};

constexpr uint32_t lower(uint64_t value) { return static_cast<uint32_t>(value); }
constexpr uint32_t upper(uint64_t value) { return static_cast<uint32_t>(value >> 32); }

// x86-64 is little-endian: the lower half of an argument comes first.
constexpr uint32_t offsetOfLower(unsigned index) {
  return static_cast<uint32_t>(offsetof(seccomp_data, args) + index * sizeof(uint64_t));
}
constexpr uint32_t offsetOfUpper(unsigned index) { return offsetOfLower(index) + sizeof(uint32_t); }

class Assembler {
 public:
  void load(uint32_t offset) { instructions_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)); }
  void mask(uint32_t bits) { instructions_.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits)); }
  void ifEqual(uint32_t value, Target holds, Target fails, int number = 0) {
    jump(BPF_JMP | BPF_JEQ | BPF_K, value, {instructions_.size(), holds, fails, number});
  }
  void ifAnySet(uint32_t bits, Target holds, Target fails) {
    jump(BPF_JMP | BPF_JSET | BPF_K, bits, {instructions_.size(), holds, fails});
  }
  void startOfRow(int number) { rows_.push_back({number, instructions_.size()}); }

  std::expected<std::vector<sock_filter>, SetupError> finish() {
    const size_t kill = instructions_.size();
    instructions_.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    instructions_.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    for (const Jump& jump : jumps_) {
      const auto distance = [&](Target target) {
        switch (target) {
          case Target::kNext:
            return size_t{0};
          case Target::kKill:
            return kill - jump.at - 1;
          case Target::kAllow:
            return kill - jump.at;
          case Target::kRow:
            return std::ranges::find(rows_, jump.number, &Row::number)->at - jump.at - 1;
        }
        return std::numeric_limits<size_t>::max();
      };
      const size_t holds = distance(jump.holds), fails = distance(jump.fails);
      constexpr size_t kFarthest = std::numeric_limits<uint8_t>::max();
      if (holds > kFarthest || fails > kFarthest) return std::unexpected(SetupError{Step::kFilterCompile, E2BIG});
      instructions_[jump.at].jt = static_cast<uint8_t>(holds);
      instructions_[jump.at].jf = static_cast<uint8_t>(fails);
    }
    return std::move(instructions_);
  }

 private:
  struct Row {
    int number;
    size_t at;
  };
  void jump(uint16_t code, uint32_t operand, Jump jump) {
    instructions_.push_back({code, 0, 0, operand});
    jumps_.push_back(jump);
  }

  std::vector<sock_filter> instructions_;
  std::vector<Jump> jumps_;
  std::vector<Row> rows_;
};

// Whether the accumulator, masked, is the value.
void compare(Assembler& program, uint32_t mask, uint32_t value, Target holds, Target fails) {
  if (value == 0 && mask != ~uint32_t{0}) {
    program.ifAnySet(mask, fails, holds);
    return;
  }
  if (mask != ~uint32_t{0}) program.mask(mask);
  program.ifEqual(value, holds, fails);
}

// All tests of one row must hold.
void allTests(Assembler& program, std::span<const ArgumentTest> tests) {
  for (size_t i = 0; i < tests.size(); ++i) {
    const ArgumentTest& test = tests[i];
    if (upper(test.mask) != 0) {
      program.load(offsetOfUpper(test.index));
      compare(program, upper(test.mask), upper(test.value), Target::kNext, Target::kKill);
    }
    program.load(offsetOfLower(test.index));
    compare(program, lower(test.mask), lower(test.value), i + 1 < tests.size() ? Target::kNext : Target::kAllow,
            Target::kKill);
  }
}

// Alternatives: one test each, of the same argument, that differ in its lower half only.
void anyOf(Assembler& program, std::span<const SyscallRule* const> rows) {
  const ArgumentTest& common = rows.front()->tests.front();
  if (upper(common.mask) != 0) {
    program.load(offsetOfUpper(common.index));
    compare(program, upper(common.mask), upper(common.value), Target::kNext, Target::kKill);
  }
  program.load(offsetOfLower(common.index));
  for (const SyscallRule* row : rows) {
    const ArgumentTest& test = row->tests.front();
    compare(program, lower(test.mask), lower(test.value), Target::kAllow,
            row == rows.back() ? Target::kKill : Target::kNext);
  }
}

// What anyOf() can say; the comparison of all but the last must leave the accumulator as it is.
bool areAlternatives(std::span<const SyscallRule* const> rows) {
  return std::ranges::all_of(rows, [&rows](const SyscallRule* row) {
    if (row->tests.size() != 1) return false;
    const ArgumentTest &first = rows.front()->tests.front(), &test = row->tests.front();
    const bool keeps = test.value == 0 || lower(test.mask) == ~uint32_t{0} || row == rows.back();
    return keeps && test.index == first.index && upper(test.mask) == upper(first.mask) &&
           upper(test.value) == upper(first.value);
  });
}

}  // namespace

std::expected<SeccompProgram, SetupError> SeccompProgram::compile(std::span<const SyscallRule> rules) {
  std::vector<int> numbers;
  for (const SyscallRule& rule : rules)
    if (!std::ranges::contains(numbers, rule.number)) numbers.push_back(rule.number);
  const auto rowsOf = [&rules](int number) {
    std::vector<const SyscallRule*> rows;
    for (const SyscallRule& rule : rules)
      if (rule.number == number) rows.push_back(&rule);
    return rows;
  };

  Assembler program;
  program.load(offsetof(seccomp_data, arch));
  program.ifEqual(AUDIT_ARCH_X86_64, Target::kNext, Target::kKill);
  // Calls of x32 have numbers of their own: none of them is named, so each falls through to the end.
  program.load(offsetof(seccomp_data, nr));
  for (const int number : numbers) {
    const bool last = number == numbers.back();
    const bool anyArgument =
        std::ranges::any_of(rowsOf(number), [](const SyscallRule* row) { return row->tests.empty(); });
    program.ifEqual(static_cast<uint32_t>(number), anyArgument ? Target::kAllow : Target::kRow,
                    last ? Target::kKill : Target::kNext, number);
  }
  for (const int number : numbers) {
    const auto rows = rowsOf(number);
    if (std::ranges::any_of(rows, [](const SyscallRule* row) { return row->tests.empty(); })) continue;
    program.startOfRow(number);
    if (rows.size() == 1) {
      allTests(program, rows.front()->tests);
    } else if (areAlternatives(rows)) {
      anyOf(program, rows);
    } else {
      return std::unexpected(SetupError{Step::kFilterCompile, ENOTSUP});
    }
  }
  if (numbers.empty()) return std::unexpected(SetupError{Step::kFilterCompile, EINVAL});
  auto instructions = program.finish();
  if (!instructions) return std::unexpected(instructions.error());
  return SeccompProgram(std::move(*instructions));
}

void SeccompProgram::install() const noexcept {
  // The kernel only reads it.
  const sock_fprog program{
      static_cast<unsigned short>(instructions_.size()),
      const_cast<sock_filter*>(instructions_.data())};  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) dieAt(Step::kFilter);
}

}  // namespace runtime::sandbox
