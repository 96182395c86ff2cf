#include "worker/tokens.h"

namespace runtime::worker {

Tokens::Tokens(v8::Isolate* isolate) : isolate_(isolate) {
  v8::Local<v8::FunctionTemplate> form = v8::FunctionTemplate::New(isolate);
  form->InstanceTemplate()->SetInternalFieldCount(1);
  template_.Reset(isolate, form);
}

v8::Local<v8::Object> Tokens::wrap(v8::Local<v8::Context> context, TokenBits bits) {
  v8::Local<v8::Object> object = template_.Get(isolate_)->InstanceTemplate()->NewInstance(context).ToLocalChecked();
  object->SetInternalField(0, v8::Integer::NewFromUnsigned(isolate_, static_cast<uint32_t>(bits_.size())));
  bits_.push_back(bits);
  object->SetPrototypeV2(context, v8::Null(isolate_)).Check();
  object->SetIntegrityLevel(context, v8::IntegrityLevel::kFrozen).Check();
  return object;
}

std::optional<TokenBits> Tokens::unwrap(v8::Local<v8::Value> value) const {
  if (!value->IsObject() || !template_.Get(isolate_)->HasInstance(value)) return std::nullopt;
  v8::Local<v8::Data> index = value.As<v8::Object>()->GetInternalField(0);
  return bits_.at(index.As<v8::Value>().As<v8::Uint32>()->Value());
}

}  // namespace runtime::worker
