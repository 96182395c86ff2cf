#include "extensions/isolate/queue.h"

#include <utility>

namespace runtime::extensions::isolate {
namespace {

// With what a message takes beside its bytes.
size_t costOf(const Message& message) {
  return message.bytes.size() + message.capabilities.size() * sizeof(capabilities::Token);
}

}  // namespace

void Queue::close() {
  closed_ = true;
  roomMade_.ring();
  messageCame_.ring();
}

void Queue::clear() {
  messages_.clear();
  bytes_ = 0;
}

bool Queue::hasRoomFor(size_t bytes) const { return messages_.size() < kMaxMessages && bytes_ + bytes <= kMaxBytes; }

void Queue::put(Message message) {
  bytes_ += costOf(message);
  messages_.push_back(std::move(message));
  messageCame_.ring();
}

Message Queue::take() {
  Message message = std::move(messages_.front());
  messages_.pop_front();
  bytes_ -= costOf(message);
  roomMade_.ring();
  return message;
}

}  // namespace runtime::extensions::isolate
