#pragma once
// An audit log, verified by nothing but its documented form.
#include <filesystem>
#include <string>
#include <vector>

#include "tests/integration/case.h"

namespace runtime::integration {

struct AuditLog {
  std::vector<Json> records;
  std::vector<std::string> faults;  // broken links, hashes that do not match, lines that are not JSON
};

AuditLog readAuditLog(const std::filesystem::path& file);

}  // namespace runtime::integration
