#pragma once
// The service as a whole: what `secure-runtime serve` runs.
#include <expected>
#include <string>
#include <vector>

#include "policies/diagnostic.h"
#include "supervisor/runtime.h"
#include "supervisor/serve/configuration.h"

namespace runtime::serve {

// Why the service does not start.
struct StartFault {
  int exitCode = 2;                               // 2: configuration or state; 3: confinement cannot be had
  std::string message;                            // for a person; empty where the diagnostics say it
  std::vector<policies::Diagnostic> diagnostics;  // of the configuration and its policies
};

// Blocks SIGINT, SIGTERM, SIGHUP and SIGPIPE: before any thread is made.
void holdServiceSignals();

// Serves until SIGINT or SIGTERM, drains, and returns; a second signal ends what still runs. SIGHUP reads ceilings,
// policies and tenants again. `configurationFile` is empty where the built-in defaults hold. Main thread; once in a
// process.
std::expected<void, StartFault> serve(const std::string& configurationFile, const Options& options);

}  // namespace runtime::serve
