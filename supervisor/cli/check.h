#pragma once
#include "supervisor/cli/arguments.h"

namespace runtime::cli {

// Parses and validates policy files and prints faults, warnings and the limits in force. Returns the exit code: 2 where
// any of them has a fault.
int check(const CheckCommand& command);

}  // namespace runtime::cli
