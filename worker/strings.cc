#include "worker/strings.h"

namespace runtime::worker {

v8::MaybeLocal<v8::String> toV8(v8::Isolate* isolate, std::string_view utf8) {
  if (utf8.size() > static_cast<size_t>(v8::String::kMaxLength)) {
    throwRangeError(isolate, "Invalid string length");
    return {};
  }
  return v8::String::NewFromUtf8(isolate, utf8.data(), v8::NewStringType::kNormal, static_cast<int>(utf8.size()));
}

std::string toUtf8(v8::Isolate* isolate, v8::Local<v8::String> text) {
  std::string result(text->Utf8LengthV2(isolate), '\0');
  result.resize(text->WriteUtf8V2(isolate, result.data(), result.size(), v8::String::WriteFlags::kReplaceInvalidUtf8));
  return result;
}

void throwTypeError(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::TypeError(internalized(isolate, message)));
}

void throwRangeError(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::RangeError(internalized(isolate, message)));
}

}  // namespace runtime::worker
