#pragma once
// structuredClone by V8's serializer. Compiled without RTTI, as libnode is: nothing of KJ here.
#include <v8.h>

namespace runtime::worker {

// `transfer` is an array of ArrayBuffers, which are detached. `makeError` makes the DataCloneError of a message; empty:
// a plain Error. Empty with a JavaScript exception thrown where the value cannot be cloned.
v8::MaybeLocal<v8::Value> structuredClone(v8::Isolate* isolate, v8::Local<v8::Value> value,
                                          v8::Local<v8::Value> transfer, v8::Local<v8::Function> makeError);

}  // namespace runtime::worker
