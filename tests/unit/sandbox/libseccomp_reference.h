#pragma once
// The same rules compiled by libseccomp: what ours is held against.
#include <linux/filter.h>
#include <seccomp.h>

#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

#include "policies/sandbox/syscall_rules.h"

namespace runtime::tests {

inline std::vector<sock_filter> compileWithLibseccomp(std::span<const sandbox::SyscallRule> rules) {
  const auto require = [](int result) {
    if (result != 0) throw std::runtime_error("libseccomp: error " + std::to_string(-result));
  };
  const std::unique_ptr<void, void (*)(void*)> context(seccomp_init(SCMP_ACT_KILL_PROCESS), seccomp_release);
  require(seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
  for (const sandbox::SyscallRule& rule : rules) {
    std::vector<scmp_arg_cmp> tests;
    for (const sandbox::ArgumentTest& test : rule.tests)
      tests.push_back({test.index, SCMP_CMP_MASKED_EQ, test.mask, test.value});
    require(seccomp_rule_add_exact_array(context.get(), SCMP_ACT_ALLOW, rule.number,
                                         static_cast<unsigned>(tests.size()), tests.data()));
  }
  size_t bytes = 0;
  require(seccomp_export_bpf_mem(context.get(), nullptr, &bytes));
  std::vector<sock_filter> program(bytes / sizeof(sock_filter));
  require(seccomp_export_bpf_mem(context.get(), program.data(), &bytes));
  return program;
}

}  // namespace runtime::tests
