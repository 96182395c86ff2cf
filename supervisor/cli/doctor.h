#pragma once
#include "supervisor/cli/arguments.h"

namespace runtime::cli {

// Both return the exit code of the command.
int doctor(const DoctorCommand& command);
int printVersions();

}  // namespace runtime::cli
