#include "ipc/transport/stream.h"

#include <capnp/serialize.h>
#include <kj/debug.h>
#include <string.h>

namespace runtime::ipc {
namespace {

struct Words {
  kj::Array<capnp::word> words;
};

class OwnedReader final : private Words, public capnp::FlatArrayMessageReader {
 public:
  OwnedReader(kj::Array<capnp::word> array, capnp::ReaderOptions options)
      : Words{kj::mv(array)}, FlatArrayMessageReader(words, options) {}
};

}  // namespace

Stream::Stream(Link& link) : link_(link), staging_(kj::heapArray<kj::byte>(16384)) {}

kj::Promise<Stream::Message> Stream::tryReadMessage(kj::ArrayPtr<kj::AutoCloseFd>, capnp::ReaderOptions options,
                                                    kj::ArrayPtr<capnp::word>) {
  options_ = options;
  while (!assemble()) {
    const size_t n = link_.receive(target());
    if (n == 0) break;
    received(n);
  }
  if (whole()) {
    return Message(capnp::MessageReaderAndFds{kj::heap<OwnedReader>(kj::mv(message_), options_), nullptr});
  }
  return link_.receiveLater(target()).then([this](size_t n) -> kj::Promise<Message> {
    if (n == 0) return Message(nullptr);
    received(n);
    return tryReadMessage(nullptr, options_, nullptr);
  });
}

kj::Promise<void> Stream::writeMessage(kj::ArrayPtr<const int>, Segments segments) {
  return writeMessages(kj::arrayPtr(&segments, 1));
}

kj::Promise<void> Stream::writeMessages(kj::ArrayPtr<Segments> messages) {
  size_t words = 0, count = 0;
  for (auto& message : messages) {
    words += message.size() / 2 + 1;
    count += message.size() + 1;
  }
  table_.resize(words * 2);
  pieces_.resize(count);
  uint32_t* entry = table_.begin();
  auto* piece = pieces_.begin();
  for (auto& message : messages) {
    const size_t n = (message.size() / 2 + 1) * 2;  // count - 1, the sizes, padding
    entry[n - 1] = 0;
    entry[0] = static_cast<uint32_t>(message.size() - 1);
    for (size_t i = 0; i < message.size(); ++i) entry[i + 1] = static_cast<uint32_t>(message[i].size());
    *piece++ = kj::arrayPtr(reinterpret_cast<const kj::byte*>(entry), n * sizeof(uint32_t));
    entry += n;
    for (auto& segment : message) *piece++ = segment.asBytes();
  }
  unsent_ = pieces_.asPtr();
  return flush();
}

kj::Promise<void> Stream::flush() {
  while (unsent_.size() > 0) {
    size_t n = link_.send(unsent_);
    if (n == 0) return link_.whenWritable().then([this] { return flush(); });
    while (unsent_.size() > 0 && n >= unsent_[0].size()) {
      n -= unsent_[0].size();
      unsent_ = unsent_.slice(1, unsent_.size());
    }
    if (n > 0) unsent_[0] = unsent_[0].slice(n, unsent_[0].size());
  }
  return kj::READY_NOW;
}

Bytes Stream::target() {
  if (direct()) return kj::arrayPtr(reinterpret_cast<kj::byte*>(message_.begin()) + filled_, missing());
  compact();
  return staging_.slice(end_, staging_.size());
}

void Stream::received(size_t bytes) {
  if (direct()) {
    filled_ += bytes;
  } else {
    end_ += bytes;
  }
}

void Stream::compact() {
  memmove(staging_.begin(), staging_.begin() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
}

bool Stream::assemble() {
  if (message_ == nullptr) {
    if (begin_ % sizeof(capnp::word) != 0) compact();
    auto words = kj::arrayPtr(reinterpret_cast<const capnp::word*>(staging_.begin() + begin_),
                              (end_ - begin_) / sizeof(capnp::word));
    if (words.size() == 0) return false;
    const uint32_t further = *reinterpret_cast<const uint32_t*>(words.begin());  // segments after the first
    KJ_REQUIRE(further < kMaxSegments, "too many segments");
    const size_t tableWords = (further + 1) / 2 + 1;
    if (words.size() < tableWords) return false;
    const auto* sizes = reinterpret_cast<const uint32_t*>(words.begin()) + 1;
    uint64_t total = tableWords;
    for (uint32_t i = 0; i <= further; ++i) total += sizes[i];
    KJ_REQUIRE(total <= kMaxMessageWords, "message too large");
    message_ = kj::heapArray<capnp::word>(total);
    filled_ = 0;
  }
  const size_t n = kj::min(end_ - begin_, missing());
  memcpy(reinterpret_cast<kj::byte*>(message_.begin()) + filled_, staging_.begin() + begin_, n);
  filled_ += n;
  begin_ += n;
  if (begin_ == end_) begin_ = end_ = 0;
  return whole();
}

}  // namespace runtime::ipc
