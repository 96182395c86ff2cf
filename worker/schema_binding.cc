#include "worker/schema_binding.h"

#include <capnp/dynamic.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "worker/strings.h"

namespace runtime::worker {
namespace {

using Kind = TypePlan::Kind;

void throwMismatch(v8::Isolate* isolate, kj::StringPtr name, std::string_view expected) {
  throwTypeError(isolate, "parameter '" + std::string(name.begin(), name.size()) + "' is not " + std::string(expected));
}

// What was converted, or nothing with an exception thrown.
template <typename T>
std::optional<T> toInteger(v8::Isolate* isolate, v8::Local<v8::Value> value, double low, double beyond,
                           kj::StringPtr name) {
  if (value->IsBigInt()) {
    bool lossless = false;
    const T result = std::is_signed_v<T> ? static_cast<T>(value.As<v8::BigInt>()->Int64Value(&lossless))
                                         : static_cast<T>(value.As<v8::BigInt>()->Uint64Value(&lossless));
    if (lossless) return result;
  } else if (!value->IsNumber()) {
    throwMismatch(isolate, name, "an integer");
    return std::nullopt;
  } else if (const double number = value.As<v8::Number>()->Value();
             number >= low && number < beyond && std::trunc(number) == number) {
    return static_cast<T>(number);
  }
  throwRangeError(isolate, "parameter '" + std::string(name.begin(), name.size()) + "' is out of range");
  return std::nullopt;
}

// Both directions of one call. Throws JavaScript exceptions only.
class Writer {
 public:
  Writer(v8::Isolate* isolate, v8::Local<v8::Context> context, const Tokens& tokens)
      : isolate_(isolate), context_(context), tokens_(tokens) {}

  bool structure(const StructPlan& plan, v8::Local<v8::Value> from, capnp::DynamicStruct::Builder to) {
    if (!from->IsObject()) {
      throwMismatch(isolate_, plan.schema.getShortDisplayName(), "an object");
      return false;
    }
    v8::Local<v8::Object> object = from.As<v8::Object>();
    for (const FieldPlan& field : plan.fields) {
      v8::Local<v8::Value> value;
      if (!object->Get(context_, field.name.Get(isolate_)).ToLocal(&value)) return false;
      if (value->IsUndefined()) continue;
      if (!set(field, value, to)) return false;
    }
    return true;
  }

 private:
  bool set(const FieldPlan& plan, v8::Local<v8::Value> value, capnp::DynamicStruct::Builder to) {
    const kj::StringPtr name = plan.field.getProto().getName();
    switch (plan.type.kind) {
      case Kind::kToken:
        return token(*plan.type.structure, value, to.init(plan.field).as<capnp::DynamicStruct>(), name);
      case Kind::kStruct:
        return structure(*plan.type.structure, value, to.init(plan.field).as<capnp::DynamicStruct>());
      case Kind::kText: {
        if (!value->IsString()) return mismatch(name, "a string");
        v8::Local<v8::String> string = value.As<v8::String>();
        const size_t length = string->Utf8LengthV2(isolate_);
        if (length > kMaxBlob) return tooLarge(name);
        auto text = to.init(plan.field, static_cast<capnp::uint>(length)).as<capnp::Text>();
        string->WriteUtf8V2(isolate_, text.begin(), length, v8::String::WriteFlags::kReplaceInvalidUtf8);
        return true;
      }
      case Kind::kData: {
        if (!value->IsUint8Array()) return mismatch(name, "a Uint8Array");
        v8::Local<v8::Uint8Array> bytes = value.As<v8::Uint8Array>();
        if (bytes->ByteLength() > kMaxBlob) return tooLarge(name);
        auto data = to.init(plan.field, static_cast<capnp::uint>(bytes->ByteLength())).as<capnp::Data>();
        bytes->CopyContents(data.begin(), data.size());
        return true;
      }
      case Kind::kList: {
        if (!value->IsArray()) return mismatch(name, "an array");
        v8::Local<v8::Array> array = value.As<v8::Array>();
        return list(*plan.type.element, array, to.init(plan.field, array->Length()).as<capnp::DynamicList>(), name);
      }
      default: {
        std::optional<capnp::DynamicValue::Reader> scalar = convert(plan.type, value, name);
        if (!scalar) return false;
        to.set(plan.field, *scalar);
        return true;
      }
    }
  }

