// Wires the V8 side together: in the zygote up to the fork, in the worker from there on.
#include "worker/engine.h"

#include <capnp/message.h>
#include <capnp/schema-loader.h>
#include <capnp/serialize.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include <v8.h>

#include <utility>

#include "policies/sandbox/exit_status.h"
#include "policies/sandbox/setup_error.h"
#include "worker/calls.h"
#include "worker/event_loop.h"
#include "worker/exceptions.h"
#include "worker/fork_safe_memory.h"
#include "worker/inherited_code.h"
#include "worker/lockdown.h"
#include "worker/module_loader.h"
#include "worker/natives.h"
#include "worker/out_of_memory.h"
#include "worker/process_id.h"
#include "worker/realm.h"
#include "worker/regexp_fast_path.h"
#include "worker/scripts.h"
#include "worker/sloppy_functions.h"
#include "worker/strings.h"
#include "worker/v8_platform.h"

namespace runtime::worker {
namespace {

constexpr std::string_view kErrorConstructor = "runtime:error_constructor";
constexpr std::string_view kPrimordials = "runtime:primordials";
constexpr std::string_view kFreeze = "runtime:freeze";
constexpr std::string_view kInspectPackage = "runtime:inspectPackage";
constexpr std::string_view kLexerPackage = "runtime:lexerPackage";
constexpr size_t kMiB = size_t{1} << 20;
// Small until a job says otherwise: MemoryLimit raises the old space. The young space is the same for every job and is
// filled with garbage before V8 collects any, so it must be a small part of the least limit, 16 MiB. The code range is
// mapped writable at once and so counts into RLIMIT_DATA.
constexpr size_t kOldSpaceBytes = 16 * kMiB;
constexpr size_t kYoungSpaceBytes = 6 * kMiB;
constexpr size_t kCodeRangeBytes = 32 * kMiB;
// Of malloc's memory, used by the time the engine has started: measured, rounded down.
constexpr size_t kMallocBytesUsed = 2 * kMiB;

// One thread at the fork; --random-seed is set after it, so flags stay open; no SharedArrayBuffer global.
constexpr const char* kFlags = "--single-threaded --no-freeze-flags-after-init --enable-sharedarraybuffer-per-context";
constexpr const char* kFlagsWithoutJit = " --jitless";

// The least of programs: more of it would cost each worker more than it saves most.
// Two of them, as V8 compiles no text twice.
constexpr const char* kRehearsalOfZygote = "await 0; export default 0;";
constexpr const char* kRehearsalOfWorker = "await 0; export default 1;";

class V8Engine final : public Engine {
 public:
  explicit V8Engine(ipc::Boot::Reader boot) {
    keepPagesAcrossFork();
    rememberProcessId();
    populateMemory(kMallocBytesUsed);
    // ICU reads these instead of files: one zone and locale for every job.
    setenv("TZ", "UTC", 1);
    setenv("LC_ALL", "en_US.UTF-8", 1);
    startV8(std::string(kFlags) + (boot.getJit() ? "" : kFlagsWithoutJit), clock_);
    makeIsolate();
    // What runs here runs once: not worth a compiler's time on the one thread.
    if (boot.getJit()) v8::V8::SetFlagsFromString("--no-maglev");
    evaluateScripts(boot);
    if (boot.getJit()) v8::V8::SetFlagsFromString("--maglev");
    if (boot.getManyWorkers()) rehearse(kRehearsalOfZygote);
    if (boot.getHugePages()) inheritedCodeBytes_ = makeCodeInherited();
    if (boot.getManyWorkers()) closeHeapGaps();
    stopPopulating();
  }

  std::string version() const override { return v8::V8::GetVersion(); }
  size_t inheritedCodeBytes() const override { return inheritedCodeBytes_; }

  void afterFork() override { rememberProcessId(); }

  // Always as many digits, so that every copy made of the text lies where that of the last one lay.
  void reseed() override {
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, 0) != sizeof random) sandbox::dieAt(sandbox::Step::kEngine);
    constexpr uint32_t kLeast = 100'000'000;
    std::string flag = "--random-seed=" + std::to_string(kLeast + random % (9 * kLeast));
    v8::V8::SetFlagsFromString(flag.data(), flag.size());
    explicit_bzero(flag.data(), flag.size());
  }

  [[noreturn]] void run(int readFd, int writeFd, Need need) override {
    standardError_.silence();
    try {
      runJob(readFd, writeFd, need);
    } catch (const kj::Exception&) {
      // Nothing that a job does leads here: the channel is broken.
      _exit(sandbox::kExitLostSupervisor);
    }
  }

