#pragma once
#include "supervisor/cli/arguments.h"

namespace runtime::cli {

// Runs the entry under the policy without its integrity, and writes the digests of all that was loaded into the file,
// as its integrity; nothing else of it is changed. Returns the exit code of `run`, or 2 where nothing is written.
int lock(const LockCommand& command);

}  // namespace runtime::cli
