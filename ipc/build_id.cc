#include "ipc/build_id.h"

#include <capnp/message.h>
#include <capnp/schema.h>
#include <capnp/serialize.h>

#include <cstdint>
#include <format>
#include <initializer_list>

#include "ipc/control.capnp.h"
#include "ipc/door.capnp.h"
#include "ipc/session.capnp.h"

namespace runtime::ipc {
namespace {

// FNV-1a over the flat form of each node.
uint64_t hashOf(std::initializer_list<capnp::Schema> schemas) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const capnp::Schema& schema : schemas) {
    const capnp::schema::Node::Reader node = schema.getProto();
    capnp::MallocMessageBuilder message;
    message.setRoot(node);
    const kj::Array<capnp::word> words = capnp::messageToFlatArray(message);
    for (const kj::byte byte : words.asBytes()) hash = (hash ^ byte) * 0x100000001b3;
  }
  return hash;
}

}  // namespace

std::string buildId() {
  using capnp::Schema;
  return std::format(
      "{}-{:016x}", RUNTIME_VERSION,
      hashOf({Schema::from<Boot>(), Schema::from<Boot::Extension>(), Schema::from<ToZygote>(),
              Schema::from<FromZygote>(), Schema::from<Session>(), Schema::from<Job>(), Schema::from<Variable>(),
              Schema::from<Module>(), Schema::from<OutputStream>(), Schema::from<Outcome>(), Schema::from<Exception>(),
              Schema::from<Token>(), Schema::from<Path>(), Schema::from<Handle>()}));
}

}  // namespace runtime::ipc
