#pragma once
// The worker's event port: its only way to sleep is Link::block(). One thread.
#include <kj/async.h>
#include <kj/debug.h>

#include "ipc/transport/link.h"

namespace runtime::ipc {

class WorkerPort final : public kj::EventPort {
 public:
  explicit WorkerPort(Link& link) : link_(link) {}
  bool wait() override {
    link_.block();
    return false;
  }
  bool poll() override { return false; }
  void wake() const override { KJ_FAIL_REQUIRE("a worker has one thread"); }

 private:
  Link& link_;
};

}  // namespace runtime::ipc