 private:
  void makeIsolate() {
    v8::Isolate::CreateParams params;
    params.array_buffer_allocator = &allocator_;
    params.constraints.set_max_old_generation_size_in_bytes(kOldSpaceBytes);
    params.constraints.set_max_young_generation_size_in_bytes(kYoungSpaceBytes);
    params.constraints.set_code_range_size_in_bytes(kCodeRangeBytes);
    params.allow_atomics_wait = false;
    isolate_ = v8::Isolate::New(params);
    isolate_->Enter();
    v8::HandleScope handles(isolate_);
    realm_ = std::make_unique<Realm>(isolate_);
    realm_->clock = &clock_;
    realm_->memory.install(isolate_);
    isolate_->SetData(0, realm_.get());
    isolate_->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
    isolate_->SetCaptureStackTraceForUncaughtExceptions(false);
    isolate_->SetPromiseRejectCallback(onReject);
    isolate_->AddMessageListener(onMessage);
    ModuleLoader::install(isolate_);
  }

  void evaluateScripts(ipc::Boot::Reader boot) {
    v8::HandleScope handles(isolate_);
    std::vector<Script> scripts(embeddedScripts().begin(), embeddedScripts().end());
    const size_t ours = scripts.size();
    for (const auto extension : boot.getExtensions()) {
      scripts.push_back({std::string("runtime:face/") + extension.getName().cStr(),
                         "primordials, internals",
                         {extension.getFace().begin(), extension.getFace().size()}});
    }
    auto [context, functions] = makeContext(isolate_, scripts);
    context->Enter();
    realm_->context.Reset(isolate_, context);
    realm_->arrow.Reset(isolate_, v8::Private::New(isolate_));
    removeShared(isolate_, context);
    hideCallers(context);

    v8::Local<v8::Object> internals = empty();
    v8::Local<v8::Object> shared = empty();
    v8::Local<v8::Object> natives = empty();
    addLoopNatives(*realm_, natives);
    addEncodingNatives(*realm_, natives);
    addUrlNatives(*realm_, natives);
    addInspectNatives(*realm_, natives);
    addCloneNatives(*realm_, natives);
    set(internals, "native", natives);
    set(internals, "shared", shared);
    define(*realm_, internals, "isToken", native<isToken>);
    realm_->internals.Reset(isolate_, internals);
    realm_->shared.Reset(isolate_, shared);

    v8::Local<v8::Value> primordials = empty();
    v8::Local<v8::Function> freeze;
    for (size_t i = 0; i < ours; i++) {
      v8::Local<v8::Function> function = functions[i].Get(isolate_);
      if (scripts[i].name == kInspectPackage) {
        set(internals, "inspectPackage", function);
      } else if (scripts[i].name == kLexerPackage) {
        startLexer(function);
      } else if (scripts[i].name == kErrorConstructor) {
        evaluate(function, {context->Global()});
      } else if (scripts[i].name == kFreeze) {
        freeze = function;
      } else if (scripts[i].name == kPrimordials) {
        primordials = evaluate(function, {context->Global()});
      } else {
        evaluate(function, {primordials, internals});
      }
    }
    for (size_t i = ours; i < scripts.size(); i++) {
      addFace(boot.getExtensions()[static_cast<capnp::uint>(i - ours)], functions[i].Get(isolate_), primordials,
              internals);
    }
    {
      const RegExpFastPath regExps(context);
      evaluate(freeze, {primordials, internals});
    }
    // What the scripts did not take from it cannot be had any more.
    primordials.As<v8::Proxy>()->Revoke();
    // ICU's zone.
    v8::Local<v8::String> text;
    (void)v8::Date::New(context, 0).ToLocalChecked()->ToString(context).ToLocal(&text);
    isolate_->PerformMicrotaskCheckpoint();
  }

