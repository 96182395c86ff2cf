// Modules of WebAssembly, as ECMAScript's integration and Node 24 have them: what such a module imports is imported by
// a module of ECMAScript that is made for it, which exports what its instance exports.
#include <v8-wasm.h>

#include <algorithm>
#include <format>

#include "worker/exceptions.h"
#include "worker/module_loader.h"
#include "worker/strings.h"

namespace runtime::worker {
namespace {

// A JavaScript literal. The names in a module of WebAssembly are UTF-8.
std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7f) {
      out += std::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

v8::MaybeLocal<v8::Value> member(v8::Local<v8::Context> context, v8::Local<v8::Value> object, const char* name) {
  if (!object->IsObject()) return {};
  return object.As<v8::Object>()->Get(context, internalized(context->GetIsolate(), name));
}

// One of the constructors of WebAssembly, which is frozen.
v8::MaybeLocal<v8::Object> constructor(Realm& realm, const char* name) {
  v8::Local<v8::Value> value;
  if (!member(realm.local(), realm.webAssembly.Get(realm.isolate), name).ToLocal(&value) || !value->IsFunction()) {
    return {};
  }
  return value.As<v8::Object>();
}

}  // namespace

// Calls WebAssembly.Module.imports() or .exports().
bool ModuleLoader::listWasm(v8::Local<v8::Object> module, const char* which,
                            const std::function<bool(v8::Local<v8::Object>)>& visit) {
  v8::Local<v8::Context> context = realm_.local();
  v8::Local<v8::Object> type;
  v8::Local<v8::Value> function;
  v8::Local<v8::Value> list;
  v8::Local<v8::Value> argument = module;
  if (!constructor(realm_, "Module").ToLocal(&type) || !member(context, type, which).ToLocal(&function) ||
      !function.As<v8::Function>()->Call(context, type, 1, &argument).ToLocal(&list)) {
    return false;
  }
  for (uint32_t i = 0; i < list.As<v8::Array>()->Length(); i++) {
    v8::Local<v8::Value> item;
    if (!list.As<v8::Array>()->Get(context, i).ToLocal(&item) || !visit(item.As<v8::Object>())) return false;
  }
  return true;
}

bool ModuleLoader::compileWasm(Record& record, std::string_view bytes) {
  v8::Isolate* isolate = realm_.isolate;
  v8::Local<v8::Context> context = realm_.local();
  // What a job may have put in its place says nothing.
  if (realm_.webAssembly.IsEmpty()) {
    throwTypeError(isolate, "the policy leaves out WebAssembly: " + record.url);
    return false;
  }
  v8::Local<v8::WasmModuleObject> module;
  if (!v8::WasmModuleObject::Compile(isolate, {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()})
           .ToLocal(&module)) {
    return false;
  }
  record.wasm = std::make_unique<Wasm>();
  record.wasm->module.Reset(isolate, module);
  const auto text = [&](v8::Local<v8::Object> item, const char* name) {
    v8::Local<v8::Value> value;
    return item->Get(context, internalized(isolate, name)).ToLocal(&value) && value->IsString()
               ? toUtf8(isolate, value.As<v8::String>())
               : std::string();
  };
  const bool listed = listWasm(module, "imports",
                               [&](v8::Local<v8::Object> item) {
                                 std::string name = text(item, "module");
                                 auto& names = record.wasm->imports;
                                 if (!std::ranges::contains(names, name)) names.push_back(std::move(name));
                                 return true;
                               }) &&
                      listWasm(module, "exports", [&](v8::Local<v8::Object> item) {
                        record.wasm->exports.emplace_back(text(item, "name"), text(item, "kind") == "global");
                        return true;
                      });
  if (!listed) return false;

  std::string imports;
  std::string arguments;
  for (size_t i = 0; i < record.wasm->imports.size(); i++) {
    imports += std::format("import * as i{} from {};\n", i, quoted(record.wasm->imports[i]));
    arguments += std::format("{}i{}", i == 0 ? "" : ", ", i);
  }
  std::string locals;
  std::string exports;
  for (size_t i = 0; i < record.wasm->exports.size(); i++) {
    locals += std::format("{}e{}", i == 0 ? "" : ", ", i);
    exports += std::format("{}e{} as {}", i == 0 ? "" : ", ", i, quoted(record.wasm->exports[i].first));
  }
  v8::Local<v8::String> code;
  return toV8(isolate, std::format("{}const [{}] = import.meta.start({});\nexport {{ {} }};\n", imports, locals,
                                   arguments, exports))
             .ToLocal(&code) &&
         compile(record, code);
}

// Given the namespaces of what is imported, in their order, gives the values of what is exported, in theirs.
void ModuleLoader::startWasm(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = realm.isolate;
  v8::Local<v8::Context> context = realm.local();
  ModuleLoader& self = *realm.modules;
  Record& record = *self.records_.at(info.Data().As<v8::Uint32>()->Value());
  v8::Local<v8::Object> imports = v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
  for (size_t i = 0; i < record.wasm->imports.size(); i++) {
    const std::string& name = record.wasm->imports[i];
    v8::Local<v8::Value> from = info[static_cast<int>(i)];
    // From instance to instance: an exported global itself, not its value.
    const auto imported = record.imports.find({name, {}});
    if (imported != record.imports.end() && imported->second->wasm != nullptr &&
        !imported->second->wasm->instance.IsEmpty()) {
      from = imported->second->wasm->instance.Get(isolate);
    }
    v8::Local<v8::String> key = internalized(isolate, name);
    if (imports->CreateDataProperty(context, key, from).IsNothing()) return;
  }
  v8::Local<v8::Object> type;
  v8::Local<v8::Value> parts[] = {record.wasm->module.Get(isolate), imports};
  v8::Local<v8::Value> instance;
  v8::Local<v8::Value> exports;
  if (!constructor(realm, "Instance").ToLocal(&type) ||
      !type.As<v8::Function>()->NewInstance(context, 2, parts).ToLocal(&instance) ||
      !member(context, instance, "exports").ToLocal(&exports)) {
    return;
  }
  record.wasm->instance.Reset(isolate, exports.As<v8::Object>());
  v8::LocalVector<v8::Value> values(isolate);
  for (const auto& [name, isGlobal] : record.wasm->exports) {
    v8::Local<v8::Value> value;
    if (!exports.As<v8::Object>()->Get(context, internalized(isolate, name)).ToLocal(&value)) return;
    if (isGlobal) {
      // A value of 128 bits has none in JavaScript.
      v8::TryCatch caught(isolate);
      v8::Local<v8::Value> inner;
      value = member(context, value, "value").ToLocal(&inner) ? inner : v8::Undefined(isolate).As<v8::Value>();
    }
    values.push_back(value);
  }
  info.GetReturnValue().Set(v8::Array::New(isolate, values.data(), values.size()));
}

}  // namespace runtime::worker
