#pragma once
// A Link over two pipes. With pipes a read that sleeps is woken once per call (on a stream socket, twice), the worker
// needs no system call but read(2) and write(2), and no descriptor can be passed. SIGPIPE must be ignored.
#include <kj/async-unix.h>

#include "ipc/os/unique_fd.h"
#include "ipc/transport/link.h"

namespace runtime::ipc {

// Borrows its descriptors: they are the worker's 0 and 1. Both ends block, which cannot deadlock while the supervisor
// never blocks on them.
class WorkerFdLink final : public Link {
 public:
  WorkerFdLink(int readFd, int writeFd) : readFd_(readFd), writeFd_(writeFd) {}
  size_t send(Pieces pieces) override;
  size_t receive(Bytes to) override;
  void block() override;

 private:
  int readFd_;
  int writeFd_;
  kj::byte gather_[16384];
};

// Owns its descriptors; they are made non-blocking.
class SupervisorFdLink final : public Link {
 public:
  SupervisorFdLink(os::UniqueFd readEnd, os::UniqueFd writeEnd, kj::UnixEventPort& port);
  size_t send(Pieces pieces) override;
  size_t receive(Bytes to) override;
  void block() override;
  // What is sent from now on is thrown away. Returns the descriptor: while it is open a worker that reads waits, and
  // finds no end.
  os::UniqueFd mute();

 private:
  using Observer = kj::UnixEventPort::FdObserver;
  kj::Promise<void> watch();
  void waitingBegan() override;
  size_t read(Bytes to);

  os::UniqueFd readEnd_;
  os::UniqueFd writeEnd_;
  kj::UnixEventPort& port_;
  bool mayRead_ = true;  // the last read filled its buffer, or the port said so, or the peer has closed its end
  kj::byte gather_[16384];
  kj::Own<Observer> readable_;
  kj::Maybe<kj::Promise<void>> readTask_;
  kj::Maybe<kj::Promise<void>> writeTask_;
};

}  // namespace runtime::ipc