  void addFace(ipc::Boot::Extension::Reader extension, v8::Local<v8::Function> function,
               v8::Local<v8::Value> primordials, v8::Local<v8::Object> internals) {
    for (const capnp::Data::Reader node : extension.getSchema()) {
      // The bytes may stand anywhere in the message: a copy is aligned.
      kj::Array<capnp::word> words = kj::heapArray<capnp::word>(node.size() / sizeof(capnp::word));
      memcpy(words.begin(), node.begin(), words.asBytes().size());
      capnp::FlatArrayMessageReader reader(words);
      realm_->schemas.load(reader.getRoot<capnp::schema::Node>());
    }
    auto face = std::make_unique<Face>();
    face->name = extension.getName().cStr();
    for (const auto specifier : extension.getModules()) face->specifiers.emplace_back(specifier.cStr());
    face->binding = std::make_unique<SchemaBinding>(isolate_, realm_->tokens,
                                                    realm_->schemas.get(extension.getInterfaceId()).asInterface());
    // Its own view of internals: the calls of its own interface, and no native functions.
    v8::Local<v8::Object> own = empty();
    for (const char* name : {"isToken", "makeError", "shared"}) {
      set(own, name, internals->Get(realm_->local(), internalized(isolate_, name)).ToLocalChecked());
    }
    set(own, "rpc", makeRpcObject(*realm_, *face));
    v8::Local<v8::Value> object = evaluate(function, {primordials, own});
    if (!object->IsObject()) sandbox::dieAt({sandbox::Step::kEngine, 0});
    face->object.Reset(isolate_, object.As<v8::Object>());
    realm_->faces.push_back(std::move(face));
  }

  // A CommonJS module itself. What it makes is seen by the engine only.
  void startLexer(v8::Local<v8::Function> package) {
    v8::Local<v8::Object> module = empty();
    v8::Local<v8::Object> exports = empty();
    set(module, "exports", exports);
    evaluate(package, {module});
    v8::Local<v8::Value> parse = exports->Get(realm_->local(), internalized(isolate_, "parse")).ToLocalChecked();
    if (!parse->IsFunction()) sandbox::dieAt({sandbox::Step::kEngine, 0});
    realm_->lexCommonJs.Reset(isolate_, parse.As<v8::Function>());
  }

  v8::Local<v8::Object> empty() { return v8::Object::New(isolate_, v8::Null(isolate_), nullptr, nullptr, 0); }

  void set(v8::Local<v8::Object> object, const char* name, v8::Local<v8::Value> value) {
    object->Set(realm_->local(), internalized(isolate_, name), value).Check();
  }

  v8::Local<v8::Value> evaluate(v8::Local<v8::Function> function, std::vector<v8::Local<v8::Value>> arguments) {
    v8::TryCatch caught(isolate_);
    v8::Local<v8::Value> result;
    if (!function->Call(realm_->local(), v8::Undefined(isolate_), static_cast<int>(arguments.size()), arguments.data())
             .ToLocal(&result)) {
      reportScriptFailure(caught);
    }
    return result;
  }

  // A bug in a script of ours or of an embedding application: told on the zygote's standard error where it has one.
  [[noreturn]] void reportScriptFailure(const v8::TryCatch& caught) {
    const std::string text = describe(*realm_, caught.Exception()).stack + "\n";
    (void)!write(STDERR_FILENO, text.data(), text.size());
    sandbox::dieAt({sandbox::Step::kEngine, 0});
  }

  static void isToken(Realm& realm, const v8::FunctionCallbackInfo<v8::Value>& info) {
    info.GetReturnValue().Set(realm.tokens.unwrap(info[0]).has_value());
  }

  static void onReject(v8::PromiseRejectMessage message) {
    v8::Local<v8::Promise> promise = message.GetPromise();
    EventLoop* loop = Realm::of(v8::Isolate::GetCurrent()).loop;
    if (loop == nullptr) return;
    if (message.GetEvent() == v8::kPromiseRejectWithNoHandler) {
      loop->rejected(promise, message.GetValue());
    } else if (message.GetEvent() == v8::kPromiseHandlerAddedAfterReject) {
      loop->handled(promise);
    }
  }

  // What no JavaScript and no call of ours caught: thrown by a microtask or a clean-up callback.
  static void onMessage(v8::Local<v8::Message>, v8::Local<v8::Value> exception) {
    if (EventLoop* loop = Realm::of(v8::Isolate::GetCurrent()).loop) loop->uncaught(exception);
  }

  [[noreturn]] void runJob(int readFd, int writeFd, Need need) {
    if (need == Need::kLater) rehearse(kRehearsalOfWorker);
    QuietKj quiet;
    RpcClient rpc(Connection::open(readFd, writeFd));
    EventLoop loop(*realm_);
    ModuleLoader modules(*realm_);
    realm_->rpc = &rpc;
    realm_->modules = &modules;
    auto begun = rpc.session().beginRequest().send();
    modules.askForEntry();
    auto response = rpc.wait(kj::mv(begun));
    const ipc::Job::Reader job = response.getJob();
    v8::HandleScope handles(isolate_);
    apply(job);
    realm_->loop = &loop;
    v8::Local<v8::Promise> entry;
    {
      v8::TryCatch caught(isolate_);
      if (!begin(job, When::kJob) || !modules.runEntry(job.getEntry().cStr()).ToLocal(&entry))
        loop.uncaught(caught.Exception());
    }
    loop.run(entry);
  }

