#pragma once
// The modules of a job: asked of the supervisor, compiled, linked, evaluated. A module is known by the id the
// supervisor gave it. One thread, in a worker; JavaScript runs in it, so only at top level.
#include <v8.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "worker/realm.h"

namespace runtime::worker {

class ModuleLoader {
 public:
  explicit ModuleLoader(Realm& realm) : realm_(realm) {}

  // In the zygote: import(), import.meta.
  static void install(v8::Isolate* isolate);

  // Loads the entry and all that it imports, and begins to evaluate it. Empty with an exception thrown.
  v8::MaybeLocal<v8::Promise> runEntry(const std::string& specifier);

  // import() calls since the last turn.
  bool hasImports() const { return !imports_.empty(); }
  void runImports();

  // `error` and where the awaits stand that nothing settles.
  std::string unsettledAwait(std::string error);

 private:
  // What one import statement or call names.
  struct Wanted {
    std::string specifier;
    std::string type;  // the import attribute, or empty
    auto operator<=>(const Wanted&) const = default;
  };
  struct Record {
    uint32_t id = 0;
    std::string url;
    v8::Global<v8::Module> module;
    std::map<Wanted, Record*> imports;
    bool complete = false;  // every import is in `imports`
    // What was thrown when it was compiled or parsed; `module` is empty then. The supervisor sends a source once.
    v8::Global<v8::Value> failure;
    // Format.json: the value.
    v8::Global<v8::Value> value;
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

  // These return null or empty with a JavaScript exception thrown.
  Record* loadGraph(uint32_t referrer, const Wanted& wanted);
  bool loadImports(Record& record);
  Record* answer(Request& request);
  Record* make(ipc::Module::Reader module, const Wanted& wanted);
  bool fill(Record& record, ipc::Module::Reader module, const Wanted& wanted);
  bool compile(Record& record, v8::Local<v8::String> source);
  bool parseJson(Record& record, v8::Local<v8::String> source);
  bool bindFace(Record& record, const std::string& extension, const Wanted& wanted);
  v8::MaybeLocal<v8::String> source(ipc::Module::Reader module);
  v8::MaybeLocal<v8::Promise> evaluate(Record& record);
  bool attributes(v8::Local<v8::FixedArray> list, int stride, Wanted& wanted);

  Request request(Record* from, uint32_t referrer, Wanted wanted, v8::Location location);
  Record* find(v8::Local<v8::Module> module);
  void adopt(Record& record, v8::Local<v8::Module> module);
  void run(Import& import);

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
  Record* entry_ = nullptr;
};

}  // namespace runtime::worker