  bool list(const TypePlan& element, v8::Local<v8::Array> from, capnp::DynamicList::Builder to, kj::StringPtr name) {
    for (uint32_t i = 0; i < to.size(); i++) {
      v8::Local<v8::Value> value;
      if (!from->Get(context_, i).ToLocal(&value)) return false;
      switch (element.kind) {
        case Kind::kToken:
          if (!token(*element.structure, value, to[i].as<capnp::DynamicStruct>(), name)) return false;
          break;
        case Kind::kStruct:
          if (!structure(*element.structure, value, to[i].as<capnp::DynamicStruct>())) return false;
          break;
        case Kind::kText: {
          if (!value->IsString()) return mismatch(name, "an array of strings");
          const std::string text = toUtf8(isolate_, value.As<v8::String>());
          if (text.size() > kMaxBlob) return tooLarge(name);
          to.set(i, capnp::Text::Reader(text.c_str(), text.size()));
          break;
        }
        case Kind::kData:
        case Kind::kList:
          return mismatch(name, "of a type that a list of parameters may have");
        default: {
          std::optional<capnp::DynamicValue::Reader> scalar = convert(element, value, name);
          if (!scalar) return false;
          to.set(i, *scalar);
        }
      }
    }
    return true;
  }

  std::optional<capnp::DynamicValue::Reader> convert(const TypePlan& type, v8::Local<v8::Value> value,
                                                     kj::StringPtr name) {
    switch (type.kind) {
      case Kind::kVoid:
        return capnp::DynamicValue::Reader(capnp::VOID);
      case Kind::kBool:
        if (value->IsBoolean()) return capnp::DynamicValue::Reader(value.As<v8::Boolean>()->Value());
        throwMismatch(isolate_, name, "a boolean");
        return std::nullopt;
      case Kind::kFloat:
        if (value->IsNumber()) return capnp::DynamicValue::Reader(value.As<v8::Number>()->Value());
        throwMismatch(isolate_, name, "a number");
        return std::nullopt;
      case Kind::kInt:
        return integer<int64_t>(value, -std::ldexp(1.0, type.bits - 1), type.bits - 1, name);
      case Kind::kUInt:
        return integer<uint64_t>(value, 0, type.bits, name);
      case Kind::kInt64:
        return integer<int64_t>(value, -std::ldexp(1.0, 63), 63, name);
      case Kind::kUInt64:
        return integer<uint64_t>(value, 0, 64, name);
      case Kind::kEnum:
        for (size_t i = 0; i < type.enumerants.size(); i++) {
          if (value->StrictEquals(type.enumerants[i].Get(isolate_))) {
            return capnp::DynamicValue::Reader(capnp::DynamicEnum(type.enumeration, static_cast<uint16_t>(i)));
          }
        }
        throwMismatch(isolate_, name, "one of its names");
        return std::nullopt;
      default:
        throwMismatch(isolate_, name, "of a type that can be sent");
        return std::nullopt;
    }
  }

  template <typename T>
  std::optional<capnp::DynamicValue::Reader> integer(v8::Local<v8::Value> value, double low, int bits,
                                                     kj::StringPtr name) {
    const std::optional<T> number = toInteger<T>(isolate_, value, low, std::ldexp(1.0, bits), name);
    if (!number) return std::nullopt;
    return capnp::DynamicValue::Reader(*number);
  }

  bool token(const StructPlan& plan, v8::Local<v8::Value> value, capnp::DynamicStruct::Builder to, kj::StringPtr name) {
    if (value->IsNull()) return true;
    const std::optional<TokenBits> bits = tokens_.unwrap(value);
    if (!bits) return mismatch(name, "a token");
    to.set(plan.fields[0].field, bits->high);
    to.set(plan.fields[1].field, bits->low);
    return true;
  }

  bool mismatch(kj::StringPtr name, std::string_view expected) {
    throwMismatch(isolate_, name, expected);
    return false;
  }
  bool tooLarge(kj::StringPtr name) {
    throwRangeError(isolate_, "parameter '" + std::string(name.begin(), name.size()) + "' is too large");
    return false;
  }

