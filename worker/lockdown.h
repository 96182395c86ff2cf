#pragma once
// What a context must not have: memory that two threads could share, and waiting that nobody could end; WebAssembly
// where the policy says so.
#include <v8.h>

namespace runtime::worker {

// In the zygote, before any script: no SharedArrayBuffer, no shared WebAssembly.Memory that yields one, no
// Atomics.wait.
void removeShared(v8::Isolate* isolate, v8::Local<v8::Context> context);
// In the worker.
void removeWebAssembly(v8::Isolate* isolate, v8::Local<v8::Context> context);

}  // namespace runtime::worker
