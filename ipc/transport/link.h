#pragma once
// A Link moves bytes between the supervisor and one worker. It has a worker form, which sleeps in block(), and a
// supervisor form, which is woken by the loop's event port. Stream makes messages of it; nothing else of the project
// knows how the bytes travel. One thread.
#include <kj/async.h>
#include <kj/common.h>

#include <cstddef>

namespace runtime::ipc {

using Bytes = kj::ArrayPtr<kj::byte>;
using Pieces = kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>>;

// At most one read and one write may be waiting at a time; capnp::TwoPartyVatNetwork keeps to that.
class Link {
 public:
  virtual ~Link() noexcept(false) = default;

  // Bytes taken. 0: full now; wait for whenWritable().
  virtual size_t send(Pieces pieces) = 0;
  // Never blocks. 0: nothing is known to be there; wait for receiveLater().
  virtual size_t receive(Bytes to) = 0;
  // Worker form: sleeps until the waiting read or write is done.
  virtual void block() = 0;

  // To be called after receive() gave 0. Resolves to the bytes read, to 0 at the end of the stream.
  kj::Promise<size_t> receiveLater(Bytes to);
  kj::Promise<void> whenWritable();
  // The peer's process is gone: reading ends, though a descriptor of it may still be open somewhere.
  void hangUp();
  bool ended() const { return ended_; }

 protected:
  // One promise that waits. The slot points to it for as long as somebody holds the promise.
  template <typename T>
  struct Waiting {
    Waiting(kj::PromiseFulfiller<T>& promiseFulfiller, Waiting*& waitingSlot, Bytes target)
        : fulfiller(promiseFulfiller), slot(waitingSlot), to(target) {
      slot = this;
    }
    ~Waiting() noexcept(false) {
      if (slot == this) slot = nullptr;
    }
    KJ_DISALLOW_COPY_AND_MOVE(Waiting);
    kj::PromiseFulfiller<T>& fulfiller;
    Waiting*& slot;
    Bytes to;
  };

  // Something began to wait.
  virtual void waitingBegan() {}
  void finishReading(size_t bytes);
  void finishWriting();
  // The connection fails, the loop goes on.
  void fail(kj::Exception&& exception);

  Waiting<size_t>* reading_ = nullptr;
  Waiting<void>* writing_ = nullptr;
  bool ended_ = false;

 private:
  template <typename T>
  kj::Promise<T> wait(Waiting<T>*& slot, Bytes to);
};

}  // namespace runtime::ipc
