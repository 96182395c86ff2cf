#include "worker/sloppy_functions.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

#include "policies/sandbox/setup_error.h"
#include "worker/strings.h"

namespace runtime::worker {
namespace {

using v8::internal::Address;
using v8::internal::Internals;

// Of a map: where its descriptors are. Of descriptors: a header of three words, then name, details and value of each.
constexpr size_t kDescriptorsOfMap = 5;
constexpr size_t kFirstDescriptor = 3;
constexpr size_t kDescriptorWords = 3;
// What such a function has of its own: length, name, arguments, caller, prototype.
constexpr size_t kOwnProperties = 5;
// Of an AccessorInfo: map, name, data, getter, setter, flags.
constexpr size_t kNameOfAccessor = 1;
constexpr size_t kGetterOfAccessor = 3;

Address addressOf(v8::Local<v8::Data> value) { return v8::internal::ValueHelper::ValueAsAddress(*value); }

Address* field(Address object, size_t index) {
  return reinterpret_cast<Address*>(object - v8::internal::kHeapObjectTag) + index;
}

void giveNull(v8::Local<v8::Name>, const v8::PropertyCallbackInfo<v8::Value>& info) { info.GetReturnValue().SetNull(); }

// Null: it is not where it is expected.
Address* getterOf(v8::Local<v8::Function> function, v8::Local<v8::String> name) {
  const Address map = *field(addressOf(function), Internals::kHeapObjectMapOffset / v8::internal::kApiTaggedSize);
  const Address descriptors = *field(map, kDescriptorsOfMap);
  for (size_t i = 0; i < kOwnProperties; i++) {
    const size_t at = kFirstDescriptor + i * kDescriptorWords;
    if (*field(descriptors, at) != addressOf(name)) continue;
    const Address accessor = *field(descriptors, at + kDescriptorWords - 1);
    return *field(accessor, kNameOfAccessor) == addressOf(name) ? field(accessor, kGetterOfAccessor) : nullptr;
  }
  return nullptr;
}

// V8 keeps it on pages that it has made read-only, and does not look at it again.
void replace(Address* getter) {
  constexpr uintptr_t kPage = 4096;
  const auto at = reinterpret_cast<uintptr_t>(getter);
  auto* page = reinterpret_cast<void*>(at & ~(kPage - 1));
  if (mprotect(page, kPage, PROT_READ | PROT_WRITE) != 0) sandbox::dieAt(sandbox::Step::kEngine);
  *getter = reinterpret_cast<Address>(&giveNull);
  if (mprotect(page, kPage, PROT_READ) != 0) sandbox::dieAt(sandbox::Step::kEngine);
}

v8::Local<v8::Value> run(v8::Local<v8::Context> context, const char* code) {
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> value;
  if (!v8::Script::Compile(context, internalized(context->GetIsolate(), code)).ToLocal(&script) ||
      !script->Run(context).ToLocal(&value)) {
    sandbox::dieAt({sandbox::Step::kEngine, 0});
  }
  return value;
}

constexpr const char* kAsks =
    "(function () {"
    "  function callee() { return callee.caller === null && caller.arguments === null ? 'nothing' :"
    "                             callee.caller === caller && caller.arguments[0] === 1 ? 'all' : ''; }"
    "  function caller() { return callee(); }"
    "  return caller(1);"
    "})()";

bool tells(v8::Local<v8::Context> context, const char* what) {
  return toUtf8(context->GetIsolate(), run(context, kAsks).As<v8::String>()) == what;
}

}  // namespace

void hideCallers(v8::Local<v8::Context> context) {
  static_assert(v8::internal::kApiTaggedSize == sizeof(Address), "fields are whole pointers");
  v8::Isolate* isolate = context->GetIsolate();
  v8::HandleScope handles(isolate);
  // That the code below is able to tell.
  if (!tells(context, "all")) sandbox::dieAt({sandbox::Step::kEngine, 0});
  v8::Local<v8::Function> sloppy = run(context, "(function () {})").As<v8::Function>();
  for (const char* name : {"caller", "arguments"}) {
    Address* getter = getterOf(sloppy, internalized(isolate, name));
    if (getter == nullptr) sandbox::dieAt({sandbox::Step::kEngine, 0});
    replace(getter);
  }
  if (!tells(context, "nothing")) sandbox::dieAt({sandbox::Step::kEngine, 0});
}

}  // namespace runtime::worker
