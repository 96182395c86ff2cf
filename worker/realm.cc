#include "worker/realm.h"

#include "worker/strings.h"

namespace runtime::worker {

void define(Realm& realm, v8::Local<v8::Object> object, const char* name, v8::FunctionCallback callback,
            v8::Local<v8::Value> data) {
  v8::Local<v8::Context> context = realm.isolate->GetCurrentContext();
  v8::Local<v8::Function> function =
      v8::Function::New(context, callback, data, 0, v8::ConstructorBehavior::kThrow).ToLocalChecked();
  v8::Local<v8::String> key = internalized(realm.isolate, name);
  function->SetName(key);
  object->Set(context, key, function).Check();
}

}  // namespace runtime::worker
