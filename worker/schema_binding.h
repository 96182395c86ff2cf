#pragma once
// JavaScript values ↔ Cap'n Proto by schema: what README.md says of `params` and results. One binding for each
// extension, its plan made once in the zygote. No C++ exception leaves these.
#include <capnp/dynamic.h>
#include <capnp/schema.h>
#include <v8.h>

#include <cstddef>
#include <vector>

#include "worker/schema_plan.h"
#include "worker/tokens.h"

namespace runtime::worker {

// Where the bytes of the result's one Data field go instead of into a new Uint8Array.
struct Into {
  v8::Local<v8::Uint8Array> bytes;
  size_t at = 0;
};

class SchemaBinding {
 public:
  SchemaBinding(v8::Isolate* isolate, Tokens& tokens, capnp::InterfaceSchema interface);

  // Nothing where the interface has no such method.
  const MethodPlan* find(v8::Local<v8::Context> context, v8::Local<v8::Value> name) const;
  // False: a JavaScript exception was thrown.
  bool write(v8::Local<v8::Context> context, const MethodPlan& method, v8::Local<v8::Value> params,
             capnp::AnyPointer::Builder to) const;
  // Empty: a JavaScript exception was thrown.
  v8::MaybeLocal<v8::Object> read(v8::Local<v8::Context> context, const MethodPlan& method,
                                  capnp::AnyPointer::Reader from, const Into* into) const;

 private:
  v8::Isolate* isolate_;
  Tokens& tokens_;
  Plans plans_;
  std::vector<MethodPlan> methods_;
  v8::Global<v8::Object> byName_;  // method's name → index
};

}  // namespace runtime::worker
