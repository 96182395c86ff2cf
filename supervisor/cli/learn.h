#pragma once
#include "supervisor/cli/arguments.h"

namespace runtime::cli {

// Runs one job as run() does, and writes the smallest policy under which it can do the same again: to a file, or to
// standard output, where the job's own output then goes to standard error. Returns what run() would; where the job ran
// and no policy could be written, 1 in place of 0.
int learn(const LearnCommand& command);

}  // namespace runtime::cli
