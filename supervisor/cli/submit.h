#pragma once
#include "supervisor/cli/submit_arguments.h"

namespace runtime::cli {

// `secure-runtime submit`: sends a job to a service and shows what became of it. Returns the exit code.
int submit(const SubmitCommand& command);

}  // namespace runtime::cli
