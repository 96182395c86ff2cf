#include "worker/regexp_fast_path.h"

#include <cstdint>

#include "worker/strings.h"

namespace runtime::worker {
namespace {

using v8::internal::Address;
using v8::internal::Internals;

Address addressOf(v8::Local<v8::Value> value) { return v8::internal::ValueHelper::ValueAsAddress(*value); }

Address* field(Address object, size_t index) {
  return reinterpret_cast<Address*>(object - v8::internal::kHeapObjectTag) + index;
}

Address mapOf(v8::Local<v8::Object> object) {
  return *field(addressOf(object), Internals::kHeapObjectMapOffset / v8::internal::kApiTaggedSize);
}

}  // namespace

RegExpFastPath::RegExpFastPath(v8::Local<v8::Context> context) {
  static_assert(v8::internal::kApiTaggedSize == sizeof(Address), "fields are whole pointers");
  v8::Isolate* isolate = context->GetIsolate();
  v8::Local<v8::Value> constructor;
  v8::Local<v8::Value> prototype;
  if (!context->Global()->Get(context, internalized(isolate, "RegExp")).ToLocal(&constructor) ||
      !constructor.As<v8::Object>()->Get(context, internalized(isolate, "prototype")).ToLocal(&prototype))
    return;
  prototype_ = prototype.As<v8::Object>();
  // A context is an array of fields: its own map, its length, and then values, one of which is the map sought.
  const Address native = v8::internal::ValueHelper::ValueAsAddress(*context);
  const auto length = static_cast<size_t>(Internals::SmiValue(*field(native, 1)));
  const Address map = mapOf(prototype_);
  for (size_t i = 2; i < 2 + length; i++) {
    if (*field(native, i) != map) continue;
    if (slot_ != nullptr) {
      slot_ = nullptr;
      return;
    }
    slot_ = field(native, i);
  }
}

RegExpFastPath::~RegExpFastPath() {
  // Both are old objects, so no write barrier is owed outside of a collection.
  if (slot_ != nullptr) *slot_ = mapOf(prototype_);
}

}  // namespace runtime::worker
