#pragma once
// Reads every message of a worker before the RPC system does. Cap'n Proto "is not robust against resource exhaustion
// attacks" (its FAQ): unfinished calls, exports and unread replies each make a server grow without bound. A worker of
// ours needs only a few kinds of message, so anything else is an offence, and an offence ends the worker.
// Supervisor, loop thread.
#include <capnp/rpc.capnp.h>
#include <capnp/serialize-async.h>
#include <kj/async.h>
#include <kj/function.h>
#include <kj/timer.h>

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace runtime::ipc {

// Calls of one worker that have not been answered, or whose answer it has not finished.
inline constexpr size_t kMaxOpenAnswers = 256;
// Bytes of replies that a worker has not read: beyond it, the worker is not read from.
inline constexpr size_t kMaxUnsentBytes = 1 << 20;
// Messages of one worker in one turn of the loop, so that no worker starves another. A turn ends when nobody has
// anything to do: only then does the RPC system write, and the loop look at its descriptors and timers.
inline constexpr int kMaxMessagesPerTurn = 4;

class MessageGuard final : public capnp::MessageStream {
 public:
  // `unsentBytes`: what waits to be sent to the worker. `onOffence` is called at most once, with a sentence; after it
  // the stream has ended. `timer`: the loop's.
  MessageGuard(capnp::MessageStream& inner, kj::Timer& timer, kj::Function<size_t()> unsentBytes,
               kj::Function<void(kj::StringPtr)> onOffence);
  KJ_DISALLOW_COPY_AND_MOVE(MessageGuard);

  kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>> tryReadMessage(kj::ArrayPtr<kj::AutoCloseFd> fds,
                                                                    capnp::ReaderOptions options,
                                                                    kj::ArrayPtr<capnp::word> scratch) override;
  kj::Promise<void> writeMessage(kj::ArrayPtr<const int> fds,
                                 kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) override;
  kj::Promise<void> writeMessages(kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>> messages) override;
  kj::Maybe<int> getSendBufferSize() override { return inner_.getSendBufferSize(); }
  kj::Promise<void> end() override { return inner_.end(); }

  // Resolves when the worker has read enough of what it was sent for more to be made for it, or reads nothing any more.
  // Any number may wait.
  kj::Promise<void> roomToSend();
  // The worker cannot be written to any more: it has ended, or closed its end.
  bool writeFailed() const { return writeFailed_; }

 private:
  using Message = kj::Maybe<capnp::MessageReaderAndFds>;
  using Segments = kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>;
  kj::Promise<Message> readChecked(capnp::ReaderOptions options);
  // Null: nothing wrong with it; else the offence.
  kj::StringPtr inspect(capnp::rpc::Message::Reader message);
  kj::StringPtr inspectCall(capnp::rpc::Call::Reader call);
  kj::StringPtr inspectTarget(capnp::rpc::MessageTarget::Reader target) const;
  void offend(kj::StringPtr offence);
  kj::Promise<void> afterWrite(kj::Promise<void> write);

  capnp::MessageStream& inner_;
  kj::Timer& timer_;
  kj::Function<size_t()> unsentBytes_;
  kj::Function<void(kj::StringPtr)> onOffence_;
  // A question is over when it has been answered and the worker needs it no more: it said finish, or the answer said
  // that it need not. One that was finished first still runs.
  struct Question {
    bool answered = false;
    bool finished = false;
  };
  void settle(uint32_t question, bool answered, bool finished);
  // Of a message to the worker, which is noted. An abort message says what the RPC system thinks, in its own words:
  // that is not for a worker, which learns by the end of the pipe.
  bool mayCross(Segments segments);
  bool hasRoomToSend();
  kj::Promise<void> nextTurn();

  std::unordered_map<uint32_t, Question> open_;
  std::vector<kj::Own<kj::PromiseFulfiller<void>>> awaitingRoom_;
  int messagesThisTurn_ = 0;
  std::optional<uint32_t> bootstrapQuestion_;
  bool offended_ = false;
  bool writeFailed_ = false;
};

}  // namespace runtime::ipc
