#pragma once
// Calls through the door. Nothing of V8 here: what is answered is queued, and taken by the event loop between turns.
// One thread; made after the fork. Every member ends the process with kExitLostSupervisor when the supervisor is gone.
#include <capnp/any.h>
#include <capnp/capability.h>
#include <kj/async.h>
#include <kj/function.h>
#include <kj/one-of.h>

#include <cstdint>
#include <deque>
#include <memory>

#include "ipc/session.capnp.h"
#include "worker/connection.h"

namespace runtime::worker {

using Request = capnp::Request<capnp::AnyPointer, capnp::AnyPointer>;
using Response = capnp::Response<capnp::AnyPointer>;
using Answer = kj::OneOf<Response, kj::Exception>;

enum class AnswerSize { kSmall, kLarge };

// The supervisor stops reading a worker that leaves too many answers unread, and a worker that writes into a full pipe
// does not read: so large requests wait while large answers may be on their way.
class RpcClient final : private kj::TaskSet::ErrorHandler {
 public:
  explicit RpcClient(std::unique_ptr<Connection> connection);
  KJ_DISALLOW_COPY_AND_MOVE(RpcClient);

  ipc::Session::Client& session() { return session_; }

  Request newRequest(uint64_t interfaceId, uint16_t method);
  // `deliver` is called by deliverOne().
  using Deliver = kj::Function<void(Answer)>;
  void call(Request request, AnswerSize size, Deliver deliver);
  // Waits for the answer. Answers of other calls are queued meanwhile.
  Answer callSync(Request request, AnswerSize size);

  // Gives one answer that has arrived to its `deliver`. False if there was none.
  bool deliverOne();
  bool hasAnswers() const { return !answers_.empty(); }
  // Calls that deliverOne() has not yet delivered.
  size_t pending() const { return open_ + held_.size() + answers_.size(); }

  // Sends what was queued; never waits.
  void flush();
  // Waits until an answer has arrived, or the alarm has.
  void sleep();
  // A promise of the session, waited for. Throws what it throws.
  template <typename T>
  T wait(kj::Promise<T> promise) {
    try {
      return promise.wait(connection_->waitScope());
    } catch (kj::Exception& exception) {
      endIfLost(exception);
      throw;
    }
  }

  // sleep() returns after that time at the latest. Replaces the alarm set before.
  void setAlarm(uint64_t nanoseconds);
  bool alarmIsSet() const { return alarmIsSet_; }
  // A round trip: all that had arrived at the other side before it is here afterwards.
  void probe();

  // Pushes console output in pieces; waits while too many of them are unanswered.
  void writeOutput(ipc::OutputStream stream, kj::ArrayPtr<const kj::byte> bytes);

 private:
  struct Held {
    Request request;
    AnswerSize size;
    uint64_t bytes;
    Deliver deliver;
  };
  struct Arrived {
    Deliver deliver;
    Answer answer;
  };

  void taskFailed(kj::Exception&& exception) override;
  static void endIfLost(const kj::Exception& exception);
  static uint64_t sizeOf(Request& request);
  bool mayStart(uint64_t bytes) const;
  void began(AnswerSize size, uint64_t bytes);
  void arrived(AnswerSize size, uint64_t bytes);
  void start(Held call);
  void startHeld();
  void wake();
  void ring();

  std::unique_ptr<Connection> connection_;
  capnp::Capability::Client door_;
  ipc::Session::Client session_;
  std::deque<Held> held_;
  std::deque<Arrived> answers_;
  size_t open_ = 0;               // sent, not arrived
  size_t openLarge_ = 0;          // those of them with AnswerSize::kLarge
  uint64_t unansweredBytes_ = 0;  // of the requests that are open
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> sleeper_;
  kj::Maybe<kj::Promise<void>> alarm_;
  bool alarmIsSet_ = false;
  std::deque<kj::Promise<void>> outputs_;
  kj::TaskSet tasks_{*this};
};

}  // namespace runtime::worker