  // A message holds 1 MiB; the door allows less.
  static constexpr size_t kMaxBlob = 1 << 20;

  v8::Isolate* isolate_;
  v8::Local<v8::Context> context_;
  const Tokens& tokens_;
};

class Reader {
 public:
  Reader(v8::Isolate* isolate, v8::Local<v8::Context> context, Tokens& tokens)
      : isolate_(isolate), context_(context), tokens_(tokens) {}

  // `into` stands for the field `intoField`.
  v8::MaybeLocal<v8::Object> structure(const StructPlan& plan, capnp::DynamicStruct::Reader from, const Into* into,
                                       std::optional<size_t> intoField) {
    const size_t count = plan.fields.size();
    std::vector<v8::Local<v8::Name>> names(count);
    std::vector<v8::Local<v8::Value>> values(count);
    for (size_t i = 0; i < count; i++) {
      const FieldPlan& field = plan.fields[i];
      names[i] = field.name.Get(isolate_);
      if (field.inUnion && !isActive(from, field)) {
        values[i] = v8::Undefined(isolate_);
      } else if (into != nullptr && intoField == i) {
        if (!copy(from.get(field.field).as<capnp::Data>(), *into).ToLocal(&values[i])) return {};
      } else if (!value(field.type, from.get(field.field)).ToLocal(&values[i])) {
        return {};
      }
    }
    return v8::Object::New(isolate_, v8::Null(isolate_), names.data(), values.data(), count);
  }

 private:
  static bool isActive(capnp::DynamicStruct::Reader& from, const FieldPlan& field) {
    KJ_IF_MAYBE (active, from.which()) return *active == field.field;
    return false;
  }

  v8::MaybeLocal<v8::Value> value(const TypePlan& type, const capnp::DynamicValue::Reader& from) {
    switch (type.kind) {
      case Kind::kVoid:
      case Kind::kUnsupported:
        return v8::Undefined(isolate_);
      case Kind::kBool:
        return v8::Boolean::New(isolate_, from.as<bool>());
      case Kind::kInt:
        return v8::Integer::New(isolate_, from.as<int32_t>());
      case Kind::kUInt:
        return v8::Integer::NewFromUnsigned(isolate_, from.as<uint32_t>());
      case Kind::kInt64:
        return v8::Number::New(isolate_, static_cast<double>(from.as<int64_t>()));
      case Kind::kUInt64:
        return v8::Number::New(isolate_, static_cast<double>(from.as<uint64_t>()));
      case Kind::kFloat:
        return v8::Number::New(isolate_, from.as<double>());
      case Kind::kText: {
        const capnp::Text::Reader text = from.as<capnp::Text>();
        v8::Local<v8::String> string;
        if (!toV8(isolate_, {text.begin(), text.size()}).ToLocal(&string)) return {};
        return string;
      }
      case Kind::kData:
        return data(from.as<capnp::Data>());
      case Kind::kEnum: {
        const uint16_t raw = from.as<capnp::DynamicEnum>().getRaw();
        if (raw < type.enumerants.size()) return type.enumerants[raw].Get(isolate_);
        return v8::Integer::NewFromUnsigned(isolate_, raw);
      }
      case Kind::kList:
        return list(*type.element, from.as<capnp::DynamicList>());
      case Kind::kStruct: {
        v8::Local<v8::Object> object;
        if (!structure(*type.structure, from.as<capnp::DynamicStruct>(), nullptr, std::nullopt).ToLocal(&object)) {
          return {};
        }
        return object;
      }
      case Kind::kToken: {
        const capnp::DynamicStruct::Reader token = from.as<capnp::DynamicStruct>();
        const TokenBits bits{token.get(type.structure->fields[0].field).as<uint64_t>(),
                             token.get(type.structure->fields[1].field).as<uint64_t>()};
        if (bits.high == 0 && bits.low == 0) return v8::Null(isolate_);
        return tokens_.wrap(context_, bits);
      }
    }
    return v8::Undefined(isolate_);
  }

