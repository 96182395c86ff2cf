#pragma once
// What came of one worker, once it has ended. Values; any thread.
#include <optional>

#include "supervisor/runtime.h"
#include "supervisor/verdict.h"

namespace runtime::supervisor {

struct WorkerOutcome {
  Decision decision;
  std::optional<JobException> exception;  // where the verdict is one
  Usage usage;
  Confinement confinement;
};

}  // namespace runtime::supervisor
