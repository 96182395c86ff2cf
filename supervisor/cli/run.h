#pragma once
#include <cstdint>

#include "supervisor/cli/arguments.h"
#include "supervisor/runtime.h"

namespace runtime::cli {

// Runs one job in a Runtime of its own and returns the exit code of the command. SIGINT, SIGTERM and SIGHUP are blocked
// in the calling thread for good: they cancel the job; a second one ends this process at once, and the kernel its
// workers.
int run(const RunCommand& command);

// The same for a job whose members but `onOutput` are set; it is told what the job used. Where output goes: `learn`
// keeps standard output for the policy where it is written there.
enum class Output : uint8_t { kAsPrinted, kAllToStderr };
int runRecorded(Job job, Output output);

}  // namespace runtime::cli
