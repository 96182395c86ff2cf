#pragma once
// std::string ↔ V8 strings. Lone surrogates and malformed UTF-8 become U+FFFD.
#include <v8.h>

#include <string>
#include <string_view>

namespace runtime::worker {

// Of a property or a name that stands for the process's life.
inline v8::Local<v8::String> internalized(v8::Isolate* isolate, std::string_view text) {
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kInternalized, static_cast<int>(text.size()))
      .ToLocalChecked();
}

// Empty, with a RangeError thrown, where the text is longer than V8 allows.
v8::MaybeLocal<v8::String> toV8(v8::Isolate* isolate, std::string_view utf8);
std::string toUtf8(v8::Isolate* isolate, v8::Local<v8::String> text);

void throwTypeError(v8::Isolate* isolate, std::string_view message);
void throwRangeError(v8::Isolate* isolate, std::string_view message);

}  // namespace runtime::worker
