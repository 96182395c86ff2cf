#pragma once
#include "supervisor/cli/arguments.h"

namespace runtime::cli {

// What the second policy gives that the first does not, and the other way round. Exits with 1 where anything is wider.
int diff(const DiffCommand& command);

}  // namespace runtime::cli
