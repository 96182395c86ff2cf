#pragma once
// The JSON objects that the command prints. Text that is not UTF-8 is replaced.
#include <string>
#include <vector>

#include "supervisor/runtime.h"

namespace runtime::cli {

// One line, without its newline.
std::string toJson(const Result& result);
std::string toJson(const Fault& fault);
std::string toJson(const std::vector<Layer>& layers);

}  // namespace runtime::cli
