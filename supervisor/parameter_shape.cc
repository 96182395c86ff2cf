#include "supervisor/parameter_shape.h"

#include <capnp/dynamic.h>
#include <kj/exception.h>

namespace runtime::supervisor {
namespace {

using capnp::DynamicStruct;
using capnp::DynamicValue;

bool isSound(DynamicStruct::Reader value);

// Reading a pointer is what finds it wrong: that throws.
bool isSound(const DynamicValue::Reader& value) {
  switch (value.getType()) {
    case DynamicValue::STRUCT:
      return isSound(value.as<DynamicStruct>());
    case DynamicValue::ENUM:
      return value.as<capnp::DynamicEnum>().getEnumerant() != nullptr;
    case DynamicValue::LIST: {
      const auto list = value.as<capnp::DynamicList>();
      // Elements that are plain data are as sound as their list; enums are for the operation to judge.
      const auto element = list.getSchema().getElementType();
      if (!element.isStruct() && !element.isText() && !element.isData() && !element.isList()) return true;
      for (const auto& item : list) {
        if (!isSound(item)) return false;
      }
      return true;
    }
    case DynamicValue::CAPABILITY:
    case DynamicValue::ANY_POINTER:
      return false;  // no schema of ours has one
    default:
      return true;
  }
}

bool isSound(DynamicStruct::Reader value) {
  for (const auto field : value.getSchema().getNonUnionFields()) {
    if (!isSound(value.get(field))) return false;
  }
  if (value.getSchema().getUnionFields().size() == 0) return true;
  KJ_IF_MAYBE (field, value.which()) {
    return isSound(value.get(*field));
  }
  return false;
}

}  // namespace

bool haveShapeOf(capnp::StructSchema schema, capnp::AnyPointer::Reader params) {
  bool sound = false;
  KJ_IF_MAYBE (exception, kj::runCatchingExceptions([&] { sound = isSound(params.getAs<DynamicStruct>(schema)); })) {
    (void)exception;
    return false;
  }
  return sound;
}

}  // namespace runtime::supervisor
