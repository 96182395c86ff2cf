#pragma once
// The modules of a job: asked of the supervisor, compiled, linked, evaluated. A module is known by the id the
// supervisor gave it. One thread, in a worker; JavaScript runs in it, so only at top level, but for require(), which is
// called by JavaScript. common_js.cc has what CommonJS needs, wasm_module.cc what WebAssembly does.
#include <v8.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "worker/realm.h"

namespace runtime::worker {

class ModuleLoader {
 public:
  explicit ModuleLoader(Realm& realm);
  ~ModuleLoader();

  // In the zygote: import(), import.meta.
  static void install(v8::Isolate* isolate);

  // Asks for the entry's source, with the job or after it.
  void askForEntry();
  // Then: loads it and all that it imports, and begins to evaluate it. Empty with an exception thrown.
  v8::MaybeLocal<v8::Promise> runEntry(const std::string& specifier);

  // import() calls since the last turn.
  bool hasImports() const { return !imports_.empty(); }
  void runImports();

  // extensionOfEntry(specifier) in JavaScript: what the entry would get of an extension that it requires.
  static void extensionOfEntry(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info);

  // `error` and where the awaits stand that nothing settles.
  std::string unsettledAwait(std::string error);

 private:
  // What one import statement or call names.
  struct Wanted {
    std::string specifier;
    std::string type;  // the import attribute, or empty
    ipc::ImportKind kind = ipc::ImportKind::IMPORT;
    auto operator<=>(const Wanted&) const = default;
  };
  struct Record;
  // Of a module in CommonJS.
  struct CommonJs {
    v8::Global<v8::Function> body;  // (exports, require, module, __filename, __dirname)
    v8::Global<v8::String> source;  // until it was lexed
    v8::Global<v8::Object> module;  // from when it begins to run; not where that threw
    bool running = false;
    std::optional<std::vector<std::string>> names;  // of exports, as the lexer finds them
    std::vector<std::string> reexports;             // specifiers whose exports are exported
    std::map<std::string, Record*> required;
    std::map<Record*, v8::Global<v8::Value>> json;  // its own of what it required
  };
  // Of a module of WebAssembly.
  struct Wasm {
    v8::Global<v8::WasmModuleObject> module;
    std::vector<std::string> imports;                   // specifiers
    std::vector<std::pair<std::string, bool>> exports;  // names, and whether it is a global
    v8::Global<v8::Object> instance;                    // its exports, from when it has run
  };
  struct Record {
    uint32_t id = 0;
    std::string url;
    v8::Global<v8::Module> module;  // of CommonJS: from when it is first imported
    std::map<Wanted, Record*> imports;
    bool complete = false;  // every import is in `imports`
    // What was thrown when it was compiled or parsed; `module` is empty then. The supervisor sends a source once.
    v8::Global<v8::Value> failure;
    // Format.json: the value that is imported, frozen, and the text, of which each module that requires it has a value.
    v8::Global<v8::Value> value;
    v8::Global<v8::String> json;
    std::unique_ptr<CommonJs> commonJs;
    std::unique_ptr<Wasm> wasm;
    // require() of an ECMAScript module with a default export, once.
    v8::Global<v8::Module> requiredAs;
    // Format.extension
    Face* face = nullptr;
    std::string faceSpecifier;
    TokenBits view;
  };
  struct Import {
    uint32_t referrer;
    Wanted wanted;
    v8::Global<v8::Promise::Resolver> resolver;
  };
  struct Request;

  // Why a CommonJS module runs. The order that js/common_js.js knows.
  enum class Origin : uint8_t { kEntry, kImported, kRequired };

  // These return null, false or empty with a JavaScript exception thrown.
  Record* loadRoot(uint32_t referrer, const Wanted& wanted);
  bool loadGraph(Record& root);
  bool loadImports(Record& record);
  Record* answer(Request& request);
  Record* make(ipc::Module::Reader module, const Wanted& wanted);
  bool fill(Record& record, ipc::Module::Reader module, const Wanted& wanted);
  bool compile(Record& record, v8::Local<v8::String> source);
  bool compileCommonJs(Record& record, v8::Local<v8::String> source, ipc::Module::Format format);
  bool lex(Record& record);
  bool makeImportable(Record& record);
  v8::MaybeLocal<v8::Value> runCommonJs(Record& record, Origin origin);
  bool exportCommonJs(Record& record);
  Record* findRequired(Record& from, const std::string& specifier);
  // For the module `from`.
  v8::MaybeLocal<v8::Value> require(Record& from, Record& record);
  v8::MaybeLocal<v8::Value> requireModule(Record& record);
  v8::MaybeLocal<v8::Value> asRequired(Record& record, v8::Local<v8::Object> exports);
  bool isEvaluating(Record& root);
  void throwCoded(const char* code, const std::string& message);
  bool parseJson(Record& record, v8::Local<v8::String> source);
  bool bindFace(Record& record, const std::string& extension, const Wanted& wanted);
  bool compileWasm(Record& record, std::string_view bytes);
  bool listWasm(v8::Local<v8::Object> module, const char* which,
                const std::function<bool(v8::Local<v8::Object>)>& visit);
  // All of a source: `rest` where it did not come with the module, else `whole`.
  struct Bytes {
    std::string rest;
    std::string_view whole;
  };
  Bytes bytes(ipc::Module::Reader module);
  v8::MaybeLocal<v8::String> source(ipc::Module::Reader module);
  bool instantiate(Record& record);
  v8::MaybeLocal<v8::Promise> evaluate(Record& record);
  bool attributes(v8::Local<v8::FixedArray> list, int stride, Wanted& wanted);

  Request request(Record* from, uint32_t referrer, Wanted wanted, v8::Location location);
  Record* find(v8::Local<v8::Module> module);
  void adopt(Record& record, v8::Local<v8::Module> module);
  void run(Import& import);

  static void requireCallback(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info);
  static void findCallback(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info);
  static void startWasm(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info);
  v8::ScriptOrigin originOf(const Record& record, bool isModule);
  static v8::MaybeLocal<v8::Module> resolve(v8::Local<v8::Context> context, v8::Local<v8::String> specifier,
                                            v8::Local<v8::FixedArray> attributes, v8::Local<v8::Module> referrer);
  static v8::MaybeLocal<v8::Value> evaluateSynthetic(v8::Local<v8::Context> context, v8::Local<v8::Module> module);
  static v8::MaybeLocal<v8::Promise> importDynamically(v8::Local<v8::Context> context, v8::Local<v8::Data> options,
                                                       v8::Local<v8::Value> resourceName,
                                                       v8::Local<v8::String> specifier,
                                                       v8::Local<v8::FixedArray> attributes);
  static void initializeMeta(v8::Local<v8::Context> context, v8::Local<v8::Module> module, v8::Local<v8::Object> meta);

  Realm& realm_;
  std::map<uint32_t, std::unique_ptr<Record>> records_;
  // An extension is a module of its own for each specifier it was imported by.
  std::map<std::pair<uint32_t, std::string>, std::unique_ptr<Record>> faces_;
  std::unordered_multimap<int, Record*> byHash_;
  std::deque<Import> imports_;
  std::unique_ptr<Request> askedEntry_;
  Record* entry_ = nullptr;
};

}  // namespace runtime::worker
