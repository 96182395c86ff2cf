#pragma once
// What an extension is to the door: a name, a schema, a face, and operations that receive only resolved values.
// Loop thread of the supervisor, but for work handed to the lane.
#include <capnp/any.h>
#include <capnp/schema.h>
#include <kj/async.h>

#include <algorithm>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "capabilities/attenuation.h"
#include "capabilities/lane.h"
#include "capabilities/object.h"
#include "capabilities/table.h"
#include "capabilities/view.h"
#include "ipc/wire_error.h"

namespace runtime::extensions {

namespace isolate {
class Workers;
}

// One annotated parameter, resolved and found to carry its rights.
struct Argument {
  std::string_view parameter;
  capabilities::RightSet held;                     // everything held, beyond what was needed
  std::optional<capabilities::ResolvedPath> path;  // of a Path
  std::shared_ptr<capabilities::Object> object;    // the view of a Path, the object of a Handle
  capabilities::Token token;                       // under which the object is known
  std::shared_ptr<capabilities::Lease> lease;      // of the token; null: it stands as long as the worker
  std::shared_ptr<capabilities::Budget> budget;    // null: not limited
  // Of a token that was revoked or has expired: what it stood for; `resource` with the path that was named beneath it.
  std::optional<capabilities::Remains> remains;
  bool mayMake = true;     // all of `ifAbsent` is held
  bool mayReplace = true;  // all of `ifPresent` is held
};

// The services of the job that a call belongs to.
class JobServices {
 public:
  virtual ~JobServices() = default;
  virtual capabilities::Lane& lane() = 0;
  virtual capabilities::Table& table() = 0;
  // Standard input. 0 bytes: its end. At most `max` bytes; one at a time.
  virtual kj::Promise<std::string> readStdin(size_t max) = 0;
  virtual const std::vector<std::string>& arguments() const = 0;
  // The environment variables that a grant of `module` names and that are set, in the order of the policy.
  virtual std::vector<std::pair<std::string, std::string>> environment(const std::string& module) const = 0;
  // Null: there are no other workers.
  virtual isolate::Workers* workers() { return nullptr; }
};

// One call. It lives until the promise of invoke() is done.
class Call {
 public:
  virtual ~Call() = default;
  virtual capnp::AnyStruct::Reader params() = 0;
  template <typename Params>
  typename Params::Reader as() {
    return params().as<Params>();
  }
  // In the order of the method's parameters, annotated ones only; of a list one for each element.
  const Argument& argument(size_t index) const { return arguments[index]; }
  // The call ends what its argument names, or what that came from, and is answered all the same.
  void letGo(size_t index) { arguments[index].lease = nullptr; }
  // Of the budgets of all arguments the least; the largest number where none limits them.
  uint64_t budgetBytesLeft() const {
    uint64_t left = UINT64_MAX;
    for (const Argument& one : arguments) {
      if (one.budget != nullptr) left = std::min(left, one.budget->bytesLeft());
    }
    return left;
  }
  virtual capnp::AnyPointer::Builder results(uint64_t sizeHintWords) = 0;
  virtual JobServices& job() = 0;
  // Waits for what another worker does, for as long as it takes: meanwhile the call takes no place from others of its
  // worker.
  virtual kj::Promise<void> aside(kj::Promise<void> event) { return event; }

  std::vector<Argument> arguments;
  // For the audit record and the result's usage.
  uint64_t bytesRead = 0;
  uint64_t bytesWritten = 0;
};

// A refusal found after the file system was touched (a deny on the file reached, a link that leads outside) is a
// WireError with code EACCES and a `right`, and is audited as one.
using Outcome = std::expected<void, ipc::WireError>;

class Extension {
 public:
  virtual ~Extension() = default;
  virtual std::string_view name() const = 0;                     // "fs"
  virtual std::vector<std::string_view> specifiers() const = 0;  // "runtime:fs", "node:fs", ...
  virtual capnp::InterfaceSchema schema() const = 0;
  virtual std::string_view face() const = 0;  // JavaScript, see worker/README.md
  // `method` is the ordinal in the schema. An exception is a bug of ours: the job ends as internal-error.
  virtual kj::Promise<Outcome> invoke(uint16_t method, Call& call) = 0;
};

}  // namespace runtime::extensions
