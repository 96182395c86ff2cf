#pragma once
// The turns of a worker. JavaScript runs only here, at top level: what the door answers is queued by KJ and delivered
// between turns. One thread; made after the fork.
#include <v8.h>

#include <cstdint>
#include <vector>

#include "worker/realm.h"

namespace runtime::worker {

class EventLoop {
 public:
  explicit EventLoop(Realm& realm) : realm_(realm) {}

  // What the runtime's JavaScript asks for, see README.md.
  void armTimer(double delayMs, bool holds);
  void armImmediate(bool holds);
  void requestTicks() { ticksRequested_ = true; }

  // A promise that was rejected and has no handler, or has got one since.
  void rejected(v8::Local<v8::Promise> promise, v8::Local<v8::Value> reason);
  void handled(v8::Local<v8::Promise> promise);

  // Calls a hook at top level, then drains.
  void callHook(const v8::Global<v8::Function>& hook);
  // After JavaScript has returned to top level: ticks and microtasks until there are none, then rejections nobody
  // handled. `kMicrotasksFirst` is Node's order for the body of a module.
  enum class Order { kTicksFirst, kMicrotasksFirst };
  void drain(Order order = Order::kTicksFirst);

  // Runs until nothing is pending or `entry` is rejected, and ends the job.
  [[noreturn]] void run(v8::Local<v8::Promise> entry);
  [[noreturn]] void uncaught(v8::Local<v8::Value> value);
  [[noreturn]] void exit(uint8_t code);

 private:
  struct Rejection {
    v8::Global<v8::Promise> promise;
    v8::Global<v8::Value> reason;
  };

  // One turn: everything that is ready. False: nothing is and nothing can become so.
  bool turn();
  bool timerIsDue() const;
  void runTicks();
  void reportRejections();

  Realm& realm_;
  bool ticksRequested_ = false;
  bool timerArmed_ = false;
  bool timerHolds_ = false;
  uint64_t timerAtNs_ = 0;  // monotonic
  uint64_t alarmAtNs_ = 0;
  bool immediateArmed_ = false;
  bool immediateHolds_ = false;
  std::vector<Rejection> rejections_;
};

}  // namespace runtime::worker
