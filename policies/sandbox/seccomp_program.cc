#include "policies/sandbox/seccomp_program.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <format>
#include <memory>

namespace runtime::sandbox {
namespace {

struct Release {
  void operator()(void* context) const { seccomp_release(context); }
};

std::unexpected<SetupError> failed(int result) { return std::unexpected(SetupError{Step::kFilterCompile, -result}); }

}  // namespace

std::expected<SeccompProgram, SetupError> SeccompProgram::compile(std::span<const SyscallRule> rules) {
  const std::unique_ptr<void, Release> context(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!context) return failed(-ENOMEM);
  if (const int result = seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS))
    return failed(result);

  uint8_t priority = 255;
  for (const SyscallRule& rule : rules) {
    std::vector<scmp_arg_cmp> tests;
    for (const ArgumentTest& test : rule.tests)
      tests.push_back({test.index, SCMP_CMP_MASKED_EQ, test.mask, test.value});
    // _exact: a rule that this architecture cannot state is a fault, never an approximation.
    if (const int result = seccomp_rule_add_exact_array(context.get(), SCMP_ACT_ALLOW, rule.number,
                                                        static_cast<unsigned>(tests.size()), tests.data()))
      return failed(result);
    if (const int result = seccomp_syscall_priority(context.get(), rule.number, priority)) return failed(result);
    if (priority > 0) --priority;
  }

  size_t bytes = 0;
  if (const int result = seccomp_export_bpf_mem(context.get(), nullptr, &bytes)) return failed(result);
  std::vector<sock_filter> instructions((bytes + sizeof(sock_filter) - 1) / sizeof(sock_filter));
  if (const int result = seccomp_export_bpf_mem(context.get(), instructions.data(), &bytes)) return failed(result);
  if (instructions.empty() || instructions.size() > BPF_MAXINSNS) return failed(-E2BIG);
  return SeccompProgram(std::move(instructions));
}

void SeccompProgram::install() const noexcept {
  // The kernel only reads it.
  const sock_fprog program{
      static_cast<unsigned short>(instructions_.size()),
      const_cast<sock_filter*>(instructions_.data())};  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) dieAt(Step::kFilter);
}

std::string seccompVersion() {
  const scmp_version* version = seccomp_version();
  return std::format("{}.{}.{}", version->major, version->minor, version->micro);
}

}  // namespace runtime::sandbox
