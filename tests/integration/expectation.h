#pragma once
// What a case expects, against what came. Each function returns sentences about what differs; none where all is well.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/case.h"
#include "tests/integration/child.h"

namespace runtime::integration {

using Faults = std::vector<std::string>;

// `expected` is the exact text, or {"match": regex, "contains": text or list, "lacks": text or list, "size": N}.
Faults compareText(const std::string& what, const Json& expected, std::string_view actual);

// Every member of `expected` must be there and equal. In place of a value, {"$match": regex}, {"$least": N},
// {"$most": N}, {"$contains": text} and {"$absent": true}.
Faults compareSubset(const std::string& what, const Json& expected, const Json& actual);

// Everything that `testCase` states about a run in the scratch copy `folder`.
Faults judge(const Case& testCase, const Ended& ended, const std::filesystem::path& folder);

}  // namespace runtime::integration
