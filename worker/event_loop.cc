#include "worker/event_loop.h"

#include <unistd.h>

#include <cmath>
#include <functional>
#include <utility>

#include "policies/sandbox/exit_status.h"
#include "worker/exceptions.h"
#include "worker/module_loader.h"
#include "worker/v8_platform.h"

namespace runtime::worker {
namespace {

// Tells the supervisor, which ends the process. JavaScript may be on the stack.
[[noreturn]] void finish(Realm& realm, const std::function<void(ipc::Outcome::Builder)>& fill) {
  auto request = realm.rpc->session().doneRequest();
  fill(request.initOutcome());
  try {
    realm.rpc->wait(request.send().ignoreResult());
  } catch (const kj::Exception&) {
    // The supervisor judges by what it has.
  }
  _exit(sandbox::kExitDone);
}

// A message has bounds; a text beyond them is cut where a character begins.
std::string bounded(std::string text) {
  constexpr size_t kMaxText = 128 << 10;
  if (text.size() <= kMaxText) return text;
  size_t end = kMaxText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) end--;
  return text.substr(0, end) + "...";
}

[[noreturn]] void finishWith(Realm& realm, const ExceptionText& text) {
  finish(realm, [&text](ipc::Outcome::Builder outcome) {
    auto exception = outcome.initException();
    // With its length: a job's text may hold NUL.
    const std::string name = bounded(text.name);
    const std::string message = bounded(text.message);
    const std::string stack = bounded(text.stack);
    exception.setName({name.c_str(), name.size()});
    exception.setMessage({message.c_str(), message.size()});
    exception.setStack({stack.c_str(), stack.size()});
  });
}

}  // namespace

void EventLoop::armTimer(double delayMs, bool holds) {
  timerArmed_ = delayMs >= 0;
  timerHolds_ = timerArmed_ && holds;
  if (timerArmed_) timerAtNs_ = Clock::monotonicNs() + static_cast<uint64_t>(std::fmin(delayMs, 1e12) * 1e6);
}

void EventLoop::armImmediate(bool holds) {
  immediateArmed_ = true;
  immediateHolds_ = holds;
}

void EventLoop::rejected(v8::Local<v8::Promise> promise, v8::Local<v8::Value> reason) {
  rejections_.push_back({{realm_.isolate, promise}, {realm_.isolate, reason}});
}

void EventLoop::handled(v8::Local<v8::Promise> promise) {
  std::erase_if(rejections_, [&promise](const Rejection& rejection) { return rejection.promise == promise; });
}

void EventLoop::callHook(const v8::Global<v8::Function>& hook) {
  if (hook.IsEmpty()) return;
  v8::HandleScope handles(realm_.isolate);
  {
    v8::TryCatch caught(realm_.isolate);
    v8::Local<v8::Context> context = realm_.local();
    if (hook.Get(realm_.isolate)->Call(context, v8::Undefined(realm_.isolate), 0, nullptr).IsEmpty()) {
      uncaught(caught.Exception());
    }
  }
  drain();
}

void EventLoop::runTicks() {
  ticksRequested_ = false;
  v8::TryCatch caught(realm_.isolate);
  v8::Local<v8::Context> context = realm_.local();
  if (!realm_.hooks.runTicks.IsEmpty() &&
      realm_.hooks.runTicks.Get(realm_.isolate)->Call(context, v8::Undefined(realm_.isolate), 0, nullptr).IsEmpty()) {
    uncaught(caught.Exception());
  }
}

void EventLoop::drain(Order order) {
  v8::HandleScope handles(realm_.isolate);
  if (order == Order::kMicrotasksFirst) realm_.isolate->PerformMicrotaskCheckpoint();
  do {
    if (ticksRequested_) runTicks();
    realm_.isolate->PerformMicrotaskCheckpoint();
  } while (ticksRequested_);
  if (!rejections_.empty()) reportRejections();
}

void EventLoop::reportRejections() {
  for (Rejection& rejection : std::exchange(rejections_, {})) {
    if (!rejection.promise.Get(realm_.isolate)->HasHandler()) uncaught(rejection.reason.Get(realm_.isolate));
  }
}

bool EventLoop::timerIsDue() const { return timerArmed_ && Clock::monotonicNs() >= timerAtNs_; }

bool EventLoop::turn() {
  RpcClient& rpc = *realm_.rpc;
  while (rpc.deliverOne()) drain();
  realm_.modules->runImports();
  if (timerIsDue()) {
    timerArmed_ = false;
    callHook(realm_.hooks.runTimers);
  }
  if (immediateArmed_) {
    immediateArmed_ = false;
    callHook(realm_.hooks.runImmediates);
  }
  if (runV8Tasks(realm_.isolate)) drain();

  const bool holds = (immediateArmed_ && immediateHolds_) || (timerArmed_ && timerHolds_) || rpc.pending() > 0 ||
                     realm_.modules->hasImports();
  if (!holds) return false;
  if (immediateArmed_ || timerIsDue() || rpc.hasAnswers() || realm_.modules->hasImports()) {
    // There is more to do at once. Reading could sleep, so what has arrived for the open calls is fetched by a round
    // trip.
    if (rpc.pending() > 0 && !rpc.hasAnswers()) rpc.probe();
    return true;
  }
  if (timerArmed_ && (!rpc.alarmIsSet() || timerAtNs_ < alarmAtNs_)) {
    const uint64_t now = Clock::monotonicNs();
    alarmAtNs_ = timerAtNs_;
    rpc.setAlarm(timerAtNs_ > now ? timerAtNs_ - now : 0);
  }
  rpc.sleep();
  return true;
}

void EventLoop::run(v8::Local<v8::Promise> entry) {
  entry->MarkAsHandled();
  drain(Order::kMicrotasksFirst);
  while (entry->State() != v8::Promise::kRejected) {
    v8::HandleScope handles(realm_.isolate);
    if (!turn()) break;
  }
  if (entry->State() == v8::Promise::kRejected) uncaught(entry->Result());
  if (entry->State() == v8::Promise::kPending) {
    finishWith(
        realm_,
        {"Error", "top-level await can never be settled: nothing is pending any more",
         realm_.modules->unsettledAwait("Error: top-level await can never be settled: nothing is pending any more")});
  }
  finish(realm_, [](ipc::Outcome::Builder outcome) { outcome.setCompleted(); });
}

void EventLoop::uncaught(v8::Local<v8::Value> value) {
  v8::HandleScope handles(realm_.isolate);
  finishWith(realm_, describe(realm_, value));
}

void EventLoop::exit(uint8_t code) {
  finish(realm_, [code](ipc::Outcome::Builder outcome) { outcome.setExited(code); });
}

}  // namespace runtime::worker
