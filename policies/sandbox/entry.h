#pragma once
// The order in which a zygote and a worker give up what they do not need. README.md says why in this order.
#include "policies/sandbox/limits.h"
#include "policies/sandbox/namespaces.h"
#include "policies/sandbox/seccomp_program.h"

namespace runtime::sandbox {

// Whether the kernel refuses this process memory that becomes executable.
enum class Mdwe : bool { kAbsent, kInForce };

// In a process that is to end with its parent: SIGKILL when the thread that made it ends. Lost at a change of uid.
void dieWithParent() noexcept;

// In the zygote, once the engine has started: one-way. The control socket and what else it holds stay open.
// Memory-deny-write-execute is taken where `jit` is off and the kernel has it.
Mdwe confineZygote(Jit jit) noexcept;

struct WorkerEntry {
  int readEnd;
  int writeEnd;
  WorkerLimits limits;
};
// In the child of a confined zygote, up to the filter, which SeccompProgram::install() brings when the engine has drawn
// its new seeds.
void enterWorker(const WorkerEntry& entry) noexcept;

}  // namespace runtime::sandbox
