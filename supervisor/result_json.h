#pragma once
// Results, faults and layers as the JSON objects that users see. Text that is not UTF-8 is replaced. Any thread.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "supervisor/runtime.h"

namespace runtime {

// What a terminal would obey, in what a job printed, is escaped in kAscii.
enum class Characters : uint8_t { kUtf8, kAscii };

// In the order of the promise.
nlohmann::ordered_json jsonOf(const Result& result);
nlohmann::ordered_json jsonOf(const Fault& fault);
nlohmann::ordered_json jsonOf(const std::vector<Layer>& layers);

// One line, without its newline.
std::string toJson(const Result& result, Characters characters);
std::string toJson(const Fault& fault);
std::string toJson(const std::vector<Layer>& layers);

}  // namespace runtime
