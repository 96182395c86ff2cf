#pragma once
// The worker's end of the two pipes: event loop, transport and RPC system. One per worker, made after the fork.
#include <capnp/capability.h>
#include <kj/async.h>
#include <kj/common.h>

#include <memory>

namespace runtime::worker {

class Connection {
 public:
  // Borrows the descriptors. KJ's own log messages are dropped from here on: a worker has no standard error.
  static std::unique_ptr<Connection> open(int readFd, int writeFd);
  virtual ~Connection() noexcept(false) = default;

  virtual kj::WaitScope& waitScope() = 0;
  // The bootstrap capability, resolved.
  virtual capnp::Capability::Client door() = 0;
};

}  // namespace runtime::worker
