#pragma once
// Forms of text that configuration and requests share. Pure; any thread.
#include <string>
#include <string_view>

namespace runtime::serve {

// Of IPv4 or IPv6, without brackets (inet_pton(3)).
bool isIpLiteral(std::string_view text);
// 64 digits of lower-case hex.
bool isSha256(std::string_view text);

}  // namespace runtime::serve
