#pragma once
#include "supervisor/cli/arguments.h"

namespace runtime::cli {

// Who may do what under a policy, and which rule says so: the table, or the answer to one question, which exits with 1
// where that is refused.
int explain(const ExplainCommand& command);

}  // namespace runtime::cli
