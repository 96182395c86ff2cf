#pragma once
// Resource limits, hard and soft at once but where said.
#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <expected>

#include "policies/sandbox/setup_error.h"

namespace runtime::sandbox {

struct WorkerLimits {
  uint64_t dataBytes;     // RLIMIT_DATA: all private writable memory, that of the zygote at the fork included
  uint64_t addressBytes;  // RLIMIT_AS: of all kinds, reserved ones too
  uint64_t cpuSeconds;    // RLIMIT_CPU: SIGXCPU then, SIGKILL a second later
};

// What a worker may map beyond its memory: V8 reserves eight GiB for one WebAssembly memory, and less where that cannot
// be had. Without a bound, pages that are only read, which no other limit counts, would fill the host with page tables;
// 16 GiB take 32 MiB of them.
inline constexpr uint64_t kReservableBytes = uint64_t{16} << 30;

// Nothing of these, in a zygote and so in its workers, which have no use for them: core files, files, message queues,
// locked memory, ...
inline constexpr std::array<decltype(RLIMIT_CORE), 6> kForbiddenInZygote{
    RLIMIT_CORE, RLIMIT_MEMLOCK, RLIMIT_FSIZE, RLIMIT_MSGQUEUE, RLIMIT_SIGPENDING, RLIMIT_LOCKS};

void limitZygote() noexcept;
// In a worker, before the filter: what WorkerLimits says, and no further descriptor or process. Async-signal-safe.
void limitWorker(const WorkerLimits& limits) noexcept;

struct MemoryUse {
  uint64_t dataBytes;     // what counts into RLIMIT_DATA, and the stack
  uint64_t addressBytes;  // what counts into RLIMIT_AS
};
// Of this process, read from `statm`, /proc/self/statm opened earlier by this same process. Ends the process where it
// cannot be read.
MemoryUse memoryInUse(int statm) noexcept;

// For a worker that may use `memoryBytes` beyond what its zygote uses at the fork.
WorkerLimits limitsFor(const MemoryUse& atFork, uint64_t memoryBytes, uint64_t cpuSeconds) noexcept;

// Of a worker that has no job yet, in the supervisor: they take the place of the wider ones that it was born with. A
// limit that is lower already stays. The error is an errno: ESRCH where it has ended.
std::expected<void, int> lowerLimits(pid_t worker, const WorkerLimits& limits);

}  // namespace runtime::sandbox
