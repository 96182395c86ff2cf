#pragma once
#include "supervisor/cli/arguments.h"

namespace runtime::cli {

// Says whether an audit log is as it was written. Returns the exit code: 1 where it is not, 2 for a fault.
int auditVerify(const AuditVerifyCommand& command);

}  // namespace runtime::cli
