#pragma once
// The runtime's own JavaScript, compiled as V8 extensions: not user code to V8, so that its frames never show in a
// stack. In the zygote, before the first fork.
#include <v8.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runtime::worker {

// One file: the body of a function of `parameters`.
struct Script {
  std::string name;  // unique: "runtime:url"
  std::string parameters;
  std::string_view body;  // UTF-8
};

// The files of worker/js in the order of their evaluation, and the package that prints values ("inspectPackage").
// Embedded at build time.
std::span<const Script> embeddedScripts();

struct ScriptedContext {
  v8::Local<v8::Context> context;
  std::vector<v8::Global<v8::Function>> functions;  // of each script, not yet called
};

// Makes the process's only context. Ends the process where a script has a syntax error. Once.
ScriptedContext makeContext(v8::Isolate* isolate, std::span<const Script> scripts);

}  // namespace runtime::worker
