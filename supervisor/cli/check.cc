#include "supervisor/cli/check.h"

#include <unistd.h>

#include <format>
#include <string>

#include "policies/notation.h"
#include "policies/parse.h"
#include "supervisor/cli/standard_streams.h"

namespace runtime::cli {
namespace {

constexpr int kExitFault = 2;

// Durations and sizes are strings in a policy file; numbers and switches are not.
bool isWord(std::string_view value) { return value.find_first_not_of("0123456789") != std::string_view::npos; }

std::string table(std::string_view title, const policies::Settings& settings) {
  std::string out = std::format("[{}]\n", title);
  for (const auto& [key, value] : settings) {
    const bool bare = !isWord(value) || value == "true" || value == "false";
    out += bare ? std::format("{} = {}\n", key, value) : std::format("{} = \"{}\"\n", key, value);
  }
  return out;
}

// What holds under a valid policy, in the notation of policy files.
std::string inForce(const std::string& path, const policies::Policy& policy) {
  return std::format("{}: valid\n{}{}", path, table("limits", policies::limitsInForce(policy.limits)),
                     table("engine", policies::engineInForce(policy.engine)));
}

}  // namespace

int check(const CheckCommand& command) {
  int exitCode = 0;
  for (const std::string& path : command.policies) {
    const auto policy = policies::parseFile(path);
    if (!policy) {
      complain(policies::render(policy.error()));
      exitCode = kExitFault;
      continue;
    }
    if (!policy->warnings.empty()) complain(policies::render(policy->warnings));
    if (const auto written = writeAll(STDOUT_FILENO, inForce(path, *policy)); !written) {
      complainOfStdout(written.error());
      return exitCodeOfStdout(written.error());
    }
  }
  return exitCode;
}

}  // namespace runtime::cli
