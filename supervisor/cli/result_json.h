#pragma once
// The JSON objects that the command prints. Text that is not UTF-8 is replaced.
#include <cstdint>
#include <string>
#include <vector>

#include "supervisor/runtime.h"

namespace runtime::cli {

// What a terminal would obey, in what a job printed, is escaped in kAscii.
enum class Characters : uint8_t { kUtf8, kAscii };

// One line, without its newline.
std::string toJson(const Result& result, Characters characters);
std::string toJson(const Fault& fault);
std::string toJson(const std::vector<Layer>& layers);

}  // namespace runtime::cli
