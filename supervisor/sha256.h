#pragma once
#include <string>
#include <string_view>

namespace runtime::supervisor {

// Lower-case hex of the SHA-256 of `bytes`. Any thread.
std::string sha256Hex(std::string_view bytes);

}  // namespace runtime::supervisor
