#pragma once
// The rules compiled to a seccomp program: kill the process for whatever they do not allow, for every other
// architecture and for x32. Compiled once in the zygote, installed in each worker.
//
// The compiler is ours: libseccomp's programs for the same rules are half as long again, and each worker pays for every
// instruction when the kernel translates them. The unit tests hold the two against each other.
#include <linux/filter.h>

#include <expected>
#include <span>
#include <string>
#include <vector>

#include "policies/sandbox/setup_error.h"
#include "policies/sandbox/syscall_rules.h"

namespace runtime::sandbox {

class SeccompProgram {
 public:
  // Allocates; not for a forked child. Fails where the rules are more than a program can hold.
  static std::expected<SeccompProgram, SetupError> compile(std::span<const SyscallRule> rules);

  std::span<const sock_filter> instructions() const { return instructions_; }
  // One-way, for this thread and all it makes; needs no_new_privs. Async-signal-safe; ends the process where it fails.
  void install() const noexcept;

 private:
  explicit SeccompProgram(std::vector<sock_filter> instructions) : instructions_(std::move(instructions)) {}
  std::vector<sock_filter> instructions_;
};

}  // namespace runtime::sandbox
