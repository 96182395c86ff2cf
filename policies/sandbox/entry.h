#pragma once
// The order in which a zygote and a worker give up what they do not need. README.md says why in this order.
#include "policies/sandbox/limits.h"
#include "policies/sandbox/namespaces.h"
#include "policies/sandbox/seccomp_program.h"
#include "policies/sandbox/session_keyring.h"
#include "policies/sandbox/speculation.h"

namespace runtime::sandbox {

// Whether the kernel refuses this process memory that becomes executable.
enum class Mdwe : bool { kAbsent, kInForce };

// In a process that is to end with its parent: SIGKILL when the thread that made it ends. Lost at a change of uid.
void dieWithParent() noexcept;

// The layers that a zygote takes where the kernel has them.
struct OptionalLayers {
  Mdwe mdwe = Mdwe::kAbsent;  // taken without the JIT only
  int landlockAbi = 0;        // 0: none
  SessionKeyring keyring = SessionKeyring::kInherited;
  SpeculationControls speculation;
};

// In the zygote, once the engine has started: one-way. The control socket and what else it holds stay open. Every
// required layer is in force afterwards, as the kernel itself says, or the process has ended.
OptionalLayers confineZygote(Jit jit) noexcept;

struct WorkerEntry {
  int readEnd;
  int writeEnd;
  WorkerLimits limits;
};
// In the child of a confined zygote, up to the filter, which SeccompProgram::install() brings when the engine has drawn
// its new seeds.
void enterWorker(const WorkerEntry& entry) noexcept;

}  // namespace runtime::sandbox
