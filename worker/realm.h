#pragma once
// The one isolate of a process with its one context, and what belongs to it. Made in the zygote; the second half is
// filled in the worker. Lives as long as the process. One thread.
#include <capnp/schema-loader.h>
#include <v8.h>

#include <memory>
#include <string>
#include <vector>

#include "worker/array_buffer_allocator.h"
#include "worker/clock.h"
#include "worker/memory_limit.h"
#include "worker/rpc_client.h"
#include "worker/schema_binding.h"
#include "worker/tokens.h"

namespace runtime::worker {

class EventLoop;
class ModuleLoader;

// An extension in the worker: its face and the binding of its interface.
struct Face {
  std::string name;
  std::vector<std::string> specifiers;
  std::unique_ptr<SchemaBinding> binding;
  v8::Global<v8::Object> object;  // what its script returned: {exports, instantiate}
};

// Functions of the runtime's JavaScript that the engine calls; each may be missing.
struct Hooks {
  v8::Global<v8::Function> begin;
  v8::Global<v8::Function> runTimers;
  v8::Global<v8::Function> runImmediates;
  v8::Global<v8::Function> runTicks;
  v8::Global<v8::Function> makeDataCloneError;
  v8::Global<v8::Function> makeCommonJs;
};

struct Realm {
  explicit Realm(v8::Isolate* madeIsolate) : isolate(madeIsolate), tokens(madeIsolate) {}
  static Realm& of(v8::Isolate* isolate) { return *static_cast<Realm*>(isolate->GetData(0)); }
  v8::Local<v8::Context> local() const { return context.Get(isolate); }

  v8::Isolate* isolate;
  v8::Global<v8::Context> context;
  v8::Global<v8::Object> internals;
  v8::Global<v8::Object> shared;
  v8::Global<v8::Private> arrow;  // on an exception: where in the source a syntax error is
  // The lexer of CommonJS: parse(source) gives {exports, reexports}.
  v8::Global<v8::Function> lexCommonJs;
  // As it was before the job's first code; empty where the policy leaves it out.
  v8::Global<v8::Object> webAssembly;
  Hooks hooks;
  Tokens tokens;
  Clock* clock = nullptr;
  MemoryLimit memory;
  capnp::SchemaLoader schemas;
  std::vector<std::unique_ptr<Face>> faces;

  // In a worker, from run() on.
  RpcClient* rpc = nullptr;
  EventLoop* loop = nullptr;
  ModuleLoader* modules = nullptr;
};

// A native function for JavaScript: no C++ exception leaves it.
template <void (*function)(Realm&, const v8::FunctionCallbackInfo<v8::Value>&)>
void native(const v8::FunctionCallbackInfo<v8::Value>& info) {
  try {
    function(Realm::of(info.GetIsolate()), info);
  } catch (const kj::Exception&) {
    info.GetIsolate()->ThrowError("internal error");
  } catch (const std::exception&) {
    info.GetIsolate()->ThrowError("internal error");
  }
}

// Gives `object` a function. `data` is what the callback finds in info.Data().
void define(Realm& realm, v8::Local<v8::Object> object, const char* name, v8::FunctionCallback callback,
            v8::Local<v8::Value> data = {});

}  // namespace runtime::worker
