#pragma once
// What `explain` and `diff` say of policies, as text for a person and as JSON.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "capabilities/rights.h"
#include "policies/diagnostic.h"
#include "policies/diff.h"

namespace runtime::cli {

// "read, list".
std::string rightsText(capabilities::RightSet rights);
// One line, with its newline; on a terminal nothing but ASCII, for what it would obey is escaped.
std::string jsonLine(const nlohmann::ordered_json& json);
// ["read", "list"].
nlohmann::ordered_json rightsJson(capabilities::RightSet rights);
// "file:line", or null where no rule is meant.
nlohmann::ordered_json ruleJson(const policies::Place& place);

// What is had, or bound, differently: a sentence without the rules.
std::string changeText(const policies::Change& change);

// On standard output; what the command exits with, `exitCode` where it could be written.
int printAll(const std::string& text, int exitCode);

}  // namespace runtime::cli
