#include "ipc/message_guard.h"

namespace runtime::ipc {

MessageGuard::MessageGuard(capnp::MessageStream& inner, kj::Function<size_t()> unsentBytes,
                           kj::Function<void(kj::StringPtr)> onOffence)
    : inner_(inner), unsentBytes_(kj::mv(unsentBytes)), onOffence_(kj::mv(onOffence)) {}

kj::Promise<MessageGuard::Message> MessageGuard::tryReadMessage(kj::ArrayPtr<kj::AutoCloseFd>,
                                                                capnp::ReaderOptions options,
                                                                kj::ArrayPtr<capnp::word>) {
  if (offended_) return Message(nullptr);
  if (unsentBytes_() > kMaxUnsentBytes) {
    auto paf = kj::newPromiseAndFulfiller<void>();
    drained_ = kj::mv(paf.fulfiller);
    return paf.promise.then([this, options] { return tryReadMessage(nullptr, options, nullptr); });
  }
  if (++messagesThisTurn_ > kMaxMessagesPerTurn) {
    return kj::evalLast([this, options] {
      messagesThisTurn_ = 0;
      return tryReadMessage(nullptr, options, nullptr);
    });
  }
  return readChecked(options);
}

kj::Promise<MessageGuard::Message> MessageGuard::readChecked(capnp::ReaderOptions options) {
  return inner_.tryReadMessage(nullptr, options, nullptr)
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
      if (bootstrapped_) return "a second bootstrap message";
      bootstrapped_ = true;
      openAnswers_.insert(message.getBootstrap().getQuestionId());
      return nullptr;
    case capnp::rpc::Message::CALL:
      return inspectCall(message.getCall());
    case capnp::rpc::Message::FINISH:
      if (openAnswers_.erase(message.getFinish().getQuestionId()) == 0) return "a finish message without its call";
      return nullptr;
    case capnp::rpc::Message::RELEASE:
      return nullptr;
    default:
      return "a message of a kind that no worker sends";
  }
}

kj::StringPtr MessageGuard::inspectCall(capnp::rpc::Call::Reader call) {
  if (!bootstrapped_) return "a call before the bootstrap message";
  if (openAnswers_.size() >= kMaxOpenAnswers) return "too many unfinished calls";
  if (call.getParams().getCapTable().size() != 0) return "a capability in parameters";
  if (!call.getSendResultsTo().isCaller()) return "a call whose results go elsewhere";
  const auto target = call.getTarget();
  if (target.isPromisedAnswer() && (target.getPromisedAnswer().getTransform().size() != 0 ||
                                    !openAnswers_.contains(target.getPromisedAnswer().getQuestionId()))) {
    return "a call on a result that carries no capability";
  }
  if (!openAnswers_.insert(call.getQuestionId()).second) return "a question number in use";
  return nullptr;
}

void MessageGuard::offend(kj::StringPtr offence) {
  if (offended_) return;
  offended_ = true;
  onOffence_(offence);
}

kj::Promise<void> MessageGuard::writeMessage(kj::ArrayPtr<const int>,
                                             kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) {
  return inner_.writeMessage(nullptr, segments).then([this] { wrote(); });
}

kj::Promise<void> MessageGuard::writeMessages(
    kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>> messages) {
  return inner_.writeMessages(messages).then([this] { wrote(); });
}

// The network takes what was written off its count only after this continuation: look again a turn later.
void MessageGuard::wrote() {
  KJ_IF_MAYBE (fulfiller, drained_) {
    auto waiting = kj::mv(*fulfiller);
    drained_ = nullptr;
    waiting->fulfill();
  }
}

}  // namespace runtime::ipc
