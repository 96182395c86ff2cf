#pragma once
// Parts of an audit log as text for a person.
#include <cstdint>
#include <string>

#include "supervisor/audit/judge.h"

namespace runtime::cli {

// Lines, each with its end.
std::string textOf(const audit::Finding& finding);
// "2026-11-26T03:26:10.235Z" of milliseconds since 1970.
std::string timeOf(uint64_t ms);
// "log:7", or the file alone for line 0.
std::string placeOf(const std::string& file, uint64_t line);

}  // namespace runtime::cli
