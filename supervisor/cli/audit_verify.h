#pragma once
#include <string>

#include "supervisor/audit/judge.h"
#include "supervisor/cli/arguments.h"

namespace runtime::cli {

// Says whether an audit log is as it was written. Returns the exit code: 1 where it is not, 2 for a fault.
int auditVerify(const AuditVerifyCommand& command);

// A finding as lines for a person.
std::string textOf(const audit::Finding& finding);

}  // namespace runtime::cli
