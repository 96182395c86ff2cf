// The filter's rules without one row: the executable's name says which, as in "without-3"; by any other name, all rows.
#define syscallRules allSyscallRules
#include "policies/sandbox/syscall_rules.cc"
#undef syscallRules

#include <errno.h>

#include <charconv>

namespace runtime::sandbox {

std::vector<SyscallRule> syscallRules(Jit jit) {
  std::vector<SyscallRule> rules = allSyscallRules(jit);
  constexpr std::string_view kPrefix = "without-";
  const std::string_view name = program_invocation_short_name;
  size_t row = 0;
  if (name.starts_with(kPrefix) &&
      std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), row).ec == std::errc{})
    rules.erase(rules.begin() + static_cast<ptrdiff_t>(row));
  return rules;
}

}  // namespace runtime::sandbox
