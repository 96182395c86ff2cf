#include "supervisor/content.h"

#include <set>

namespace runtime::supervisor {
namespace {

bool holds(capnp::Type type, std::set<uint64_t>& seen) {
  if (type.isData()) return true;
  if (type.isList()) return holds(type.asList().getElementType(), seen);
  if (!type.isStruct() || !seen.insert(type.asStruct().getProto().getId()).second) return false;
  for (const auto field : type.asStruct().getFields()) {
    if (holds(field.getType(), seen)) return true;
  }
  return false;
}

uint64_t bytesOf(const capnp::DynamicValue::Reader& value) {
  switch (value.getType()) {
    case capnp::DynamicValue::DATA:
      return value.as<capnp::Data>().size();
    case capnp::DynamicValue::STRUCT:
      return contentBytes(value.as<capnp::DynamicStruct>());
    case capnp::DynamicValue::LIST: {
      uint64_t bytes = 0;
      for (const auto item : value.as<capnp::DynamicList>()) bytes += bytesOf(item);
      return bytes;
    }
    default:
      return 0;
  }
}

}  // namespace

bool holdsContent(capnp::StructSchema schema) {
  std::set<uint64_t> seen;
  return holds(schema, seen);
}

uint64_t contentBytes(capnp::DynamicStruct::Reader message) {
  uint64_t bytes = 0;
  for (const auto field : message.getSchema().getFields()) {
    std::set<uint64_t> seen;
    if (holds(field.getType(), seen) && message.has(field)) bytes += bytesOf(message.get(field));
  }
  return bytes;
}

}  // namespace runtime::supervisor
