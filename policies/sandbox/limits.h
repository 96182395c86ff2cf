#pragma once
// Resource limits, hard and soft at once but where said.
#include <sys/types.h>

#include <cstdint>
#include <expected>

#include "policies/sandbox/setup_error.h"

namespace runtime::sandbox {

struct WorkerLimits {
  uint64_t dataBytes;   // RLIMIT_DATA: all private writable memory, that of the zygote at the fork included
  uint64_t cpuSeconds;  // RLIMIT_CPU: SIGXCPU then, SIGKILL a second later
};

// In a zygote: no core files, files, message queues, locked memory; its workers inherit it.
void limitZygote() noexcept;
// In a worker, before the filter. Async-signal-safe.
void limitWorker(const WorkerLimits& limits) noexcept;

// Bytes of this process that count into RLIMIT_DATA, and its stack's; read from `statm`, /proc/self/statm opened
// earlier by this same process. Ends the process where it cannot be read.
uint64_t dataInUse(int statm) noexcept;

}  // namespace runtime::sandbox
