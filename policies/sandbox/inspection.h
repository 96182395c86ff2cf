#pragma once
// What the kernel says of a process once all steps of its confinement have reported success. A step that had no effect
// ends the process as one that failed does: dieAt() with the step and ENOTRECOVERABLE.
#include "policies/sandbox/limits.h"

namespace runtime::sandbox {

// In a zygote, after confineZygote(): capabilities, no_new_privs, dumpable, root, working directory, death signal,
// limits.
void requireConfinedZygote() noexcept;

// In a worker, after enterWorker() and before the filter: descriptors, limits, death signal. Async-signal-safe.
void requireConfinedWorker(const WorkerLimits& limits) noexcept;

}  // namespace runtime::sandbox
