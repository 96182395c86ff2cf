#include "ipc/transport/fd_link.h"

#include <errno.h>
#include <fcntl.h>
#include <kj/debug.h>
#include <string.h>
#include <unistd.h>

namespace runtime::ipc {
namespace {

// write(2) of one buffer: bytes taken, 0 where it is full.
size_t put(int fd, kj::ArrayPtr<const kj::byte> bytes) {
  for (;;) {
    const ssize_t n = ::write(fd, bytes.begin(), bytes.size());
    if (n >= 0) return static_cast<size_t>(n);
    if (errno == EAGAIN) return 0;
    if (errno == EPIPE) kj::throwFatalException(KJ_EXCEPTION(DISCONNECTED, "the other side has closed its pipe"));
    if (errno != EINTR) KJ_FAIL_SYSCALL("write", errno);
  }
}

// Gathers small pieces into `space`, so that a message is one write(2); writev(2) is not in the worker's filter.
size_t sendGathered(int fd, Pieces pieces, Bytes space) {
  size_t done = 0;
  while (pieces.size() > 0) {
    size_t count = 0, bytes = 0, sent = 0;
    while (count < pieces.size() && bytes + pieces[count].size() <= space.size()) {
      if (pieces[count].size() > 0) memcpy(space.begin() + bytes, pieces[count].begin(), pieces[count].size());
      bytes += pieces[count++].size();
    }
    if (count > 0) {
      sent = bytes == 0 ? 0 : put(fd, space.slice(0, bytes));
    } else {
      bytes = pieces[0].size();
      count = 1;
      sent = put(fd, pieces[0]);
    }
    done += sent;
    if (sent < bytes) break;
    pieces = pieces.slice(count, pieces.size());
  }
  return done;
}

}  // namespace

size_t WorkerFdLink::send(Pieces pieces) { return sendGathered(writeFd_, pieces, gather_); }

size_t WorkerFdLink::receive(Bytes) { return 0; }

void WorkerFdLink::block() {
  KJ_REQUIRE(reading_ != nullptr, "nothing to wait for");
  ssize_t n;
  do {
    n = ::read(readFd_, reading_->to.begin(), reading_->to.size());
  } while (n < 0 && errno == EINTR);
  if (n < 0) KJ_FAIL_SYSCALL("read", errno);
  if (n == 0) ended_ = true;
  finishReading(static_cast<size_t>(n));
}

SupervisorFdLink::SupervisorFdLink(os::UniqueFd readEnd, os::UniqueFd writeEnd, kj::UnixEventPort& port)
    : readEnd_(std::move(readEnd)), writeEnd_(std::move(writeEnd)), port_(port) {
  KJ_SYSCALL(fcntl(readEnd_.get(), F_SETFL, O_NONBLOCK));
  KJ_SYSCALL(fcntl(writeEnd_.get(), F_SETFL, O_NONBLOCK));
  readable_ = kj::heap<Observer>(port_, readEnd_.get(), Observer::OBSERVE_READ);
  readTask_ = watch().eagerlyEvaluate([this](kj::Exception&& exception) { fail(kj::mv(exception)); });
}

size_t SupervisorFdLink::send(Pieces pieces) {
  if (writeEnd_) return sendGathered(writeEnd_.get(), pieces, gather_);
  size_t bytes = 0;
  for (const auto& piece : pieces) bytes += piece.size();
  return bytes;
}

size_t SupervisorFdLink::receive(Bytes to) { return mayRead_ && !ended_ ? read(to) : 0; }

void SupervisorFdLink::block() { KJ_FAIL_REQUIRE("the supervisor never blocks on a worker"); }

os::UniqueFd SupervisorFdLink::mute() {
  writeTask_ = nullptr;
  return std::move(writeEnd_);
}

size_t SupervisorFdLink::read(Bytes to) {
  ssize_t n;
  do {
    n = ::read(readEnd_.get(), to.begin(), to.size());
  } while (n < 0 && errno == EINTR);
  // The end of the stream is announced once, possibly before what stands ahead of it was read.
  mayRead_ = n == static_cast<ssize_t>(to.size()) || (n > 0 && readable_->atEndHint().orDefault(false));
  if (n == 0) ended_ = true;
  if (n < 0) {
    if (errno != EAGAIN) KJ_FAIL_SYSCALL("read", errno);
    return 0;
  }
  return static_cast<size_t>(n);
}

kj::Promise<void> SupervisorFdLink::watch() {
  return readable_->whenBecomesReadable().then([this]() -> kj::Promise<void> {
    mayRead_ = true;
    if (reading_ != nullptr) {
      const size_t n = read(reading_->to);
      if (n > 0 || ended_) finishReading(n);
    }
    if (ended_) return kj::READY_NOW;
    return watch();
  });
}

// Observes writing only while something waits for it: OBSERVE_WRITE wakes the loop at each read of the peer.
void SupervisorFdLink::waitingBegan() {
  if (writing_ == nullptr) return;
  int twinFd;
  KJ_SYSCALL(twinFd = fcntl(writeEnd_.get(), F_DUPFD_CLOEXEC, 0));  // epoll takes a descriptor once only
  kj::AutoCloseFd twin(twinFd);
  auto observer = kj::heap<Observer>(port_, twin.get(), Observer::OBSERVE_WRITE);
  auto promise = observer->whenBecomesWritable().then([this] {
    if (writing_ != nullptr) finishWriting();
  });
  writeTask_ = promise.attach(kj::mv(observer)).attach(kj::mv(twin)).eagerlyEvaluate([this](kj::Exception&& exception) {
    fail(kj::mv(exception));
  });
}

}  // namespace runtime::ipc
