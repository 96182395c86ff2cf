#pragma once
#include <sys/types.h>

#include <expected>
#include <string>
#include <string_view>

namespace runtime::cli {

// Writes the text under another name first, which then takes the place of what is there: nothing is written through a
// link, and there is no half of it. The error is a sentence.
std::expected<void, std::string> replaceFile(const std::string& path, std::string_view text, mode_t mode);

}  // namespace runtime::cli
