// CommonJS as Node 24 has it, in a graph of ECMAScript modules: what require() gives, what an import of such a module
// finds in it, and which of the two a file is that does not say so.
#include <algorithm>
#include <array>
#include <set>

#include "ipc/wire_error.h"
#include "loader/location.h"
#include "worker/exceptions.h"
#include "worker/module_loader.h"
#include "worker/strings.h"

namespace runtime::worker {
namespace {

constexpr std::array kParameters{"exports", "require", "module", "__filename", "__dirname"};
constexpr const char* kWholeExports = "module.exports";

v8::Local<v8::String> text(v8::Isolate* isolate, std::string_view value) {
  return toV8(isolate, value).ToLocalChecked();
}

// "/lib/a b.js" of "file:///lib/a%20b.js".
std::string guestPathOf(const std::string& url) {
  const auto location = loader::locate("", url);
  return location ? "/" + location->path : url;
}

// That nothing but an ECMAScript module may hold what V8 complains about.
bool isOfModulesOnly(std::string_view message) {
  for (const std::string_view sign : {"Cannot use import statement outside a module", "Unexpected token 'export'",
                                      "Cannot use 'import.meta' outside a module"}) {
    if (message.contains(sign)) return true;
  }
  return false;
}

}  // namespace

void ModuleLoader::throwCoded(const char* code, const std::string& message) {
  realm_.isolate->ThrowException(
      toError(realm_, ipc::toException({code, "", "", "", message}), v8::Undefined(realm_.isolate)));
}

bool ModuleLoader::compileCommonJs(Record& record, v8::Local<v8::String> code, ipc::Module::Format format) {
  v8::Isolate* isolate = realm_.isolate;
  std::array<v8::Local<v8::String>, kParameters.size()> parameters;
  std::ranges::transform(kParameters, parameters.begin(),
                         [&](const char* name) { return internalized(isolate, name); });
  v8::ScriptCompiler::Source source(code, originOf(record, false));
  v8::TryCatch caught(isolate);
  v8::Local<v8::Function> body;
  if (v8::ScriptCompiler::CompileFunction(realm_.local(), &source, parameters.size(), parameters.data())
          .ToLocal(&body)) {
    record.commonJs = std::make_unique<CommonJs>();
    record.commonJs->body.Reset(isolate, body);
    record.commonJs->source.Reset(isolate, code);
    record.complete = true;
    return true;
  }
  noteSourceLine(realm_, caught);
  v8::Local<v8::Value> failure = caught.Exception();
  if (format == ipc::Module::Format::BY_SYNTAX && failure->IsNativeError()) {
    caught.Reset();
    if (compile(record, code)) return true;
    if (isOfModulesOnly(describe(realm_, failure).message)) failure = caught.Exception();
  }
  caught.Reset();
  isolate->ThrowException(failure);
  caught.ReThrow();
  return false;
}

// False only where the job is ending: what the lexer cannot read exports nothing by name.
bool ModuleLoader::lex(Record& record) {
  CommonJs& commonJs = *record.commonJs;
  if (commonJs.names) return true;
  v8::Isolate* isolate = realm_.isolate;
  v8::Local<v8::Context> context = realm_.local();
  commonJs.names.emplace();
  v8::TryCatch caught(isolate);
  v8::Local<v8::Value> code = commonJs.source.Get(isolate);
  commonJs.source.Reset();
  v8::Local<v8::Value> found;
  if (!realm_.lexCommonJs.Get(isolate)->Call(context, v8::Undefined(isolate), 1, &code).ToLocal(&found)) {
    return !caught.HasTerminated();
  }
  const auto take = [&](const char* name, std::vector<std::string>& into) {
    v8::Local<v8::Value> list;
    if (!found.As<v8::Object>()->Get(context, internalized(isolate, name)).ToLocal(&list) || !list->IsArray()) return;
    for (uint32_t i = 0; i < list.As<v8::Array>()->Length(); i++) {
      v8::Local<v8::Value> value;
      if (list.As<v8::Array>()->Get(context, i).ToLocal(&value) && value->IsString()) {
        into.push_back(toUtf8(isolate, value.As<v8::String>()));
      }
    }
  };
  take("exports", *commonJs.names);
  take("reexports", commonJs.reexports);
  return true;
}

// Gives it a module of V8's, whose names are its own and those of what it exports in whole.
bool ModuleLoader::makeImportable(Record& record) {
  std::set<std::string> names{"default", kWholeExports};
  std::vector<Record*> seen{&record};
  for (size_t i = 0; i < seen.size(); i++) {
    Record& current = *seen[i];
    if (!lex(current)) return false;
    names.insert(current.commonJs->names->begin(), current.commonJs->names->end());
    for (const std::string& specifier : current.commonJs->reexports) {
      v8::TryCatch caught(realm_.isolate);
      // What cannot be found is an error when it is required, if ever.
      Record* target = findRequired(current, specifier);
      if (target != nullptr && target->commonJs != nullptr && !std::ranges::contains(seen, target)) {
        seen.push_back(target);
      }
    }
  }
  std::vector<v8::Local<v8::String>> list;
  for (const std::string& name : names) list.push_back(internalized(realm_.isolate, name));
  record.commonJs->names.emplace(names.begin(), names.end());
  adopt(record, v8::Module::CreateSyntheticModule(realm_.isolate, text(realm_.isolate, record.url),
                                                  {list.data(), list.size()}, evaluateSynthetic));
  return true;
}

v8::MaybeLocal<v8::Value> ModuleLoader::runCommonJs(Record& record, Origin origin) {
  v8::Isolate* isolate = realm_.isolate;
  v8::Local<v8::Context> context = realm_.local();
  CommonJs& commonJs = *record.commonJs;
  v8::Local<v8::String> exportsName = internalized(isolate, "exports");
  // While it runs, and where it has run, it is what it has exported so far.
  if (!commonJs.module.IsEmpty()) return commonJs.module.Get(isolate)->Get(context, exportsName);

  const std::string path = guestPathOf(record.url);
  v8::Local<v8::Value> id = v8::Integer::NewFromUnsigned(isolate, record.id);
  v8::Local<v8::Function> load;
  v8::Local<v8::Function> find;
  if (!v8::Function::New(context, native<requireCallback>, id, 0, v8::ConstructorBehavior::kThrow).ToLocal(&load) ||
      !v8::Function::New(context, native<findCallback>, id, 0, v8::ConstructorBehavior::kThrow).ToLocal(&find)) {
    return {};
  }
  v8::Local<v8::Value> parts[] = {text(isolate, path), v8::Integer::New(isolate, static_cast<int>(origin)), load, find};
  v8::Local<v8::Value> made;
  if (!realm_.hooks.makeCommonJs.Get(isolate)->Call(context, v8::Undefined(isolate), 4, parts).ToLocal(&made))
    return {};
  v8::Local<v8::Object> module = made.As<v8::Object>();
  v8::Local<v8::Value> arguments[kParameters.size()];
  const char* const members[] = {"exports", "require", nullptr, "filename", "path"};
  for (size_t i = 0; i < kParameters.size(); i++) {
    if (members[i] == nullptr) {
      arguments[i] = module;
    } else if (!module->Get(context, internalized(isolate, members[i])).ToLocal(&arguments[i])) {
      return {};
    }
  }
  commonJs.module.Reset(isolate, module);
  commonJs.running = true;
  const bool ended = !commonJs.body.Get(isolate)->Call(context, arguments[0], kParameters.size(), arguments).IsEmpty();
  commonJs.running = false;
  if (!ended) {
    // It may be tried again.
    commonJs.module.Reset();
    return {};
  }
  v8::TryCatch caught(isolate);
  (void)module->Set(context, internalized(isolate, "loaded"), v8::True(isolate));
  caught.Reset();
  v8::Local<v8::Value> exports;
  if (!module->Get(context, exportsName).ToLocal(&exports)) caught.ReThrow();
  return exports;
}

bool ModuleLoader::exportCommonJs(Record& record) {
  v8::Isolate* isolate = realm_.isolate;
  v8::Local<v8::Context> context = realm_.local();
  v8::Local<v8::Value> exports;
  if (!runCommonJs(record, Origin::kImported).ToLocal(&exports)) return false;
  v8::Local<v8::Module> module = record.module.Get(isolate);
  for (const std::string& name : *record.commonJs->names) {
    v8::Local<v8::String> key = internalized(isolate, name);
    v8::Local<v8::Value> value = exports;
    if (name != "default" && name != kWholeExports) {
      // What a getter or a proxy throws leaves the name undefined.
      v8::TryCatch caught(isolate);
      if (!exports->IsObject() || !exports.As<v8::Object>()->HasOwnProperty(context, key).FromMaybe(false) ||
          !exports.As<v8::Object>()->Get(context, key).ToLocal(&value)) {
        if (caught.HasTerminated()) return false;
        continue;
      }
    }
    if (module->SetSyntheticModuleExport(isolate, key, value).IsNothing()) return false;
  }
  return true;
}

ModuleLoader::Record* ModuleLoader::findRequired(Record& from, const std::string& specifier) {
  auto& known = from.commonJs->required;
  if (const auto found = known.find(specifier); found != known.end()) return found->second;
  Record* record = loadRoot(from.id, {specifier, {}, ipc::ImportKind::REQUIRE});
  if (record != nullptr) known.emplace(specifier, record);
  return record;
}

v8::MaybeLocal<v8::Value> ModuleLoader::require(Record& from, Record& record) {
  if (record.commonJs != nullptr) return runCommonJs(record, Origin::kRequired);
  if (!record.json.IsEmpty()) {
    v8::Global<v8::Value>& own = from.commonJs->json[&record];
    v8::Local<v8::Value> value;
    if (own.IsEmpty()) {
      if (!v8::JSON::Parse(realm_.local(), record.json.Get(realm_.isolate)).ToLocal(&value)) return {};
      own.Reset(realm_.isolate, value);
    }
    return own.Get(realm_.isolate);
  }
  return requireModule(record);
}

bool ModuleLoader::isEvaluating(Record& root) {
  std::vector<Record*> seen{&root};
  std::set<Record*> known{&root};
  for (size_t i = 0; i < seen.size(); i++) {
    if (seen[i]->commonJs != nullptr && seen[i]->commonJs->running) return true;
    if (seen[i]->module.Get(realm_.isolate)->GetStatus() == v8::Module::kEvaluating) return true;
    for (const auto& [name, imported] : seen[i]->imports) {
      if (known.insert(imported).second) seen.push_back(imported);
    }
  }
  return false;
}

v8::MaybeLocal<v8::Value> ModuleLoader::requireModule(Record& record) {
  v8::Isolate* isolate = realm_.isolate;
  if (!loadGraph(record)) return {};
  if (isEvaluating(record)) {
    throwCoded("ERR_REQUIRE_CYCLE_MODULE", "Cannot require() ES Module " + record.url + " in a cycle");
    return {};
  }
  v8::Local<v8::Module> module = record.module.Get(isolate);
  if (!instantiate(record)) return {};
  if (module->GetStatus() != v8::Module::kErrored && module->IsGraphAsync()) {
    throwCoded("ERR_REQUIRE_ASYNC_MODULE",
               "require() cannot be used on an ESM graph with top-level await. Use "
               "import() instead: " +
                   record.url);
    return {};
  }
  v8::Local<v8::Promise> done;
  if (!evaluate(record).ToLocal(&done)) return {};
  done->MarkAsHandled();
  if (done->State() == v8::Promise::kRejected) {
    isolate->ThrowException(done->Result());
    return {};
  }
  return asRequired(record, module->GetModuleNamespace().As<v8::Object>());
}

// Node's rules: "module.exports" where there is that, else the namespace, with __esModule where there is a default.
v8::MaybeLocal<v8::Value> ModuleLoader::asRequired(Record& record, v8::Local<v8::Object> exports) {
  v8::Isolate* isolate = realm_.isolate;
  v8::Local<v8::Context> context = realm_.local();
  const auto has = [&](const char* name) {
    return exports->HasOwnProperty(context, internalized(isolate, name)).FromMaybe(false);
  };
  if (has(kWholeExports)) return exports->Get(context, internalized(isolate, kWholeExports));
  if (!has("default") || has("__esModule")) return exports;
  // As Node requires its own.
  if (record.face != nullptr) return exports->Get(context, internalized(isolate, "default"));
  if (record.requiredAs.IsEmpty()) {
    v8::ScriptCompiler::Source source(
        text(isolate, "export * from 'm'; export { default } from 'm'; export const __esModule = true;"),
        originOf(record, true));
    v8::Local<v8::Module> facade;
    if (!v8::ScriptCompiler::CompileModule(isolate, &source).ToLocal(&facade)) return {};
    byHash_.emplace(facade->GetIdentityHash(), &record);
    const auto original = [](v8::Local<v8::Context> inside, v8::Local<v8::String>, v8::Local<v8::FixedArray>,
                             v8::Local<v8::Module> asking) -> v8::MaybeLocal<v8::Module> {
      v8::Isolate* of = inside->GetIsolate();
      ModuleLoader& self = *Realm::of(of).modules;
      const auto [begin, end] = self.byHash_.equal_range(asking->GetIdentityHash());
      for (auto at = begin; at != end; ++at) {
        if (at->second->requiredAs == asking) return at->second->module.Get(of);
      }
      return {};
    };
    record.requiredAs.Reset(isolate, facade);
    if (facade->InstantiateModule(context, original).IsNothing() || facade->Evaluate(context).IsEmpty()) {
      record.requiredAs.Reset();
      return {};
    }
  }
  return record.requiredAs.Get(isolate)->GetModuleNamespace();
}

void ModuleLoader::requireCallback(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info) {
  ModuleLoader& self = *realm.modules;
  Record& from = *self.records_.at(info.Data().As<v8::Uint32>()->Value());
  Record* record = self.findRequired(from, toUtf8(realm.isolate, info[0].As<v8::String>()));
  v8::Local<v8::Value> exports;
  if (record != nullptr && self.require(from, *record).ToLocal(&exports)) info.GetReturnValue().Set(exports);
}

void ModuleLoader::findCallback(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info) {
  ModuleLoader& self = *realm.modules;
  Record& from = *self.records_.at(info.Data().As<v8::Uint32>()->Value());
  Record* record = self.findRequired(from, toUtf8(realm.isolate, info[0].As<v8::String>()));
  if (record == nullptr) return;
  info.GetReturnValue().Set(text(realm.isolate, record->face != nullptr ? record->url : guestPathOf(record->url)));
}

void ModuleLoader::extensionOfEntry(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (realm.modules == nullptr || realm.modules->entry_ == nullptr || !info[0]->IsString()) {
    return throwTypeError(realm.isolate, "there is no job yet");
  }
  ModuleLoader& self = *realm.modules;
  const std::string specifier = toUtf8(realm.isolate, info[0].As<v8::String>());
  Record* record = self.loadRoot(self.entry_->id, {specifier, {}, ipc::ImportKind::REQUIRE});
  if (record == nullptr) return;
  if (record->face == nullptr) return throwTypeError(realm.isolate, specifier + " is another module here");
  v8::Local<v8::Value> exports;
  if (self.requireModule(*record).ToLocal(&exports)) info.GetReturnValue().Set(exports);
}

}  // namespace runtime::worker
