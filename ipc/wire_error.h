#pragma once
// What crosses to a worker about a call that failed: a code, a guest path, for a refusal the right. It travels as the
// description of the RPC's exception, in a form of our own, so that no text of a library, host path or file:line can
// cross by accident: the door sends nothing else.
#include <kj/exception.h>

#include <optional>
#include <string>
#include <string_view>

namespace runtime::ipc {

struct WireError {
  std::string code;        // Node's: "ENOENT", "EACCES", ...
  std::string capability;  // a refusal by the door: "fs"; else empty
  std::string right;       // a refusal: the first right missing
  std::string resource;    // guest path, or empty
  std::string message;     // a sentence where the code is not enough, or empty
  // A refusal although the right was held: "expired", or the member of a budget that there is not enough left of:
  // "calls", "bytes", "perSecond". Else empty.
  std::string reason = {};
};

// "ENOENT" for ENOENT; "EIO" for what has no name that Node shows.
std::string_view errnoName(int error);
WireError fromErrno(int error, std::string resource);

kj::Exception toException(const WireError& error);
// Nothing if the exception is not one that toException() made.
std::optional<WireError> fromException(const kj::Exception& exception);

}  // namespace runtime::ipc
