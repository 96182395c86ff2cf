#pragma once
// JSON of a peer that may be hostile: no key twice, no depth that a stack could not hold, and faults that say where.
// Pure; any thread.
#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "supervisor/serve/api_fault.h"

namespace runtime::serve {

using Json = nlohmann::json;

inline constexpr int kMaxJsonDepth = 16;

std::expected<Json, ApiFault> parseStrictJson(std::string_view body);

// On one line; what is not UTF-8 is replaced.
std::string dumped(const nlohmann::ordered_json& json);

}  // namespace runtime::serve
