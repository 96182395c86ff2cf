#pragma once
// Every system call that a worker may make, as data: call, tests of its arguments, reason. What is not here kills.
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace runtime::sandbox {

// Whether V8 may make machine code at run time, which needs memory that is writable and executable.
enum class Jit : bool { kOff, kOn };

// Holds when (argument & mask) == value, over all 64 bits.
struct ArgumentTest {
  unsigned index;
  uint64_t mask;
  uint64_t value;
};

struct SyscallRule {
  std::string_view name;
  int number;
  std::vector<ArgumentTest> tests;  // all must hold
  std::string_view why;
};

// Rows with the same number are alternatives. The most frequent calls come first.
std::vector<SyscallRule> syscallRules(Jit jit);

}  // namespace runtime::sandbox
