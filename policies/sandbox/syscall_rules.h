#pragma once
// Every system call that a worker may make, as data: call, tests of its arguments, reason. What is not here kills.
// A row without a test of its arguments says why it needs none: the build fails without.
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace runtime::sandbox {

// Whether V8 may make machine code at run time, which needs memory that is writable and executable.
enum class Jit : bool { kOff, kOn };

// Holds when (argument & mask) == value, over all 64 bits. A mask of the lower half is for what the kernel takes as
// int.
struct ArgumentTest {
  unsigned index;
  uint64_t mask;
  uint64_t value;
};

struct SyscallRule {
  std::string_view name;
  int number;
  std::vector<ArgumentTest> tests;  // all must hold
  std::string_view why;             // the code path of a worker that needs it
  std::string_view anyArgument;     // why no argument of it does harm; empty where there are tests
};

// Rows with the same number are alternatives. The most frequent calls come first.
std::vector<SyscallRule> syscallRules(Jit jit);
// How many calls the rows name.
unsigned systemCallsAllowed(Jit jit);

}  // namespace runtime::sandbox
