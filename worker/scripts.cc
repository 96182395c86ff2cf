#include "worker/scripts.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <utility>

#include "policies/sandbox/setup_error.h"

namespace runtime::worker {
namespace {

// V8 reads an extension as Latin-1: what is beyond ASCII becomes \uXXXX, which means the same in strings and comments.
std::string escapeBeyondAscii(std::string_view utf8) {
  std::string result;
  result.reserve(utf8.size() + 256);
  const auto unit = [&result](uint32_t value) {
    char text[8];
    std::snprintf(text, sizeof text, "\\u%04x", value);
    result += text;
  };
  for (size_t i = 0; i < utf8.size(); i++) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0x80) {
      result.push_back(utf8[i]);
      continue;
    }
    const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    uint32_t code = lead & (0x3fu >> more);
    for (int k = 0; k < more && i + 1 < utf8.size(); k++) {
      code = code << 6 | (static_cast<unsigned char>(utf8[++i]) & 0x3fu);
    }
    if (code >= 0x10000) {
      unit(0xd800 + ((code - 0x10000) >> 10));
      unit(0xdc00 + ((code - 0x10000) & 0x3ff));
    } else {
      unit(code);
    }
  }
  return result;
}

using Functions = std::vector<v8::Global<v8::Function>>;

// Owns the text that V8 reads from; V8 keeps every extension until the process ends.
struct Text {
  std::string name;
  std::string source;
};

class Extension final : private Text, public v8::Extension {
 public:
  Extension(Text text, Functions& functions)
      : Text(std::move(text)),
        v8::Extension(Text::name.c_str(), Text::source.data(), 0, nullptr, static_cast<int>(Text::source.size())),
        functions_(functions) {}

  v8::Local<v8::FunctionTemplate> GetNativeFunctionTemplate(v8::Isolate* isolate, v8::Local<v8::String>) override {
    return v8::FunctionTemplate::New(
        isolate,
        [](const v8::FunctionCallbackInfo<v8::Value>& info) {
          auto* functions = static_cast<Functions*>(info.Data().As<v8::External>()->Value());
          functions->emplace_back(info.GetIsolate(), info[0].As<v8::Function>());
        },
        v8::External::New(isolate, &functions_));
  }

 private:
  Functions& functions_;
};

}  // namespace

ScriptedContext makeContext(v8::Isolate* isolate, std::span<const Script> scripts) {
  Functions functions;
  std::vector<const char*> names;
  for (const Script& script : scripts) {
    // In brackets, V8 compiles the function at once and does not read it twice.
    auto extension = std::make_unique<Extension>(
        Text{script.name, "(function(){native function register();register((function(" + script.parameters + "){" +
                              escapeBeyondAscii(script.body) + "\n}));})();"},
        functions);
    names.push_back(extension->v8::Extension::name());
    v8::RegisterExtension(std::move(extension));
  }
  v8::ExtensionConfiguration configuration(static_cast<int>(names.size()), names.data());
  // Names can be added to the global object, and looked up in nothing else.
  v8::Local<v8::ObjectTemplate> global = v8::ObjectTemplate::New(isolate);
  global->SetImmutableProto();
  v8::Local<v8::Context> context = v8::Context::New(isolate, &configuration, global);
  if (context.IsEmpty() || functions.size() != scripts.size()) sandbox::dieAt({sandbox::Step::kEngine, 0});
  return {context, std::move(functions)};
}

}  // namespace runtime::worker
