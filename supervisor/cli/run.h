#pragma once
#include "supervisor/cli/arguments.h"

namespace runtime::cli {

// Runs one job in a Runtime of its own and returns the exit code of the command. SIGINT, SIGTERM and SIGHUP are blocked
// in the calling thread for good: they cancel the job; a second one ends this process at once, and the kernel its
// workers.
int run(const RunCommand& command);

}  // namespace runtime::cli
