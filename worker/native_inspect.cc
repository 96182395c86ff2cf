// What V8 knows of a value and JavaScript cannot ask, for js/inspect.js.
#include "worker/natives.h"
#include "worker/strings.h"

namespace runtime::worker {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

struct Test {
  bool (v8::Value::*is)() const;
  std::string_view name;
};

// The first that is true names the value. Order matters: an async generator is an async function too.
constexpr Test kTests[] = {
    {&v8::Value::IsProxy, "Proxy"},
    {&v8::Value::IsArgumentsObject, "ArgumentsObject"},
    {&v8::Value::IsGeneratorObject, "GeneratorObject"},
    {&v8::Value::IsArrayBuffer, "ArrayBuffer"},
    {&v8::Value::IsSharedArrayBuffer, "SharedArrayBuffer"},
    {&v8::Value::IsDataView, "DataView"},
    {&v8::Value::IsUint8Array, "Uint8Array"},
    {&v8::Value::IsUint8ClampedArray, "Uint8ClampedArray"},
    {&v8::Value::IsInt8Array, "Int8Array"},
    {&v8::Value::IsUint16Array, "Uint16Array"},
    {&v8::Value::IsInt16Array, "Int16Array"},
    {&v8::Value::IsUint32Array, "Uint32Array"},
    {&v8::Value::IsInt32Array, "Int32Array"},
    {&v8::Value::IsFloat16Array, "Float16Array"},
    {&v8::Value::IsFloat32Array, "Float32Array"},
    {&v8::Value::IsFloat64Array, "Float64Array"},
    {&v8::Value::IsBigInt64Array, "BigInt64Array"},
    {&v8::Value::IsBigUint64Array, "BigUint64Array"},
    {&v8::Value::IsDate, "Date"},
    {&v8::Value::IsExternal, "External"},
    {&v8::Value::IsMap, "Map"},
    {&v8::Value::IsMapIterator, "MapIterator"},
    {&v8::Value::IsSet, "Set"},
    {&v8::Value::IsSetIterator, "SetIterator"},
    {&v8::Value::IsWeakMap, "WeakMap"},
    {&v8::Value::IsWeakSet, "WeakSet"},
    {&v8::Value::IsWeakRef, "WeakRef"},
    {&v8::Value::IsPromise, "Promise"},
    {&v8::Value::IsRegExp, "RegExp"},
    {&v8::Value::IsNativeError, "NativeError"},
    {&v8::Value::IsModuleNamespaceObject, "ModuleNamespaceObject"},
    {&v8::Value::IsStringObject, "StringObject"},
    {&v8::Value::IsNumberObject, "NumberObject"},
    {&v8::Value::IsBooleanObject, "BooleanObject"},
    {&v8::Value::IsBigIntObject, "BigIntObject"},
    {&v8::Value::IsSymbolObject, "SymbolObject"},
};

std::string_view nameOf(v8::Local<v8::Value> value) {
  if (!value->IsObject()) return {};
  if (value->IsFunction() && !value->IsProxy()) {
    const bool async = value->IsAsyncFunction();
    if (value->IsGeneratorFunction()) return async ? "AsyncGeneratorFunction" : "GeneratorFunction";
    return async ? std::string_view("AsyncFunction") : std::string_view();
  }
  for (const Test& test : kTests) {
    if (((*value)->*test.is)()) return test.name;
  }
  return {};
}

void typeOf(Realm& realm, const Info& info) { info.GetReturnValue().Set(internalized(realm.isolate, nameOf(info[0]))); }

v8::Local<v8::Array> pair(Realm& realm, v8::Local<v8::Value> first, v8::Local<v8::Value> second) {
  v8::Local<v8::Value> elements[] = {first, second};
  return v8::Array::New(realm.isolate, elements, 2);
}

void proxyDetails(Realm& realm, const Info& info) {
  if (!info[0]->IsProxy()) return;
  v8::Local<v8::Proxy> proxy = info[0].As<v8::Proxy>();
  info.GetReturnValue().Set(pair(realm, proxy->GetTarget(), proxy->GetHandler()));
}

void promiseDetails(Realm& realm, const Info& info) {
  if (!info[0]->IsPromise()) return;
  v8::Local<v8::Promise> promise = info[0].As<v8::Promise>();
  const v8::Promise::PromiseState state = promise->State();
  v8::Local<v8::Value> result = v8::Undefined(realm.isolate);
  if (state != v8::Promise::kPending) result = promise->Result();
  info.GetReturnValue().Set(pair(realm, v8::Integer::New(realm.isolate, state), result));
}

void previewEntries(Realm& realm, const Info& info) {
  if (!info[0]->IsObject()) return;
  bool isKeyValue = false;
  v8::Local<v8::Array> entries;
  if (!info[0].As<v8::Object>()->PreviewEntries(&isKeyValue).ToLocal(&entries)) return;
  info.GetReturnValue().Set(pair(realm, entries, v8::Boolean::New(realm.isolate, isKeyValue)));
}

void constructorName(Realm& realm, const Info& info) {
  if (!info[0]->IsObject()) return throwTypeError(realm.isolate, "not an object");
  info.GetReturnValue().Set(info[0].As<v8::Object>()->GetConstructorName());
}

void ownNonIndexProperties(Realm& realm, const Info& info) {
  if (!info[0]->IsObject()) return throwTypeError(realm.isolate, "not an object");
  v8::Local<v8::Array> names;
  if (info[0]
          .As<v8::Object>()
          ->GetPropertyNames(realm.isolate->GetCurrentContext(), v8::KeyCollectionMode::kOwnOnly,
                             info[1]->IsTrue() ? v8::ONLY_ENUMERABLE : v8::ALL_PROPERTIES,
                             v8::IndexFilter::kSkipIndices)
          .ToLocal(&names)) {
    info.GetReturnValue().Set(names);
  }
}

}  // namespace

void addInspectNatives(Realm& realm, v8::Local<v8::Object> object) {
  define(realm, object, "typeOf", native<typeOf>);
  define(realm, object, "proxyDetails", native<proxyDetails>);
  define(realm, object, "promiseDetails", native<promiseDetails>);
  define(realm, object, "previewEntries", native<previewEntries>);
  define(realm, object, "constructorName", native<constructorName>);
  define(realm, object, "ownNonIndexProperties", native<ownNonIndexProperties>);
}

}  // namespace runtime::worker
