#pragma once
// `within`: a policy under the ceiling of another. Looks at the file system to tell which host paths are the same.
#include <expected>
#include <string>
#include <vector>

#include "policies/policy.h"

namespace runtime::policies {

// Puts `policy` under `ceiling`: limits and engine are lowered, paths made canonical, grants bound when they are
// decided. Returns what is lost by it, a warning for each setting and each right of an entry that the ceiling may not
// give to every module it is for. `place` is where the ceiling is named. The error: the two cannot be compared.
std::expected<std::vector<Diagnostic>, Diagnostic> putWithin(Policy& policy, Policy ceiling, const Place& place);

// Whether every module that `globs` match is surely matched by `above`, which has `prefix` before their paths. False
// where that cannot be told.
bool surelyCovered(const std::vector<Glob>& globs, const std::vector<Glob>& above, const std::string& prefix);

}  // namespace runtime::policies
