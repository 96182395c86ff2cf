#include "worker/module_loader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "worker/event_loop.h"
#include "worker/exceptions.h"
#include "worker/strings.h"

namespace runtime::worker {
namespace {

// Few enough that the requests fit into the pipe while the supervisor does not read.
constexpr size_t kLoadsAtOnce = 8;

v8::Local<v8::String> text(v8::Isolate* isolate, std::string_view value) {
  return toV8(isolate, value).ToLocalChecked();
}

// Whether the function that runs was made of a string. V8 lets such code import as the module that was running when it
// was made: a module that calls back what it was given may be made to call Function, and would hand out its authority.
bool codeFromString(v8::Isolate* isolate) {
  v8::Local<v8::StackTrace> stack = v8::StackTrace::CurrentStackTrace(isolate, 1);
  return stack->GetFrameCount() == 0 || stack->GetFrame(isolate, 0)->IsEval();
}

}  // namespace

struct ModuleLoader::Request {
  Record* from;  // null: import() or the entry
  Wanted wanted;
  v8::Location location;
  kj::Promise<capnp::Response<ipc::Session::LoadResults>> promise;
};

ModuleLoader::ModuleLoader(Realm& realm) : realm_(realm) {}

ModuleLoader::~ModuleLoader() = default;

void ModuleLoader::install(v8::Isolate* isolate) {
  isolate->SetHostImportModuleDynamicallyCallback(importDynamically);
  isolate->SetHostInitializeImportMetaObjectCallback(initializeMeta);
}

ModuleLoader::Record* ModuleLoader::find(v8::Local<v8::Module> module) {
  const auto [begin, end] = byHash_.equal_range(module->GetIdentityHash());
  const auto found = std::find_if(begin, end, [&module](const auto& entry) { return entry.second->module == module; });
  return found == end ? nullptr : found->second;
}

void ModuleLoader::adopt(Record& record, v8::Local<v8::Module> module) {
  record.module.Reset(realm_.isolate, module);
  byHash_.emplace(module->GetIdentityHash(), &record);
}

ModuleLoader::Request ModuleLoader::request(Record* from, uint32_t referrer, Wanted wanted, v8::Location location) {
  auto load = realm_.rpc->session().loadRequest();
  load.setReferrer(referrer);
  load.setSpecifier({wanted.specifier.c_str(), wanted.specifier.size()});
  load.setType(wanted.type.c_str());
  load.setKind(wanted.kind);
  return {from, std::move(wanted), location, load.send()};
}

ModuleLoader::Record* ModuleLoader::answer(Request& request) {
  try {
    auto response = realm_.rpc->wait(kj::mv(request.promise));
    return make(response.getModule(), request.wanted);
  } catch (const kj::Exception& exception) {
    const char* call = request.wanted.kind == ipc::ImportKind::REQUIRE ? "require" : "import";
    v8::Local<v8::Value> names[] = {text(realm_.isolate, call), text(realm_.isolate, request.wanted.specifier)};
    v8::Local<v8::Name> keys[] = {internalized(realm_.isolate, "syscall"), internalized(realm_.isolate, "path")};
    v8::Local<v8::Value> error =
        toError(realm_, exception, v8::Object::New(realm_.isolate, v8::Null(realm_.isolate), keys, names, 2));
    if (request.from != nullptr) noteLocation(realm_, error, request.from->url, request.location);
    realm_.isolate->ThrowException(error);
    return nullptr;
  }
}

ModuleLoader::Bytes ModuleLoader::bytes(ipc::Module::Reader module) {
  const capnp::Data::Reader first = module.getSource();
  const uint64_t size = module.getSize();
  Bytes result;
  std::string& rest = result.rest;
  if (first.size() < size) {
    rest.reserve(size);
    rest.append(reinterpret_cast<const char*>(first.begin()), first.size());
    while (rest.size() < size) {
      auto more = realm_.rpc->session().readSourceRequest();
      more.setModule(module.getId());
      more.setOffset(rest.size());
      auto response = realm_.rpc->wait(more.send());
      const capnp::Data::Reader bytes = response.getBytes();
      if (bytes.size() == 0) break;
      rest.append(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
    }
  }
  result.whole = std::string_view(reinterpret_cast<const char*>(first.begin()), first.size());
  return result;
}

v8::MaybeLocal<v8::String> ModuleLoader::source(ipc::Module::Reader module) {
  const Bytes bytes = this->bytes(module);
  std::string_view whole = bytes.rest.empty() ? bytes.whole : bytes.rest;
  if (whole.starts_with("\xef\xbb\xbf")) whole.remove_prefix(3);
  return toV8(realm_.isolate, whole);
}

ModuleLoader::Record* ModuleLoader::make(ipc::Module::Reader module, const Wanted& wanted) {
  const bool extension = module.getFormat() == ipc::Module::Format::EXTENSION;
  auto& slot = extension ? faces_[{module.getId(), wanted.specifier}] : records_[module.getId()];
  if (slot == nullptr) {
    slot = std::make_unique<Record>();
    slot->id = module.getId();
    slot->url = std::string(module.getUrl().begin(), module.getUrl().size());
    v8::TryCatch caught(realm_.isolate);
    if (!fill(*slot, module, wanted)) slot->failure.Reset(realm_.isolate, caught.Exception());
  }
  if (slot->failure.IsEmpty()) return slot.get();
  realm_.isolate->ThrowException(slot->failure.Get(realm_.isolate));
  return nullptr;
}

bool ModuleLoader::fill(Record& record, ipc::Module::Reader module, const Wanted& wanted) {
  v8::Local<v8::String> code;
  switch (module.getFormat()) {
    case ipc::Module::Format::EXTENSION:
      record.view = {module.getView().getHigh(), module.getView().getLow()};
      record.complete = true;
      return bindFace(record, module.getExtension(), wanted);
    case ipc::Module::Format::JAVA_SCRIPT:
      return source(module).ToLocal(&code) && compile(record, code);
    case ipc::Module::Format::JSON:
      record.complete = true;
      return source(module).ToLocal(&code) && parseJson(record, code);
    case ipc::Module::Format::COMMON_JS:
    case ipc::Module::Format::BY_SYNTAX:
      return source(module).ToLocal(&code) && compileCommonJs(record, code, module.getFormat());
    case ipc::Module::Format::WASM: {
      const Bytes wasm = bytes(module);
      return compileWasm(record, wasm.rest.empty() ? wasm.whole : wasm.rest);
    }
  }
  throwTypeError(realm_.isolate, "modules of this kind cannot be imported: " + record.url);
  return false;
}

v8::ScriptOrigin ModuleLoader::originOf(const Record& record, bool isModule) {
  v8::Local<v8::PrimitiveArray> options = v8::PrimitiveArray::New(realm_.isolate, 1);
  options->Set(realm_.isolate, 0, v8::Integer::NewFromUnsigned(realm_.isolate, record.id));
  return {text(realm_.isolate, record.url), 0, 0, false, -1, {}, false, false, isModule, options};
}

bool ModuleLoader::compile(Record& record, v8::Local<v8::String> code) {
  v8::ScriptCompiler::Source compiled(code, originOf(record, true));
  v8::TryCatch caught(realm_.isolate);
  v8::Local<v8::Module> module;
  if (!v8::ScriptCompiler::CompileModule(realm_.isolate, &compiled).ToLocal(&module)) {
    noteSourceLine(realm_, caught);
    caught.ReThrow();
    return false;
  }
  adopt(record, module);
  return true;
}

namespace {

// A value that JSON made, and all in it. However deep it is, this is not.
bool freezeData(v8::Local<v8::Context> context, v8::Local<v8::Value> value) {
  v8::LocalVector<v8::Object> left(context->GetIsolate());
  if (value->IsObject()) left.push_back(value.As<v8::Object>());
  while (!left.empty()) {
    v8::Local<v8::Object> object = left.back();
    left.pop_back();
    v8::Local<v8::Array> names;
    if (!object->SetIntegrityLevel(context, v8::IntegrityLevel::kFrozen).FromMaybe(false) ||
        !object->GetOwnPropertyNames(context).ToLocal(&names)) {
      return false;
    }
    for (uint32_t i = 0; i < names->Length(); i++) {
      v8::Local<v8::Value> name;
      v8::Local<v8::Value> member;
      if (!names->Get(context, i).ToLocal(&name) || !object->Get(context, name).ToLocal(&member)) return false;
      if (member->IsObject()) left.push_back(member.As<v8::Object>());
    }
  }
  return true;
}

}  // namespace

bool ModuleLoader::parseJson(Record& record, v8::Local<v8::String> code) {
  v8::Local<v8::Value> value;
  v8::Local<v8::Value> error;
  {
    v8::TryCatch caught(realm_.isolate);
    if (!v8::JSON::Parse(realm_.local(), code).ToLocal(&value)) error = caught.Exception();
  }
  if (!error.IsEmpty()) {
    if (error->IsNativeError()) {
      error = v8::Exception::SyntaxError(text(realm_.isolate, record.url + ": " + describe(realm_, error).message));
    }
    realm_.isolate->ThrowException(error);
    return false;
  }
  // Whoever imports it has the same value.
  if (!freezeData(realm_.local(), value)) return false;
  record.value.Reset(realm_.isolate, value);
  record.json.Reset(realm_.isolate, code);
  v8::Local<v8::String> name = internalized(realm_.isolate, "default");
  adopt(record, v8::Module::CreateSyntheticModule(realm_.isolate, text(realm_.isolate, record.url), {&name, 1},
                                                  evaluateSynthetic));
  return true;
}

bool ModuleLoader::bindFace(Record& record, const std::string& extension, const Wanted& wanted) {
  const auto face = std::find_if(realm_.faces.begin(), realm_.faces.end(),
                                 [&extension](const auto& candidate) { return candidate->name == extension; });
  if (face == realm_.faces.end()) {
    throwTypeError(realm_.isolate, "no extension " + extension);
    return false;
  }
  record.face = face->get();
  // As written where the extension knows it: an import map may give it another name.
  record.faceSpecifier =
      std::ranges::contains(record.face->specifiers, wanted.specifier) ? wanted.specifier : record.url;
  v8::Local<v8::Context> context = realm_.local();
  v8::Local<v8::Object> object = record.face->object.Get(realm_.isolate);
  v8::Local<v8::Value> exports;
  v8::Local<v8::Value> names;
  if (!object->Get(context, internalized(realm_.isolate, "exports")).ToLocal(&exports)) return false;
  if (exports->IsFunction()) {
    v8::Local<v8::Value> specifier = text(realm_.isolate, record.faceSpecifier);
    if (!exports.As<v8::Function>()->Call(context, object, 1, &specifier).ToLocal(&names)) return false;
  } else {
    names = exports;
  }
  std::vector<v8::Local<v8::String>> list;
  if (names->IsArray()) {
    for (uint32_t i = 0; i < names.As<v8::Array>()->Length(); i++) {
      v8::Local<v8::Value> name;
      v8::Local<v8::String> string;
      if (!names.As<v8::Array>()->Get(context, i).ToLocal(&name) || !name->ToString(context).ToLocal(&string)) {
        return false;
      }
      list.push_back(internalized(realm_.isolate, toUtf8(realm_.isolate, string)));
    }
  }
  adopt(record, v8::Module::CreateSyntheticModule(realm_.isolate, text(realm_.isolate, record.url),
                                                  {list.data(), list.size()}, evaluateSynthetic));
  return true;
}

v8::MaybeLocal<v8::Value> ModuleLoader::evaluateSynthetic(v8::Local<v8::Context> context,
                                                          v8::Local<v8::Module> module) {
  v8::Isolate* isolate = context->GetIsolate();
  Realm& realm = Realm::of(isolate);
  Record& record = *realm.modules->find(module);
  if (record.commonJs != nullptr) {
    if (!realm.modules->exportCommonJs(record)) return {};
  } else if (record.face == nullptr) {
    if (module->SetSyntheticModuleExport(isolate, internalized(isolate, "default"), record.value.Get(isolate))
            .IsNothing()) {
      return {};
    }
  } else {
    v8::Local<v8::Object> face = record.face->object.Get(isolate);
    v8::Local<v8::Value> instantiate;
    v8::Local<v8::Value> instance;
    v8::Local<v8::Value> arguments[] = {realm.tokens.wrap(context, record.view), text(isolate, record.faceSpecifier)};
    if (!face->Get(context, internalized(isolate, "instantiate")).ToLocal(&instantiate)) return {};
    if (!instantiate->IsFunction() ||
        !instantiate.As<v8::Function>()->Call(context, face, 2, arguments).ToLocal(&instance)) {
      return {};
    }
    if (!instance->IsObject()) {
      throwTypeError(isolate, "the face of an extension gave no object");
      return {};
    }
    v8::Local<v8::Array> names;
    if (!instance.As<v8::Object>()->GetOwnPropertyNames(context, v8::ALL_PROPERTIES).ToLocal(&names)) return {};
    for (uint32_t i = 0; i < names->Length(); i++) {
      v8::Local<v8::Value> name;
      v8::Local<v8::Value> value;
      if (!names->Get(context, i).ToLocal(&name) || !name->IsString() ||
          !instance.As<v8::Object>()->Get(context, name).ToLocal(&value)) {
        return {};
      }
      // A property that `exports` did not name is not exported.
      v8::TryCatch caught(isolate);
      (void)module->SetSyntheticModuleExport(isolate, internalized(isolate, toUtf8(isolate, name.As<v8::String>())),
                                             value);
    }
  }
  v8::Local<v8::Promise::Resolver> done;
  if (!v8::Promise::Resolver::New(context).ToLocal(&done)) return {};
  done->Resolve(context, v8::Undefined(isolate)).Check();
  return done->GetPromise();
}

bool ModuleLoader::attributes(v8::Local<v8::FixedArray> list, int stride, Wanted& wanted) {
  v8::Isolate* isolate = realm_.isolate;
  v8::Local<v8::Context> context = realm_.local();
  for (int i = 0; i + 1 < list->Length(); i += stride) {
    const std::string key = toUtf8(isolate, list->Get(context, i).As<v8::String>());
    if (key != "type") {
      throwTypeError(isolate, "Import attribute \"" + key + "\" is not supported");
      return false;
    }
    wanted.type = toUtf8(isolate, list->Get(context, i + 1).As<v8::String>());
  }
  return true;
}

bool ModuleLoader::loadImports(Record& record) {
  v8::Isolate* isolate = realm_.isolate;
  v8::Local<v8::Context> context = realm_.local();
  v8::Local<v8::Module> module = record.module.Get(isolate);
  v8::Local<v8::FixedArray> list = module->GetModuleRequests();
  std::deque<Request> open;
  // Every answer is taken, for a source is sent once. The first failure counts.
  v8::Local<v8::Value> failure;
  const auto settle = [&] {
    v8::TryCatch caught(isolate);
    Record* loaded = answer(open.front());
    if (loaded != nullptr) {
      record.imports[open.front().wanted] = loaded;
    } else if (failure.IsEmpty()) {
      failure = caught.Exception();
    }
    open.pop_front();
  };
  for (int i = 0; i < list->Length() && failure.IsEmpty(); i++) {
    v8::Local<v8::ModuleRequest> statement = list->Get(context, i).As<v8::ModuleRequest>();
    Wanted wanted{toUtf8(isolate, statement->GetSpecifier()), {}};
    v8::TryCatch caught(isolate);
    if (!attributes(statement->GetImportAttributes(), 3, wanted)) {
      failure = caught.Exception();
      break;
    }
    if (record.imports.contains(wanted)) continue;
    const v8::Location location = module->SourceOffsetToLocation(statement->GetSourceOffset());
    open.push_back(request(&record, record.id, std::move(wanted), location));
    if (open.size() >= kLoadsAtOnce) settle();
  }
  while (!open.empty()) settle();
  record.complete = failure.IsEmpty();
  if (!record.complete) isolate->ThrowException(failure);
  return record.complete;
}

ModuleLoader::Record* ModuleLoader::loadRoot(uint32_t referrer, const Wanted& wanted) {
  Request first = request(nullptr, referrer, wanted, v8::Location(0, 0));
  return answer(first);
}

bool ModuleLoader::loadGraph(Record& root) {
  // A list, not recursion: a chain of imports may be long.
  std::vector<Record*> seen{&root};
  std::map<Record*, bool> known{{&root, true}};
  for (size_t i = 0; i < seen.size(); i++) {
    Record* record = seen[i];
    if (record->commonJs != nullptr && record->module.IsEmpty() && !makeImportable(*record)) return false;
    // What is linked has all its imports.
    if (record->module.Get(realm_.isolate)->GetStatus() >= v8::Module::kInstantiated) continue;
    if (!record->complete && !loadImports(*record)) return false;
    for (const auto& [name, imported] : record->imports) {
      if (known.emplace(imported, true).second) seen.push_back(imported);
    }
  }
  return true;
}

v8::MaybeLocal<v8::Module> ModuleLoader::resolve(v8::Local<v8::Context> context, v8::Local<v8::String> specifier,
                                                 v8::Local<v8::FixedArray> list, v8::Local<v8::Module> referrer) {
  v8::Isolate* isolate = context->GetIsolate();
  ModuleLoader& self = *Realm::of(isolate).modules;
  Wanted wanted{toUtf8(isolate, specifier), {}};
  if (!self.attributes(list, 3, wanted)) return {};
  Record* record = self.find(referrer);
  const auto found = record->imports.find(wanted);
  if (found == record->imports.end()) {
    throwTypeError(isolate, "a module was not loaded: " + wanted.specifier);
    return {};
  }
  return found->second->module.Get(isolate);
}

bool ModuleLoader::instantiate(Record& record) {
  v8::Local<v8::Module> module = record.module.Get(realm_.isolate);
  if (module->GetStatus() != v8::Module::kUninstantiated) return true;
  v8::TryCatch caught(realm_.isolate);
  if (!module->InstantiateModule(realm_.local(), resolve).IsNothing()) return true;
  noteSourceLine(realm_, caught);
  caught.ReThrow();
  return false;
}

v8::MaybeLocal<v8::Promise> ModuleLoader::evaluate(Record& record) {
  v8::Local<v8::Value> promise;
  if (!instantiate(record) || !record.module.Get(realm_.isolate)->Evaluate(realm_.local()).ToLocal(&promise)) {
    return {};
  }
  return promise.As<v8::Promise>();
}

void ModuleLoader::askForEntry() {
  askedEntry_ = std::make_unique<Request>(request(nullptr, 0, {"", {}}, v8::Location(0, 0)));
}

v8::MaybeLocal<v8::Promise> ModuleLoader::runEntry(const std::string& specifier) {
  askedEntry_->wanted.specifier = specifier;  // for who reads of a failure
  entry_ = answer(*std::exchange(askedEntry_, nullptr));
  if (entry_ == nullptr) return {};
  if (entry_->commonJs == nullptr) return loadGraph(*entry_) ? evaluate(*entry_) : v8::MaybeLocal<v8::Promise>();
  v8::Local<v8::Promise::Resolver> done;
  if (runCommonJs(*entry_, Origin::kEntry).IsEmpty() || !v8::Promise::Resolver::New(realm_.local()).ToLocal(&done)) {
    return {};
  }
  // After the body of a module the microtasks come first, but not after this.
  realm_.loop->drain();
  done->Resolve(realm_.local(), v8::Undefined(realm_.isolate)).Check();
  return done->GetPromise();
}

void ModuleLoader::runImports() {
  while (!imports_.empty()) {
    Import import = std::move(imports_.front());
    imports_.pop_front();
    v8::HandleScope handles(realm_.isolate);
    run(import);
    realm_.loop->drain(EventLoop::Order::kMicrotasksFirst);
  }
}

void ModuleLoader::run(Import& import) {
  v8::Isolate* isolate = realm_.isolate;
  v8::Local<v8::Context> context = realm_.local();
  v8::Local<v8::Promise::Resolver> resolver = import.resolver.Get(isolate);
  v8::TryCatch caught(isolate);
  Record* record = loadRoot(import.referrer, import.wanted);
  v8::Local<v8::Promise> evaluated;
  if (record == nullptr || !loadGraph(*record) || !evaluate(*record).ToLocal(&evaluated)) {
    resolver->Reject(context, caught.Exception()).Check();
    return;
  }
  v8::Local<v8::Value> parts[] = {resolver, record->module.Get(isolate)->GetModuleNamespace()};
  v8::Local<v8::Value> data = v8::Array::New(isolate, parts, 2);
  const auto part = [](const v8::FunctionCallbackInfo<v8::Value>& info, uint32_t index) {
    return info.Data().As<v8::Array>()->Get(info.GetIsolate()->GetCurrentContext(), index).ToLocalChecked();
  };
  static const auto at = part;
  v8::Local<v8::Function> fulfilled = v8::Function::New(
                                          context,
                                          [](const v8::FunctionCallbackInfo<v8::Value>& info) {
                                            at(info, 0)
                                                .As<v8::Promise::Resolver>()
                                                ->Resolve(info.GetIsolate()->GetCurrentContext(), at(info, 1))
                                                .Check();
                                          },
                                          data)
                                          .ToLocalChecked();
  v8::Local<v8::Function> rejected =
      v8::Function::New(
          context,
          [](const v8::FunctionCallbackInfo<v8::Value>& info) {
            at(info, 0).As<v8::Promise::Resolver>()->Reject(info.GetIsolate()->GetCurrentContext(), info[0]).Check();
          },
          data)
          .ToLocalChecked();
  v8::Local<v8::Promise> ignored;
  (void)evaluated->Then(context, fulfilled, rejected).ToLocal(&ignored);
}

v8::MaybeLocal<v8::Promise> ModuleLoader::importDynamically(v8::Local<v8::Context> context, v8::Local<v8::Data> options,
                                                            v8::Local<v8::Value>, v8::Local<v8::String> specifier,
                                                            v8::Local<v8::FixedArray> list) {
  v8::Isolate* isolate = context->GetIsolate();
  ModuleLoader& self = *Realm::of(isolate).modules;
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  v8::Local<v8::PrimitiveArray> known = options.As<v8::PrimitiveArray>();
  Wanted wanted{toUtf8(isolate, specifier), {}};
  v8::TryCatch caught(isolate);
  if (known->Length() != 1 || codeFromString(isolate)) {
    throwTypeError(isolate, "import() is not available in code from strings");
  } else if (self.attributes(list, 2, wanted)) {
    self.imports_.push_back({known->Get(isolate, 0).As<v8::Uint32>()->Value(), std::move(wanted), {isolate, resolver}});
    return resolver->GetPromise();
  }
  resolver->Reject(context, caught.Exception()).Check();
  return resolver->GetPromise();
}

void ModuleLoader::initializeMeta(v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                                  v8::Local<v8::Object> meta) {
  v8::Isolate* isolate = context->GetIsolate();
  if (Record* record = Realm::of(isolate).modules->find(module)) {
    meta->CreateDataProperty(context, internalized(isolate, "url"), text(isolate, record->url)).Check();
    v8::Local<v8::Function> start;
    if (record->wasm == nullptr ||
        !v8::Function::New(context, native<startWasm>, v8::Integer::NewFromUnsigned(isolate, record->id), 0,
                           v8::ConstructorBehavior::kThrow)
             .ToLocal(&start)) {
      return;
    }
    meta->CreateDataProperty(context, internalized(isolate, "start"), start).Check();
  }
}

std::string ModuleLoader::unsettledAwait(std::string error) {
  if (entry_ == nullptr || entry_->module.IsEmpty()) return error;
  v8::Local<v8::Context> context = realm_.local();
  auto [modules, messages] = entry_->module.Get(realm_.isolate)->GetStalledTopLevelAwaitMessages(realm_.isolate);
  for (v8::Local<v8::Message> message : messages) {
    v8::Local<v8::Value> name = message->GetScriptResourceName();
    if (!name->IsString()) continue;
    error += "\n    at " + toUtf8(realm_.isolate, name.As<v8::String>()) + ":" +
             std::to_string(message->GetLineNumber(context).FromMaybe(0)) + ":" +
             std::to_string(message->GetStartColumn(context).FromMaybe(0) + 1);
  }
  return error;
}

}  // namespace runtime::worker