  // What every job does, once before it. In the zygote: functions are compiled, caches filled. In a worker that waits
  // for its job: every page costs a new process a fault when it is first touched, hundreds of them in a module of one
  // line, and they are taken while nobody waits. It leaves nothing behind that a job could see.
  void rehearse(const char* text) {
    v8::HandleScope handles(isolate_);
    v8::Local<v8::Context> context = realm_->local();
    v8::TryCatch caught(isolate_);
    capnp::MallocMessageBuilder message;
    auto job = message.initRoot<ipc::Job>();
    job.setEntry("file:///rehearsal");
    job.initArguments(1).set(0, "argument");
    job.initEnvironment(1)[0].setName("NAME");
    if (!begin(job, When::kRehearsal)) return;
    v8::ScriptOrigin origin(internalized(isolate_, "runtime:rehearsal"), 0, 0, false, -1, {}, false, false, true);
    v8::ScriptCompiler::Source source(toV8(isolate_, text).ToLocalChecked(), origin);
    const auto resolve = [](v8::Local<v8::Context>, v8::Local<v8::String>, v8::Local<v8::FixedArray>,
                            v8::Local<v8::Module>) { return v8::MaybeLocal<v8::Module>(); };
    v8::Local<v8::Module> module;
    if (!v8::ScriptCompiler::CompileModule(isolate_, &source).ToLocal(&module) ||
        !module->InstantiateModule(context, resolve).FromMaybe(false) || module->Evaluate(context).IsEmpty()) {
      return;
    }
    isolate_->PerformMicrotaskCheckpoint();
  }

  void apply(ipc::Job::Reader job) {
    v8::Local<v8::Context> context = realm_->local();
    clock_.start(job.getClockResolutionNs(), job.getStartedNs());
    allocator_.setLimit(job.getMemoryBytes());
    realm_->memory.setLimit(job.getMemoryBytes());
    context->AllowCodeGenerationFromStrings(job.getEval());
    if (!job.getWasm()) return removeWebAssembly(isolate_, context);
    v8::Local<v8::Value> webAssembly;
    if (context->Global()->Get(context, internalized(isolate_, "WebAssembly")).ToLocal(&webAssembly) &&
        webAssembly->IsObject()) {
      realm_->webAssembly.Reset(isolate_, webAssembly.As<v8::Object>());
    }
  }

  // The hook `begin`. False: an exception was thrown.
  enum class When : uint8_t { kRehearsal, kJob };
  bool begin(ipc::Job::Reader job, When when) {
    if (realm_->hooks.begin.IsEmpty()) return true;
    v8::Local<v8::Object> object = empty();
    const auto list = [this](size_t size) { return v8::Array::New(isolate_, static_cast<int>(size)); };
    const auto text = [this](capnp::Text::Reader value) -> v8::Local<v8::Value> {
      return toV8(isolate_, {value.begin(), value.size()}).ToLocalChecked();
    };
    v8::Local<v8::Array> arguments = list(job.getArguments().size());
    for (uint32_t i = 0; i < job.getArguments().size(); i++) {
      arguments->CreateDataProperty(realm_->local(), i, text(job.getArguments()[i])).Check();
    }
    v8::Local<v8::Array> environment = list(job.getEnvironment().size());
    for (uint32_t i = 0; i < job.getEnvironment().size(); i++) {
      v8::Local<v8::Value> variable[] = {text(job.getEnvironment()[i].getName()),
                                         text(job.getEnvironment()[i].getValue())};
      environment->CreateDataProperty(realm_->local(), i, v8::Array::New(isolate_, variable, 2)).Check();
    }
    set(object, "entry", text(job.getEntry()));
    set(object, "arguments", arguments);
    set(object, "environment", environment);
    v8::Local<v8::Value> given[] = {object, v8::Boolean::New(isolate_, when == When::kRehearsal)};
    return !realm_->hooks.begin.Get(isolate_)->Call(realm_->local(), v8::Undefined(isolate_), 2, given).IsEmpty();
  }

  StandardErrorSink standardError_;
  Clock clock_;
  ArrayBufferAllocator allocator_;
  size_t inheritedCodeBytes_ = 0;
  v8::Isolate* isolate_ = nullptr;
  std::unique_ptr<Realm> realm_;
};

}  // namespace

std::unique_ptr<Engine> Engine::start(ipc::Boot::Reader boot) { return std::make_unique<V8Engine>(boot); }

}  // namespace runtime::worker
