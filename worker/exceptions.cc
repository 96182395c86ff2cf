#include "worker/exceptions.h"

#include <optional>
#include <utility>

#include "ipc/wire_error.h"
#include "worker/strings.h"

namespace runtime::worker {
namespace {

v8::MaybeLocal<v8::Value> getProperty(Realm& realm, v8::Local<v8::Value> object, std::string_view name) {
  if (!object->IsObject()) return {};
  return object.As<v8::Object>()->Get(realm.local(), internalized(realm.isolate, name));
}

std::string stringProperty(Realm& realm, v8::Local<v8::Value> object, std::string_view name) {
  v8::Local<v8::Value> value;
  if (!getProperty(realm, object, name).ToLocal(&value) || !value->IsString()) return {};
  return toUtf8(realm.isolate, value.As<v8::String>());
}

v8::Local<v8::Object> wireObject(Realm& realm, const ipc::WireError& wire) {
  const std::pair<std::string_view, const std::string&> fields[] = {
      {"code", wire.code},         {"capability", wire.capability}, {"right", wire.right},
      {"resource", wire.resource}, {"message", wire.message},       {"reason", wire.reason},
  };
  v8::Local<v8::Name> names[6];
  v8::Local<v8::Value> values[6];
  for (size_t i = 0; i < 6; i++) {
    names[i] = internalized(realm.isolate, fields[i].first);
    values[i] = toV8(realm.isolate, fields[i].second).ToLocalChecked();
  }
  return v8::Object::New(realm.isolate, v8::Null(realm.isolate), names, values, 6);
}

v8::Local<v8::Value> plainError(Realm& realm, const ipc::WireError& wire) {
  std::string text = wire.code;
  if (!wire.message.empty()) text += ": " + wire.message;
  if (!wire.resource.empty()) text += " '" + wire.resource + "'";
  v8::Local<v8::Value> error = v8::Exception::Error(toV8(realm.isolate, text).ToLocalChecked());
  error.As<v8::Object>()
      ->Set(realm.local(), internalized(realm.isolate, "code"), toV8(realm.isolate, wire.code).ToLocalChecked())
      .Check();
  return error;
}

std::string inspected(Realm& realm, v8::Local<v8::Value> value) {
  v8::Local<v8::Value> inspect;
  v8::Local<v8::Value> text;
  if (getProperty(realm, realm.shared.Get(realm.isolate), "inspect").ToLocal(&inspect) && inspect->IsFunction() &&
      inspect.As<v8::Function>()->Call(realm.local(), v8::Undefined(realm.isolate), 1, &value).ToLocal(&text) &&
      text->IsString()) {
    return toUtf8(realm.isolate, text.As<v8::String>());
  }
  std::string stack = stringProperty(realm, value, "stack");
  if (!stack.empty()) return stack;
  v8::Local<v8::String> string;
  if (value->ToDetailString(realm.local()).ToLocal(&string)) return toUtf8(realm.isolate, string);
  return "a value that cannot be shown";
}

}  // namespace

v8::Local<v8::Value> toError(Realm& realm, const kj::Exception& exception, v8::Local<v8::Value> context) {
  ipc::WireError wire{"ERR_INTERNAL", {}, {}, {}, "the call failed"};
  if (std::optional<ipc::WireError> sent = ipc::fromException(exception)) wire = *std::move(sent);
  v8::TryCatch caught(realm.isolate);
  v8::Local<v8::Value> make;
  v8::Local<v8::Value> error;
  if (getProperty(realm, realm.internals.Get(realm.isolate), "makeError").ToLocal(&make) && make->IsFunction()) {
    v8::Local<v8::Value> arguments[] = {wireObject(realm, wire), context};
    if (make.As<v8::Function>()->Call(realm.local(), v8::Undefined(realm.isolate), 2, arguments).ToLocal(&error)) {
      return error;
    }
    return caught.Exception();
  }
  return plainError(realm, wire);
}

void noteSourceLine(Realm& realm, const v8::TryCatch& caught) {
  v8::Local<v8::Message> message = caught.Message();
  if (message.IsEmpty() || !caught.Exception()->IsObject()) return;
  v8::Local<v8::Context> context = realm.local();
  v8::Local<v8::Value> resource = message->GetScriptResourceName();
  v8::Local<v8::String> line;
  if (!resource->IsString() || !message->GetSourceLine(context).ToLocal(&line)) return;
  const int column = message->GetStartColumn(context).FromMaybe(0);
  const int end = message->GetEndColumn(context).FromMaybe(column + 1);
  std::string text = toUtf8(realm.isolate, resource.As<v8::String>()) + ":" +
                     std::to_string(message->GetLineNumber(context).FromMaybe(0)) + ":" + std::to_string(column + 1);
  const std::string source = toUtf8(realm.isolate, line);
  // A line that no person can read (minified code) is left out.
  if (source.size() <= 1000) {
    text += "\n" + source + "\n";
    // A tab stays a tab, so that the caret stands where it should.
    for (int i = 0; i < column; i++)
      text += i < static_cast<int>(source.size()) && source[static_cast<size_t>(i)] == '\t' ? '\t' : ' ';
    text.append(static_cast<size_t>(end > column ? end - column : 1), '^');
  }
  caught.Exception()
      .As<v8::Object>()
      ->SetPrivate(context, realm.arrow.Get(realm.isolate), toV8(realm.isolate, text).ToLocalChecked())
      .Check();
}

void noteLocation(Realm& realm, v8::Local<v8::Value> error, const std::string& url, v8::Location location) {
  const std::string stack = stringProperty(realm, error, "stack");
  if (stack.empty() || stack.find("\n    at ") != std::string::npos) return;
  const std::string text = stack + "\n    at " + url + ":" + std::to_string(location.GetLineNumber() + 1) + ":" +
                           std::to_string(location.GetColumnNumber() + 1);
  error.As<v8::Object>()
      ->DefineOwnProperty(realm.local(), internalized(realm.isolate, "stack"),
                          toV8(realm.isolate, text).ToLocalChecked(), v8::DontEnum)
      .Check();
}

ExceptionText describe(Realm& realm, v8::Local<v8::Value> value) {
  v8::TryCatch caught(realm.isolate);
  ExceptionText result;
  if (value->IsObject()) {
    result.name = stringProperty(realm, value, "name");
    result.message = stringProperty(realm, value, "message");
  }
  v8::Local<v8::Value> arrow;
  if (value->IsObject() &&
      value.As<v8::Object>()->GetPrivate(realm.local(), realm.arrow.Get(realm.isolate)).ToLocal(&arrow) &&
      arrow->IsString()) {
    // The place says more than the frames, of which there are none.
    result.stack = toUtf8(realm.isolate, arrow.As<v8::String>()) + "\n\n" + stringProperty(realm, value, "stack");
    return result;
  }
  result.stack = inspected(realm, value);
  if (result.message.empty() && !value->IsNativeError()) result.message = result.stack;
  return result;
}

}  // namespace runtime::worker
