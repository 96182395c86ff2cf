#include "worker/lockdown.h"

#include "worker/strings.h"

namespace runtime::worker {
namespace {

v8::MaybeLocal<v8::Object> member(v8::Local<v8::Context> context, v8::Local<v8::Object> object, const char* name) {
  v8::Local<v8::Value> value;
  if (!object->Get(context, internalized(context->GetIsolate(), name)).ToLocal(&value) || !value->IsObject()) return {};
  return value.As<v8::Object>();
}

// Stands for a getter or method of WebAssembly.Memory: what it gives, unless that is shared.
void unshared(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Local<v8::Value> buffer;
  if (!info.Data()
           .As<v8::Function>()
           ->Call(info.GetIsolate()->GetCurrentContext(), info.This(), 0, nullptr)
           .ToLocal(&buffer))
    return;
  if (buffer->IsSharedArrayBuffer()) return throwTypeError(info.GetIsolate(), "shared memory is not available");
  info.GetReturnValue().Set(buffer);
}

v8::Local<v8::Function> guard(v8::Local<v8::Context> context, v8::Local<v8::Value> original, const char* name) {
  v8::Local<v8::Function> function =
      v8::Function::New(context, unshared, original, 0, v8::ConstructorBehavior::kThrow).ToLocalChecked();
  function->SetName(internalized(context->GetIsolate(), name));
  return function;
}

}  // namespace

void removeShared(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  v8::Local<v8::Object> global = context->Global();
  global->Delete(context, internalized(isolate, "SharedArrayBuffer")).Check();
  if (v8::Local<v8::Object> atomics; member(context, global, "Atomics").ToLocal(&atomics)) {
    for (const char* name : {"wait", "waitAsync", "notify"})
      atomics->Delete(context, internalized(isolate, name)).Check();
  }
  v8::Local<v8::Object> webAssembly;
  v8::Local<v8::Object> memory;
  v8::Local<v8::Object> prototype;
  if (!member(context, global, "WebAssembly").ToLocal(&webAssembly) ||
      !member(context, webAssembly, "Memory").ToLocal(&memory) ||
      !member(context, memory, "prototype").ToLocal(&prototype)) {
    return;
  }
  // A module can make a shared memory too, so the way to the buffer is what is closed, not the constructor alone.
  v8::Local<v8::String> name = internalized(isolate, "buffer");
  v8::Local<v8::Value> descriptor;
  v8::Local<v8::Value> getter;
  if (!prototype->GetOwnPropertyDescriptor(context, name).ToLocal(&descriptor) ||
      !descriptor.As<v8::Object>()->Get(context, internalized(isolate, "get")).ToLocal(&getter)) {
    return;
  }
  v8::PropertyDescriptor guarded(guard(context, getter, "get buffer"), v8::Undefined(isolate));
  guarded.set_enumerable(true);
  guarded.set_configurable(false);
  prototype->DefineProperty(context, name, guarded).Check();
  for (const char* method : {"toFixedLengthBuffer", "toResizableBuffer"}) {
    v8::Local<v8::Value> original;
    if (prototype->Get(context, internalized(isolate, method)).ToLocal(&original) && original->IsFunction()) {
      prototype->Set(context, internalized(isolate, method), guard(context, original, method)).Check();
    }
  }
}

void removeWebAssembly(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  isolate->SetAllowWasmCodeGenerationCallback([](v8::Local<v8::Context>, v8::Local<v8::String>) { return false; });
  context->Global()->Delete(context, internalized(isolate, "WebAssembly")).Check();
}

}  // namespace runtime::worker
