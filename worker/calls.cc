#include "worker/calls.h"

#include <optional>
#include <utility>

#include "worker/exceptions.h"
#include "worker/strings.h"

namespace runtime::worker {
namespace {

struct Prepared {
  const MethodPlan* method;
  Request request;
};

const Face& faceOf(const v8::FunctionCallbackInfo<v8::Value>& info) {
  return *static_cast<Face*>(info.Data().As<v8::External>()->Value());
}

AnswerSize sizeOf(const MethodPlan& method) { return method.onlyData ? AnswerSize::kLarge : AnswerSize::kSmall; }

// Nothing: an exception was thrown.
std::optional<Prepared> prepare(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Local<v8::Context> context = realm.isolate->GetCurrentContext();
  const Face& face = faceOf(info);
  const MethodPlan* method = face.binding->find(context, info[0]);
  if (method == nullptr) {
    throwTypeError(realm.isolate, "no such method");
    return std::nullopt;
  }
  if (realm.rpc == nullptr) {
    throwTypeError(realm.isolate, "a face cannot call before there is a job");
    return std::nullopt;
  }
  Prepared prepared{method, realm.rpc->newRequest(method->interfaceId, method->ordinal)};
  if (!face.binding->write(context, *method, info[1], prepared.request)) return std::nullopt;
  return prepared;
}

// The result's object. Empty: an exception was thrown.
v8::MaybeLocal<v8::Value> convert(Realm& realm, const Face& face, const MethodPlan& method, Answer& answer,
                                  v8::Local<v8::Value> callContext) {
  v8::Local<v8::Context> context = realm.isolate->GetCurrentContext();
  if (answer.is<kj::Exception>()) {
    realm.isolate->ThrowException(toError(realm, answer.get<kj::Exception>(), callContext));
    return {};
  }
  std::optional<Into> into;
  if (method.onlyData && callContext->IsObject()) {
    v8::Local<v8::Object> object = callContext.As<v8::Object>();
    v8::Local<v8::Value> bytes;
    v8::Local<v8::Value> at;
    if (!object->Get(context, internalized(realm.isolate, "into")).ToLocal(&bytes)) return {};
    if (bytes->IsUint8Array()) {
      if (!object->Get(context, internalized(realm.isolate, "at")).ToLocal(&at)) return {};
      const double offset = at->IsNumber() ? at.As<v8::Number>()->Value() : 0;
      // Out of range in any way is beyond the end.
      into = Into{bytes.As<v8::Uint8Array>(), offset >= 0 && offset < 0x1p53 ? static_cast<size_t>(offset) : SIZE_MAX};
    }
  }
  v8::Local<v8::Object> result;
  if (!face.binding->read(context, method, answer.get<Response>(), into ? &*into : nullptr).ToLocal(&result)) {
    return {};
  }
  return result;
}

void call(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(realm.isolate->GetCurrentContext()).ToLocal(&resolver)) return;
  std::optional<Prepared> prepared = prepare(realm, info);
  if (!prepared) return;
  realm.rpc->call(kj::mv(prepared->request), sizeOf(*prepared->method),
                  [&realm, &face = faceOf(info), method = prepared->method,
                   waiting = v8::Global<v8::Promise::Resolver>(realm.isolate, resolver),
                   callContext = v8::Global<v8::Value>(realm.isolate, info[2])](Answer answer) mutable {
                    v8::HandleScope handles(realm.isolate);
                    v8::Local<v8::Context> context = realm.local();
                    v8::TryCatch caught(realm.isolate);
                    v8::Local<v8::Value> result;
                    if (convert(realm, face, *method, answer, callContext.Get(realm.isolate)).ToLocal(&result)) {
                      waiting.Get(realm.isolate)->Resolve(context, result).Check();
                    } else {
                      waiting.Get(realm.isolate)->Reject(context, caught.Exception()).Check();
                    }
                  });
  info.GetReturnValue().Set(resolver->GetPromise());
}

void callSync(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info) {
  std::optional<Prepared> prepared = prepare(realm, info);
  if (!prepared) return;
  Answer answer = realm.rpc->callSync(kj::mv(prepared->request), sizeOf(*prepared->method));
  v8::Local<v8::Value> result;
  if (convert(realm, faceOf(info), *prepared->method, answer, info[2]).ToLocal(&result)) {
    info.GetReturnValue().Set(result);
  }
}

}  // namespace

v8::Local<v8::Object> makeRpcObject(Realm& realm, Face& face) {
  v8::Local<v8::Object> rpc = v8::Object::New(realm.isolate, v8::Null(realm.isolate), nullptr, nullptr, 0);
  v8::Local<v8::External> data = v8::External::New(realm.isolate, &face);
  define(realm, rpc, "call", native<call>, data);
  define(realm, rpc, "callSync", native<callSync>, data);
  return rpc;
}

}  // namespace runtime::worker
