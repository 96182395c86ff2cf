#pragma once
// Messages under way from one worker to another. The bytes are opaque here; what is kept is bounded, whatever a sender
// does. Loop thread.
#include <kj/async.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "capabilities/table.h"

namespace runtime::extensions::isolate {

struct Message {
  std::string bytes;
  std::vector<capabilities::Token> capabilities;  // of the sender's table
};

class Queue {
 public:
  static constexpr size_t kMaxMessageBytes = 256 << 10;
  static constexpr size_t kMaxCapabilities = 64;  // of one message
  static constexpr size_t kMaxBytes = 512 << 10;
  static constexpr size_t kMaxMessages = 64;

  // No message comes any more; what is there may still be taken.
  void close();
  bool closed() const { return closed_; }
  // What is there is dropped.
  void clear();
  // Of what is there, with what it takes beside its own.
  size_t bytes() const { return bytes_; }

  bool hasRoomFor(size_t bytes) const;
  bool empty() const { return messages_.empty(); }
  // Without regard for room.
  void put(Message message);
  // Of a queue that is not empty.
  Message take();

  // Answers when a message was taken, or put, or the queue was closed. One waits at a time.
  kj::Promise<void> awaitRoom() { return roomMade_.wait(); }
  kj::Promise<void> awaitMessage() { return messageCame_.wait(); }

  // Whether a call to put or to take one is under way.
  bool sending = false;
  bool receiving = false;

 private:
  // One that waits, and its call.
  class Bell {
   public:
    kj::Promise<void> wait() {
      auto turn = kj::newPromiseAndFulfiller<void>();
      waiting_ = kj::mv(turn.fulfiller);
      return kj::mv(turn.promise);
    }
    void ring() {
      if (waiting_.get() != nullptr) waiting_->fulfill();
      waiting_ = nullptr;
    }

   private:
    kj::Own<kj::PromiseFulfiller<void>> waiting_;
  };

  std::deque<Message> messages_;
  size_t bytes_ = 0;
  bool closed_ = false;
  Bell roomMade_, messageCame_;
};

}  // namespace runtime::extensions::isolate
