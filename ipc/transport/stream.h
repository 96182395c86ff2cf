#pragma once
// Cap'n Proto messages over any Link, in the standard framing (https://capnproto.org/encoding.html). What is received
// is copied to private memory before it is looked at. A header is bounded before anything is allocated from it.
#include <capnp/message.h>
#include <capnp/serialize-async.h>
#include <kj/vector.h>

#include <cstdint>

#include "ipc/transport/link.h"

namespace runtime::ipc {

// Bounds of one message, both ways. 1 MiB of payload and room for its frame.
inline constexpr uint64_t kMaxMessageWords = (1 << 17) + 1024;
inline constexpr uint32_t kMaxSegments = 64;

class Stream final : public capnp::MessageStream {
 public:
  using Message = kj::Maybe<capnp::MessageReaderAndFds>;
  using Segments = kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>;

  explicit Stream(Link& link);
  KJ_DISALLOW_COPY_AND_MOVE(Stream);

  // A message over its bounds is an exception: whoever reads ends the connection. Null at the end of the stream, also
  // where it ends within a message.
  kj::Promise<Message> tryReadMessage(kj::ArrayPtr<kj::AutoCloseFd> fds, capnp::ReaderOptions options,
                                      kj::ArrayPtr<capnp::word> scratch) override;
  kj::Promise<void> writeMessage(kj::ArrayPtr<const int> fds, Segments segments) override;
  kj::Promise<void> writeMessages(kj::ArrayPtr<Segments> messages) override;
  kj::Maybe<int> getSendBufferSize() override { return 256 << 10; }
  kj::Promise<void> end() override { return kj::READY_NOW; }

 private:
  kj::Promise<void> flush();
  bool whole() const { return message_ != nullptr && missing() == 0; }
  size_t missing() const { return message_.size() * sizeof(capnp::word) - filled_; }
  // Much of a large message is read to its place at once.
  bool direct() const { return message_ != nullptr && begin_ == end_ && missing() >= staging_.size(); }
  Bytes target();
  void received(size_t bytes);
  void compact();
  bool assemble();

  Link& link_;
  capnp::ReaderOptions options_;
  kj::Array<kj::byte> staging_;  // received, not yet part of a message: [begin_, end_)
  size_t begin_ = 0;
  size_t end_ = 0;
  kj::Array<capnp::word> message_;  // being received
  size_t filled_ = 0;
  kj::Vector<uint32_t> table_;
  kj::Vector<kj::ArrayPtr<const kj::byte>> pieces_;
  kj::ArrayPtr<kj::ArrayPtr<const kj::byte>> unsent_;
};

}  // namespace runtime::ipc
