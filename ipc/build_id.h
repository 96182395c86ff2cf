#pragma once
// Whether two processes speak the same schemas: the version and a hash over every schema of ipc/. It finds a mixed
// installation, not an attacker.
#include <string>

namespace runtime::ipc {

std::string buildId();

}  // namespace runtime::ipc