  v8::MaybeLocal<v8::Value> list(const TypePlan& element, capnp::DynamicList::Reader from) {
    std::vector<v8::Local<v8::Value>> values(from.size());
    for (uint32_t i = 0; i < from.size(); i++) {
      if (!value(element, from[i]).ToLocal(&values[i])) return {};
    }
    return v8::Array::New(isolate_, values.data(), values.size());
  }

  v8::MaybeLocal<v8::Value> data(capnp::Data::Reader from) {
    v8::Local<v8::ArrayBuffer> buffer;
    if (!v8::ArrayBuffer::MaybeNew(isolate_, from.size(), v8::BackingStoreInitializationMode::kUninitialized)
             .ToLocal(&buffer)) {
      throwRangeError(isolate_, "Array buffer allocation failed");
      return {};
    }
    if (from.size() > 0) std::memcpy(buffer->Data(), from.begin(), from.size());
    return v8::Uint8Array::New(buffer, 0, from.size());
  }

  v8::MaybeLocal<v8::Value> copy(capnp::Data::Reader from, const Into& into) {
    // The view may have been detached or shrunk since the call was made.
    const size_t length = into.bytes->ByteLength();
    if (into.at > length || from.size() > length - into.at) {
      throwRangeError(isolate_, "The buffer is too small for what was read");
      return {};
    }
    if (from.size() > 0) {
      auto* start = static_cast<unsigned char*>(into.bytes->Buffer()->Data()) + into.bytes->ByteOffset();
      std::memcpy(start + into.at, from.begin(), from.size());
    }
    return v8::Integer::NewFromUnsigned(isolate_, static_cast<uint32_t>(from.size()));
  }

  v8::Isolate* isolate_;
  v8::Local<v8::Context> context_;
  Tokens& tokens_;
};

std::optional<size_t> onlyDataOf(const StructPlan& plan) {
  std::optional<size_t> found;
  for (size_t i = 0; i < plan.fields.size(); i++) {
    if (plan.fields[i].type.kind != Kind::kData) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

}  // namespace

SchemaBinding::SchemaBinding(v8::Isolate* isolate, Tokens& tokens, capnp::InterfaceSchema interface)
    : isolate_(isolate), tokens_(tokens), plans_(isolate) {
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Object> byName = v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
  for (capnp::InterfaceSchema::Method method : interface.getMethods()) {
    MethodPlan plan;
    plan.interfaceId = interface.getProto().getId();
    plan.ordinal = method.getOrdinal();
    plan.params = plans_.of(method.getParamType());
    plan.results = plans_.of(method.getResultType());
    plan.onlyData = onlyDataOf(*plan.results);
    const kj::StringPtr name = method.getProto().getName();
    byName
        ->Set(context, internalized(isolate, {name.begin(), name.size()}),
              v8::Integer::NewFromUnsigned(isolate, static_cast<uint32_t>(methods_.size())))
        .Check();
    methods_.push_back(plan);
  }
  byName_.Reset(isolate, byName);
}

const MethodPlan* SchemaBinding::find(v8::Local<v8::Context> context, v8::Local<v8::Value> name) const {
  v8::Local<v8::Value> index;
  if (!name->IsString() || !byName_.Get(isolate_)->Get(context, name).ToLocal(&index) || !index->IsUint32()) {
    return nullptr;
  }
  return &methods_[index.As<v8::Uint32>()->Value()];
}

bool SchemaBinding::write(v8::Local<v8::Context> context, const MethodPlan& method, v8::Local<v8::Value> params,
                          capnp::AnyPointer::Builder to) const {
  try {
    return Writer(isolate_, context, tokens_)
        .structure(*method.params, params, to.initAs<capnp::DynamicStruct>(method.params->schema));
  } catch (const kj::Exception&) {
    throwTypeError(isolate_, "the parameters do not fit the schema");
    return false;
  }
}

v8::MaybeLocal<v8::Object> SchemaBinding::read(v8::Local<v8::Context> context, const MethodPlan& method,
                                               capnp::AnyPointer::Reader from, const Into* into) const {
  try {
    return Reader(isolate_, context, tokens_)
        .structure(*method.results, from.getAs<capnp::DynamicStruct>(method.results->schema), into, method.onlyData);
  } catch (const kj::Exception&) {
    throwTypeError(isolate_, "the result does not fit the schema");
    return {};
  }
}

}  // namespace runtime::worker
