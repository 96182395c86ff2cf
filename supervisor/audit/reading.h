#pragma once
// The records of the files of a log, in order, while the chain is judged.
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "supervisor/audit/judge.h"

namespace runtime::audit {

// `take` is given each line that is a JSON object, also those after the first that is not as it was written. Returns
// what is wrong with the log. The error is a sentence for a person: a file that cannot be read.
std::expected<std::optional<Finding>, std::string> readRecords(const std::vector<std::string>& files,
                                                               const std::function<void(std::string_view line)>& take);

}  // namespace runtime::audit
