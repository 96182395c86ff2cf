#pragma once
// Why a request is not done: what its answer says. Values; any thread.
#include <cstdint>
#include <optional>
#include <string>

namespace runtime::serve {

struct ApiFault {
  unsigned status = 400;  // of HTTP
  std::string code;       // stable
  std::string message;    // for a person: what was wrong and what to do; never a host path
  std::string where;      // a place in what was sent, or empty
  std::optional<uint32_t> retryAfterSeconds;
};

}  // namespace runtime::serve
