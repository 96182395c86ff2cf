#pragma once
// The worker's end of the two pipes: event loop, transport and RPC system. One per worker, made after the fork.
#include <capnp/capability.h>
#include <kj/async.h>
#include <kj/common.h>
#include <kj/exception.h>

#include <memory>

namespace runtime::worker {

// Drops KJ's log messages, for a worker has no standard error, and spares it stack traces. Lives on the stack, around
// all that uses KJ.
class QuietKj final : public kj::ExceptionCallback {
 public:
  void logMessage(kj::LogSeverity, const char*, int, int, kj::String&&) override {}
  StackTraceMode stackTraceMode() override { return StackTraceMode::NONE; }
};

class Connection {
 public:
  // Borrows the descriptors.
  static std::unique_ptr<Connection> open(int readFd, int writeFd);
  virtual ~Connection() noexcept(false) = default;

  virtual kj::WaitScope& waitScope() = 0;
  // The bootstrap capability. A call may be sent with the message that asks for it.
  virtual capnp::Capability::Client door() = 0;
};

}  // namespace runtime::worker
