#pragma once
// A job that has not ended, and for those who still look at it, how it ended. The service's thread.
#include <kj/async.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/runtime.h"
#include "supervisor/serve/job_policy.h"
#include "supervisor/serve/job_store.h"
#include "supervisor/serve/output_log.h"
#include "supervisor/serve/schedule.h"
#include "supervisor/serve/submission.h"

namespace runtime::serve {

// Why we end a job ourselves.
enum class EndCause : uint8_t { kRequest, kDeadline, kShutdown };

struct LiveJob {
  Ticket ticket = 0;
  JobNumber number = 0;
  std::string id, tenant;
  int priority = 0;
  int64_t submittedMs = 0;
  uint64_t submittedNs = 0;  // of the monotonic clock
  JobState state = JobState::kQueued;
  int64_t attempts = 0;
  std::shared_ptr<OutputLog> output = std::make_shared<OutputLog>();
  // Where it is begun by the request that brought it.
  std::optional<Submission> submission;
  std::optional<JudgedPolicy> judged;
  std::optional<JobId> running;  // once the Runtime has it
  std::optional<EndCause> ending;
  std::optional<JobRecord> ended;  // as it is stored
  kj::Promise<void> deadline = nullptr;

  // Answers at the next change of `state`, and at the end.
  kj::Promise<void> changed() {
    std::erase_if(watchers_, [](auto& each) { return !each->isWaiting(); });
    auto change = kj::newPromiseAndFulfiller<void>();
    watchers_.push_back(kj::mv(change.fulfiller));
    return kj::mv(change.promise);
  }
  void notify() {
    for (auto& watcher : std::exchange(watchers_, {})) watcher->fulfill();
  }

 private:
  std::vector<kj::Own<kj::PromiseFulfiller<void>>> watchers_;
};

}  // namespace runtime::serve
