// structuredClone as a native function.
#include "worker/native_clone.h"
#include "worker/natives.h"

namespace runtime::worker {
namespace {

void clone(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Local<v8::Function> makeError;
  if (!realm.hooks.makeDataCloneError.IsEmpty()) makeError = realm.hooks.makeDataCloneError.Get(realm.isolate);
  v8::Local<v8::Value> result;
  if (structuredClone(realm.isolate, info[0], info[1], makeError).ToLocal(&result)) info.GetReturnValue().Set(result);
}

}  // namespace

void addCloneNatives(Realm& realm, v8::Local<v8::Object> object) {
  define(realm, object, "structuredClone", native<clone>);
}

}  // namespace runtime::worker
