#pragma once
// Workers whose jobs have their results: they are killed, and the kernel takes milliseconds of a processor to give back
// what they had. No result waits for that, neither its own nor, for a moment, the processor. Loop thread.
#include <kj/async.h>
#include <kj/timer.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "ipc/os/unique_fd.h"
#include "supervisor/worker_groups.h"
#include "supervisor/zygote.h"

namespace runtime::supervisor {

class Departures final : private kj::TaskSet::ErrorHandler {
 public:
  // At once. What they hold is beyond what the jobs that run may have.
  static constexpr size_t kMost = 16;

  explicit Departures(kj::Timer& timer) : timer_(timer) {}

  struct Leaving {
    std::shared_ptr<Zygote> zygote;  // of the worker: whoever lets go of it last waits until its workers have ended
    WorkerProcess worker;
    os::UniqueFd pipe;  // a worker that waits for an answer waits on while it is open
    kj::Promise<std::optional<WorkerEnd>> ended;
    WorkerGroups* groups;
    std::optional<WorkerGroups::Membership> membership;  // dismissed after the worker
  };
  // Kills it, a few milliseconds from now. Nothing it says is heard any more.
  void add(Leaving leaving);
  // When there are fewer than kMost, or one could not be ended for long: who makes a worker waits for it first.
  kj::Promise<void> room();
  // Kills those that are left, at once; answers when there are none, or they could not be ended for long. The last
  // call.
  kj::Promise<void> over();

 private:
  void taskFailed(kj::Exception&& exception) override;
  void onEnd();

  kj::Timer& timer_;
  kj::PromiseFulfillerPair<void> hurry_ = kj::newPromiseAndFulfiller<void>();
  kj::ForkedPromise<void> hurried_ = hurry_.promise.fork();
  size_t count_ = 0;
  std::vector<kj::Own<kj::PromiseFulfiller<void>>> waiting_;
  kj::TaskSet tasks_{*this};
};

}  // namespace runtime::supervisor
