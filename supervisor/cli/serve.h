#pragma once
#include "supervisor/cli/arguments.h"

namespace runtime::cli {

// `secure-runtime serve`: serves until it is told to stop. Returns the exit code: 0 stopped, 2 a fault of the
// configuration or the state, 3 confinement cannot be had.
int serve(const ServeCommand& command);

}  // namespace runtime::cli
