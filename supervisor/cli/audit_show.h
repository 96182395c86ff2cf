#pragma once
#include "supervisor/cli/arguments.h"

namespace runtime::cli {

// Prints the records of an audit log or a summary of them, or writes a page with their timeline. Returns the exit code:
// 2 for a fault.
int auditShow(const AuditShowCommand& command);

}  // namespace runtime::cli
