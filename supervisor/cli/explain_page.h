#pragma once
// The table of `explain` as one page: modules on the left, what they reach on the right, a line for what one may do
// with the other. It loads and runs nothing.
#include <optional>
#include <string>

#include "policies/diff.h"
#include "policies/explain.h"

namespace runtime::cli {

// `since`: what differs from another policy; what is wider is marked.
std::string explainPage(const std::string& title, const policies::Policy& policy, const policies::Table& table,
                        const std::optional<policies::Difference>& since);

}  // namespace runtime::cli
