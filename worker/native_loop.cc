// The job's end, its turns, its output and its clock.
#include <sys/random.h>

#include "worker/event_loop.h"
#include "worker/module_loader.h"
#include "worker/natives.h"
#include "worker/strings.h"

namespace runtime::worker {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

double number(v8::Local<v8::Value> value) { return value->IsNumber() ? value.As<v8::Number>()->Value() : 0; }

void setHooks(Realm& realm, const Info& info) {
  if (!info[0]->IsObject()) return throwTypeError(realm.isolate, "hooks are an object");
  const std::pair<const char*, v8::Global<v8::Function>*> hooks[] = {
      {"begin", &realm.hooks.begin},
      {"runTimers", &realm.hooks.runTimers},
      {"runImmediates", &realm.hooks.runImmediates},
      {"runTicks", &realm.hooks.runTicks},
      {"makeDataCloneError", &realm.hooks.makeDataCloneError},
      {"makeCommonJs", &realm.hooks.makeCommonJs},
  };
  for (const auto& [name, hook] : hooks) {
    v8::Local<v8::Value> value;
    if (!info[0]
             .As<v8::Object>()
             ->Get(realm.isolate->GetCurrentContext(), internalized(realm.isolate, name))
             .ToLocal(&value))
      return;
    if (value->IsFunction()) hook->Reset(realm.isolate, value.As<v8::Function>());
  }
}

// A script that calls one of these before there is a job has a bug.
EventLoop* loopOf(Realm& realm) {
  if (realm.loop == nullptr) throwTypeError(realm.isolate, "there is no job yet");
  return realm.loop;
}

void armTimer(Realm& realm, const Info& info) {
  if (EventLoop* loop = loopOf(realm)) loop->armTimer(number(info[0]), info[1]->IsTrue());
}
void armImmediate(Realm& realm, const Info& info) {
  if (EventLoop* loop = loopOf(realm)) loop->armImmediate(info[0]->IsTrue());
}
void requestTicks(Realm& realm, const Info&) {
  if (EventLoop* loop = loopOf(realm)) loop->requestTicks();
}
void runMicrotasks(Realm& realm, const Info&) { realm.isolate->PerformMicrotaskCheckpoint(); }
void enqueueMicrotask(Realm& realm, const Info& info) {
  if (!info[0]->IsFunction()) return throwTypeError(realm.isolate, "a microtask is a function");
  realm.isolate->EnqueueMicrotask(info[0].As<v8::Function>());
}
void uncaught(Realm& realm, const Info& info) {
  if (EventLoop* loop = loopOf(realm)) loop->uncaught(info[0]);
}
void exitJob(Realm& realm, const Info& info) {
  if (EventLoop* loop = loopOf(realm)) loop->exit(static_cast<uint8_t>(number(info[0])));
}

void writeOutput(Realm& realm, const Info& info) {
  if (realm.rpc == nullptr) return throwTypeError(realm.isolate, "there is no job yet");
  const ipc::OutputStream stream = number(info[0]) == 1 ? ipc::OutputStream::STDERR : ipc::OutputStream::STDOUT;
  if (info[1]->IsString()) {
    const std::string text = toUtf8(realm.isolate, info[1].As<v8::String>());
    realm.rpc->writeOutput(stream, kj::arrayPtr(reinterpret_cast<const kj::byte*>(text.data()), text.size()));
  } else if (info[1]->IsUint8Array()) {
    std::string bytes(info[1].As<v8::Uint8Array>()->ByteLength(), '\0');
    info[1].As<v8::Uint8Array>()->CopyContents(bytes.data(), bytes.size());
    realm.rpc->writeOutput(stream, kj::arrayPtr(reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()));
  } else {
    throwTypeError(realm.isolate, "output is a string or a Uint8Array");
  }
}

void now(Realm& realm, const Info& info) { info.GetReturnValue().Set(realm.clock->elapsedMs()); }
void timeOrigin(Realm& realm, const Info& info) { info.GetReturnValue().Set(realm.clock->startedMs()); }

void randomFill(Realm& realm, const Info& info) {
  if (!info[0]->IsArrayBufferView()) return throwTypeError(realm.isolate, "not an ArrayBufferView");
  v8::Local<v8::ArrayBufferView> view = info[0].As<v8::ArrayBufferView>();
  auto* bytes = static_cast<unsigned char*>(view->Buffer()->Data()) + view->ByteOffset();
  for (size_t done = 0, size = view->ByteLength(); done < size;) {
    const ssize_t got = getrandom(bytes + done, size - done, 0);
    if (got < 0) return throwTypeError(realm.isolate, "no randomness");
    done += static_cast<size_t>(got);
  }
}

}  // namespace

void addLoopNatives(Realm& realm, v8::Local<v8::Object> object) {
  define(realm, object, "setHooks", native<setHooks>);
  define(realm, object, "armTimer", native<armTimer>);
  define(realm, object, "armImmediate", native<armImmediate>);
  define(realm, object, "requestTicks", native<requestTicks>);
  define(realm, object, "runMicrotasks", native<runMicrotasks>);
  define(realm, object, "enqueueMicrotask", native<enqueueMicrotask>);
  define(realm, object, "uncaught", native<uncaught>);
  define(realm, object, "exit", native<exitJob>);
  define(realm, object, "writeOutput", native<writeOutput>);
  define(realm, object, "extensionOfEntry", native<ModuleLoader::extensionOfEntry>);
  define(realm, object, "now", native<now>);
  define(realm, object, "timeOrigin", native<timeOrigin>);
  define(realm, object, "randomFill", native<randomFill>);
}

}  // namespace runtime::worker
