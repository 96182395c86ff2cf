#pragma once
// Why file work failed. Values; any thread. It names no path: the caller adds the guest path.
#include <cerrno>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "capabilities/attenuation.h"
#include "capabilities/rights.h"

namespace runtime::capabilities {

struct Failure {
  int error = EIO;                              // errno; EAGAIN of work that may not wait: do it on the lane
  std::optional<Right> refused = std::nullopt;  // a refusal by the policy, error is EACCES: the right to name
  std::string message = {};                     // a sentence where the code is not enough
  std::string code = {};                        // where it is not the name of `error`
  size_t subject = 0;                           // which of the paths of a call with two
  std::string reason = {};                      // of a refusal, where the right itself was held: see ipc::WireError
};

template <typename T>
using Result = std::expected<T, Failure>;

// The failure of the system call just made.
inline std::unexpected<Failure> failed(int error = errno) { return std::unexpected(Failure{error, {}, {}, {}, 0}); }
inline std::unexpected<Failure> failedBecause(int error, std::string message) {
  return std::unexpected(Failure{error, {}, std::move(message), {}, 0});
}
inline std::unexpected<Failure> refused(Right right, std::string message = {}) {
  return std::unexpected(Failure{EACCES, right, std::move(message), {}, 0});
}
// The right is held, and a budget has too little left.
inline std::unexpected<Failure> usedUp(Right right, Budget::Lack lack) {
  return std::unexpected(
      Failure{EACCES, right, std::string(Budget::explain(lack)), {}, 0, std::string(Budget::name(lack))});
}

}  // namespace runtime::capabilities
