#include "ipc/message_guard.h"

#include <utility>

namespace runtime::ipc {
namespace {

// The number under which the RPC system exports the first capability, which is the only one.
constexpr uint32_t kDoor = 0;

}  // namespace

MessageGuard::MessageGuard(capnp::MessageStream& inner, kj::Timer& timer, kj::Function<size_t()> unsentBytes,
                           kj::Function<void(kj::StringPtr)> onOffence)
    : inner_(inner), timer_(timer), unsentBytes_(kj::mv(unsentBytes)), onOffence_(kj::mv(onOffence)) {}

kj::Promise<MessageGuard::Message> MessageGuard::tryReadMessage(kj::ArrayPtr<kj::AutoCloseFd>,
                                                                capnp::ReaderOptions options,
                                                                kj::ArrayPtr<capnp::word>) {
  if (offended_) return Message(nullptr);
  if (!hasRoomToSend()) {
    return roomToSend().then([this, options] { return tryReadMessage(nullptr, options, nullptr); });
  }
  if (++messagesThisTurn_ > kMaxMessagesPerTurn) {
    return nextTurn().then([this, options] {
      messagesThisTurn_ = 0;
      return tryReadMessage(nullptr, options, nullptr);
    });
  }
  return readChecked(options);
}

kj::Promise<MessageGuard::Message> MessageGuard::readChecked(capnp::ReaderOptions options) {
  // What is there already is looked at, and may be found wrong, at once.
  return kj::evalNow([&] { return inner_.tryReadMessage(nullptr, options, nullptr); })
      .then(
          [this](Message&& message) -> Message {
            KJ_IF_MAYBE (received, message) {
              kj::StringPtr offence = nullptr;
              KJ_IF_MAYBE (exception, kj::runCatchingExceptions([&] {
                             offence = inspect(received->reader->getRoot<capnp::rpc::Message>());
                           })) {
                (void)exception;
                offence = "a malformed message";
              }
              if (offence != nullptr) {
                offend(offence);
                return nullptr;
              }
            }
            return kj::mv(message);
          },
          [this](kj::Exception&& exception) -> Message {
            if (exception.getType() != kj::Exception::Type::DISCONNECTED) offend("a message over its bounds");
            return nullptr;
          });
}

kj::StringPtr MessageGuard::inspect(capnp::rpc::Message::Reader message) {
  switch (message.which()) {
    case capnp::rpc::Message::BOOTSTRAP:
      if (bootstrapQuestion_) return "a second bootstrap message";
      if (message.getBootstrap().hasDeprecatedObjectId()) return "a bootstrap message that names an object";
      bootstrapQuestion_ = message.getBootstrap().getQuestionId();
      open_.emplace(*bootstrapQuestion_, Question{});
      return nullptr;
    case capnp::rpc::Message::CALL:
      return inspectCall(message.getCall());
    case capnp::rpc::Message::FINISH:
      settle(message.getFinish().getQuestionId(), false, true);
      return nullptr;
    case capnp::rpc::Message::RELEASE:
      return nullptr;
    default:
      return "a message of a kind that no worker sends";
  }
}

kj::StringPtr MessageGuard::inspectCall(capnp::rpc::Call::Reader call) {
  if (!bootstrapQuestion_) return "a call before the bootstrap message";
  if (open_.size() >= kMaxOpenAnswers) return "too many unfinished calls";
  if (call.getParams().getCapTable().size() != 0) return "a capability in parameters";
  if (!call.getSendResultsTo().isCaller()) return "a call whose results go elsewhere";
  if (call.getOnlyPromisePipeline()) return "a call that wants no answer";
  if (kj::StringPtr offence = inspectTarget(call.getTarget()); offence != nullptr) return offence;
  if (!open_.emplace(call.getQuestionId(), Question{}).second) return "a question number in use";
  return nullptr;
}

// The answer to the bootstrap message is the one that carries a capability. A call on another would be held until that
// other is answered.
kj::StringPtr MessageGuard::inspectTarget(capnp::rpc::MessageTarget::Reader target) const {
  switch (target.which()) {
    case capnp::rpc::MessageTarget::IMPORTED_CAP:
      if (target.getImportedCap() != kDoor) return "a call on a capability it was never given";
      return nullptr;
    case capnp::rpc::MessageTarget::PROMISED_ANSWER: {
      const auto answer = target.getPromisedAnswer();
      const auto bootstrap = open_.find(*bootstrapQuestion_);
      if (answer.getTransform().size() != 0 || answer.getQuestionId() != *bootstrapQuestion_ ||
          bootstrap == open_.end() || bootstrap->second.finished) {
        return "a call on a result that carries no capability";
      }
      return nullptr;
    }
  }
  return "a call on nothing";
}

// A finish for a question that is over is allowed: the answer that said it is not needed may have crossed it.
void MessageGuard::settle(uint32_t question, bool answered, bool finished) {
  const auto found = open_.find(question);
  if (found == open_.end()) return;
  found->second.answered = found->second.answered || answered;
  found->second.finished = found->second.finished || finished;
  if (found->second.answered && found->second.finished) open_.erase(found);
}

bool MessageGuard::mayCross(Segments segments) {
  capnp::SegmentArrayMessageReader reader(segments);
  const auto message = reader.getRoot<capnp::rpc::Message>();
  if (message.isAbort()) return false;
  if (message.isReturn()) settle(message.getReturn().getAnswerId(), true, message.getReturn().getNoFinishNeeded());
  return true;
}

void MessageGuard::offend(kj::StringPtr offence) {
  if (offended_) return;
  offended_ = true;
  onOffence_(offence);
}

kj::Promise<void> MessageGuard::writeMessage(kj::ArrayPtr<const int>,
                                             kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) {
  if (!mayCross(segments)) return kj::READY_NOW;
  return afterWrite(kj::evalNow([&] { return inner_.writeMessage(nullptr, segments); }));
}

kj::Promise<void> MessageGuard::writeMessages(
    kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>> messages) {
  size_t count = 0;
  for (const Segments segments : messages) {
    if (mayCross(segments)) messages[count++] = segments;
  }
  if (count == 0) return kj::READY_NOW;
  return afterWrite(kj::evalNow([&] { return inner_.writeMessages(messages.slice(0, count)); }));
}

bool MessageGuard::hasRoomToSend() { return writeFailed_ || unsentBytes_() <= kMaxUnsentBytes; }

// Not by kj::evalLast(), which runs the latest first: with two workers that always have something to say, only one of
// them would ever be heard, and nobody else answered. A timer that is due needs the queue of events to run empty.
kj::Promise<void> MessageGuard::nextTurn() { return timer_.afterDelay(0 * kj::NANOSECONDS); }

// The network takes what was written off its count after the write's continuation, hence evalLast().
kj::Promise<void> MessageGuard::roomToSend() {
  if (hasRoomToSend()) return kj::READY_NOW;
  auto paf = kj::newPromiseAndFulfiller<void>();
  awaitingRoom_.push_back(kj::mv(paf.fulfiller));
  return paf.promise.then([this] { return kj::evalLast([this] { return roomToSend(); }); });
}

kj::Promise<void> MessageGuard::afterWrite(kj::Promise<void> write) {
  const auto wake = [this] {
    for (auto& waiting : std::exchange(awaitingRoom_, {})) waiting->fulfill();
  };
  return write.then(
      [wake]() -> kj::Promise<void> {
        wake();
        return kj::READY_NOW;
      },
      [this, wake](kj::Exception&& exception) -> kj::Promise<void> {
        writeFailed_ = true;
        wake();
        // A worker that has left reads nothing more. What it said before is still read: a failure would end that too.
        if (exception.getType() == kj::Exception::Type::DISCONNECTED) return kj::READY_NOW;
        return kj::mv(exception);
      });
}

}  // namespace runtime::ipc
