#pragma once
// Workers whose jobs have their results and that have been killed: the kernel takes milliseconds to give back what they
// had, and no result waits for that. Loop thread.
#include <kj/async.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "supervisor/worker_groups.h"
#include "supervisor/zygote.h"

namespace runtime::supervisor {

class Departures final : private kj::TaskSet::ErrorHandler {
 public:
  // At once. What they hold is beyond what the jobs that run may have.
  static constexpr size_t kMost = 16;

  // `ended` is the worker's. Its group, if it has one, is dismissed after it.
  void add(WorkerProcess worker, kj::Promise<std::optional<WorkerEnd>> ended, WorkerGroups* groups,
           std::optional<WorkerGroups::Membership> membership);
  // When there are fewer than kMost: who makes a worker waits for it first.
  kj::Promise<void> room();
  // When there are none.
  kj::Promise<void> over() { return tasks_.onEmpty(); }

 private:
  void taskFailed(kj::Exception&& exception) override;
  void onEnd();

  size_t count_ = 0;
  std::vector<kj::Own<kj::PromiseFulfiller<void>>> waiting_;
  kj::TaskSet tasks_{*this};
};

}  // namespace runtime::supervisor
