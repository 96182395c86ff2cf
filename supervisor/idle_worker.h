#pragma once
// A worker that has no job yet: it has asked for one and waits. Loop thread.
#include <kj/async.h>

#include <cstdint>
#include <expected>
#include <optional>

#include "ipc/os/unique_fd.h"
#include "supervisor/runtime.h"
#include "supervisor/worker_groups.h"
#include "supervisor/zygote.h"

namespace runtime::supervisor {

struct IdleWorker {
  WorkerProcess process;
  os::UniqueFd fromWorker, toWorker;  // our ends of its pipes; nothing has been read or written yet
  kj::Promise<std::optional<WorkerGroups::Membership>> joining;
};

// Nothing: it is not known for what job, so its resource limits are wide and its group has the bounds of a policy that
// says nothing. It is bounded by bound() before it has one.
struct WorkerBounds {
  uint64_t memoryBytes, cpuSeconds;
};

// Null groups: it joins none. The error: a fault of confinement or, where there is nothing in it, that the zygote is
// lost and another may be asked.
kj::Promise<std::expected<IdleWorker, std::optional<Fault>>> startWorker(Zygote& zygote, WorkerGroups* groups,
                                                                         std::optional<WorkerBounds> bounds);

// Once, for a worker that was started without bounds: its resource limits at once, its group as part of `joining`. The
// error as of startWorker().
std::expected<void, std::optional<Fault>> bound(IdleWorker& worker, const Zygote& zygote, WorkerGroups* groups,
                                                const WorkerBounds& bounds);

}  // namespace runtime::supervisor
