#include "supervisor/serve/notation.h"

#include <arpa/inet.h>

#include <algorithm>

namespace runtime::serve {

bool isIpLiteral(std::string_view text) {
  if (text.contains('\0')) return false;
  const std::string terminated(text);
  in6_addr address;
  return ::inet_pton(AF_INET, terminated.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, terminated.c_str(), &address) == 1;
}

bool isSha256(std::string_view text) {
  return text.size() == 64 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace runtime::serve
