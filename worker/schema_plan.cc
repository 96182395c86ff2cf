// The plans of schema_binding.h: one walk over the schema, in the zygote.
#include "worker/schema_plan.h"

#include "ipc/door.capnp.h"
#include "worker/strings.h"

namespace runtime::worker {
namespace {

v8::Eternal<v8::String> eternal(v8::Isolate* isolate, kj::StringPtr text) {
  return v8::Eternal<v8::String>(isolate, internalized(isolate, {text.begin(), text.size()}));
}

}  // namespace

const StructPlan* Plans::of(capnp::StructSchema schema) {
  auto& slot = structs_[schema.getProto().getId()];
  if (slot != nullptr) return slot.get();
  slot = std::make_unique<StructPlan>();
  StructPlan* plan = slot.get();  // `slot` may move: a struct can hold others, and itself
  plan->schema = schema;
  for (capnp::StructSchema::Field field : schema.getFields()) {
    plan->fields.push_back({eternal(isolate_, field.getProto().getName()), field, type(field.getType()),
                            field.getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT});
  }
  return plan;
}

TypePlan Plans::type(capnp::Type type) {
  using Kind = TypePlan::Kind;
  TypePlan plan;
  const auto integer = [&plan](Kind kind, uint8_t bits) {
    plan.kind = kind;
    plan.bits = bits;
  };
  switch (type.which()) {
    case capnp::schema::Type::VOID:
      plan.kind = Kind::kVoid;
      break;
    case capnp::schema::Type::BOOL:
      plan.kind = Kind::kBool;
      break;
    case capnp::schema::Type::INT8:
      integer(Kind::kInt, 8);
      break;
    case capnp::schema::Type::INT16:
      integer(Kind::kInt, 16);
      break;
    case capnp::schema::Type::INT32:
      integer(Kind::kInt, 32);
      break;
    case capnp::schema::Type::INT64:
      integer(Kind::kInt64, 64);
      break;
    case capnp::schema::Type::UINT8:
      integer(Kind::kUInt, 8);
      break;
    case capnp::schema::Type::UINT16:
      integer(Kind::kUInt, 16);
      break;
    case capnp::schema::Type::UINT32:
      integer(Kind::kUInt, 32);
      break;
    case capnp::schema::Type::UINT64:
      integer(Kind::kUInt64, 64);
      break;
    case capnp::schema::Type::FLOAT32:
    case capnp::schema::Type::FLOAT64:
      plan.kind = Kind::kFloat;
      break;
    case capnp::schema::Type::TEXT:
      plan.kind = Kind::kText;
      break;
    case capnp::schema::Type::DATA:
      plan.kind = Kind::kData;
      break;
    case capnp::schema::Type::ENUM:
      plan.kind = Kind::kEnum;
      plan.enumeration = type.asEnum();
      for (auto enumerant : type.asEnum().getEnumerants()) {
        plan.enumerants.push_back(eternal(isolate_, enumerant.getProto().getName()));
      }
      break;
    case capnp::schema::Type::LIST:
      plan.kind = Kind::kList;
      plan.element = std::make_unique<TypePlan>(this->type(type.asList().getElementType()));
      break;
    case capnp::schema::Type::STRUCT: {
      const capnp::StructSchema schema = type.asStruct();
      plan.kind = schema.getProto().getId() == capnp::typeId<ipc::Token>() ? Kind::kToken : Kind::kStruct;
      plan.structure = of(schema);
      break;
    }
    case capnp::schema::Type::INTERFACE:
    case capnp::schema::Type::ANY_POINTER:
      break;
  }
  return plan;
}

}  // namespace runtime::worker
