#include "worker/native_clone.h"

#include <cstdlib>
#include <memory>
#include <vector>

namespace runtime::worker {
namespace {

class Delegate final : public v8::ValueSerializer::Delegate {
 public:
  Delegate(v8::Isolate* isolate, v8::Local<v8::Function> makeError) : isolate_(isolate), makeError_(makeError) {}

  void ThrowDataCloneError(v8::Local<v8::String> message) override {
    v8::Local<v8::Value> argument = message;
    v8::Local<v8::Value> error;
    if (makeError_.IsEmpty()) {
      error = v8::Exception::Error(message);
    } else if (!makeError_->Call(isolate_->GetCurrentContext(), v8::Undefined(isolate_), 1, &argument)
                    .ToLocal(&error)) {
      return;
    }
    isolate_->ThrowException(error);
  }
  void refuse(const char* message) { ThrowDataCloneError(v8::String::NewFromUtf8(isolate_, message).ToLocalChecked()); }
  v8::Maybe<bool> WriteHostObject(v8::Isolate*, v8::Local<v8::Object>) override {
    refuse("#<Object> could not be cloned.");
    return v8::Nothing<bool>();
  }
  v8::Maybe<uint32_t> GetSharedArrayBufferId(v8::Isolate*, v8::Local<v8::SharedArrayBuffer>) override {
    refuse("#<SharedArrayBuffer> could not be cloned.");
    return v8::Nothing<uint32_t>();
  }

 private:
  v8::Isolate* isolate_;
  v8::Local<v8::Function> makeError_;
};

struct Free {
  void operator()(uint8_t* bytes) const { std::free(bytes); }
};

}  // namespace

v8::MaybeLocal<v8::Value> structuredClone(v8::Isolate* isolate, v8::Local<v8::Value> value,
                                          v8::Local<v8::Value> transfer, v8::Local<v8::Function> makeError) {
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Delegate delegate(isolate, makeError);
  v8::ValueSerializer serializer(isolate, &delegate);
  std::vector<v8::Local<v8::ArrayBuffer>> buffers;
  if (transfer->IsArray()) {
    v8::Local<v8::Array> list = transfer.As<v8::Array>();
    for (uint32_t i = 0; i < list->Length(); i++) {
      v8::Local<v8::Value> element;
      if (!list->Get(context, i).ToLocal(&element)) return {};
      if (!element->IsArrayBuffer() || !element.As<v8::ArrayBuffer>()->IsDetachable() ||
          element.As<v8::ArrayBuffer>()->WasDetached()) {
        delegate.refuse("An object in the transfer list cannot be transferred.");
        return {};
      }
      for (const v8::Local<v8::ArrayBuffer>& other : buffers) {
        if (other == element) {
          delegate.refuse("The transfer list holds an ArrayBuffer twice.");
          return {};
        }
      }
      serializer.TransferArrayBuffer(i, element.As<v8::ArrayBuffer>());
      buffers.push_back(element.As<v8::ArrayBuffer>());
    }
  }
  serializer.WriteHeader();
  if (!serializer.WriteValue(context, value).FromMaybe(false)) return {};
  const auto [bytes, size] = serializer.Release();
  const std::unique_ptr<uint8_t, Free> owned(bytes);

  v8::ValueDeserializer deserializer(isolate, bytes, size);
  for (uint32_t i = 0; i < buffers.size(); i++) {
    std::shared_ptr<v8::BackingStore> store = buffers[i]->GetBackingStore();
    if (buffers[i]->Detach({}).IsNothing()) return {};
    deserializer.TransferArrayBuffer(i, v8::ArrayBuffer::New(isolate, std::move(store)));
  }
  if (!deserializer.ReadHeader(context).FromMaybe(false)) return {};
  return deserializer.ReadValue(context);
}

}  // namespace runtime::worker
