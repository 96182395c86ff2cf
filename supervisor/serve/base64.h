#pragma once
// Base64 of RFC 4648, section 4, with padding. Pure; any thread.
#include <optional>
#include <string>
#include <string_view>

namespace runtime::serve {

std::string encodeBase64(std::string_view bytes);
// Nothing where `text` is not of that form.
std::optional<std::string> decodeBase64(std::string_view text);

}  // namespace runtime::serve
