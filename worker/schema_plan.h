#pragma once
// How the values of a schema's types are converted: made once in the zygote, then only read.
#include <capnp/schema.h>
#include <v8.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace runtime::worker {

struct StructPlan;

struct TypePlan {
  enum class Kind : uint8_t {
    kVoid,
    kBool,
    kInt,   // up to 32 bits, signed
    kUInt,  // up to 32 bits
    kInt64,
    kUInt64,
    kFloat,
    kText,
    kData,
    kEnum,
    kList,
    kStruct,
    kToken,
    kUnsupported,
  };
  Kind kind = Kind::kUnsupported;
  uint8_t bits = 0;                                 // of an integer
  const StructPlan* structure = nullptr;            // kStruct, kToken
  std::unique_ptr<TypePlan> element;                // kList
  capnp::EnumSchema enumeration;                    // kEnum
  std::vector<v8::Eternal<v8::String>> enumerants;  // kEnum
};

struct FieldPlan {
  v8::Eternal<v8::String> name;
  capnp::StructSchema::Field field;
  TypePlan type;
  bool inUnion = false;
};

struct StructPlan {
  capnp::StructSchema schema;
  std::vector<FieldPlan> fields;
};

struct MethodPlan {
  uint64_t interfaceId = 0;
  uint16_t ordinal = 0;
  const StructPlan* params = nullptr;
  const StructPlan* results = nullptr;
  std::optional<size_t> onlyData;  // index of the results' one field of type Data
};

// Owns the plans of all structs that it was asked for.
class Plans {
 public:
  explicit Plans(v8::Isolate* isolate) : isolate_(isolate) {}
  const StructPlan* of(capnp::StructSchema schema);

 private:
  TypePlan type(capnp::Type type);

  v8::Isolate* isolate_;
  std::map<uint64_t, std::unique_ptr<StructPlan>> structs_;
};

}  // namespace runtime::worker
