#pragma once
// The jobs of the service: takes them, stores them, begins them in their turn, ends them, stores what became of them.
// The service's thread; what blocks is done on others.
#include <kj/async.h>
#include <kj/timer.h>

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capabilities/lane.h"
#include "supervisor/runtime.h"
#include "supervisor/serve/api_fault.h"
#include "supervisor/serve/artifact_files.h"
#include "supervisor/serve/configuration.h"
#include "supervisor/serve/expiry.h"
#include "supervisor/serve/job_ending.h"
#include "supervisor/serve/live_job.h"
#include "supervisor/serve/metrics.h"
#include "supervisor/serve/schedule.h"
#include "supervisor/serve/state_folder.h"
#include "supervisor/serve/store_thread.h"
#include "supervisor/serve/submission.h"
#include "supervisor/serve/tenants.h"

namespace runtime::serve {

template <typename T>
using Answer = std::expected<T, ApiFault>;

class JobBoard final : private kj::TaskSet::ErrorHandler {
 public:
  struct Parts {  // which outlive it
    kj::Timer& timer;
    Runtime& runtime;
    StoreThread& store;
    ArtifactFiles& artifacts;
    Metrics& metrics;
    const StateFolder& state;
    const Configuration& configuration;
  };
  JobBoard(Parts parts, std::shared_ptr<const Tenants> tenants);
  ~JobBoard() noexcept(false);

  // What an earlier process acknowledged and did not end is taken up again. Once, first.
  kj::Promise<Stored<size_t>> recover();
  // In place of those before, for jobs that are begun from now on.
  void setTenants(std::shared_ptr<const Tenants> tenants);

  // Stored when it answers. `body` is what the submission was read from.
  struct Accepted {
    std::shared_ptr<LiveJob> live;  // null: it has ended already, under the same idempotency key
    std::string id;
    bool isNew = true;
  };
  // Dropping the promise leaves the submission to its course: it is stored, or not, and begun in its turn.
  kj::Promise<Answer<Accepted>> submit(std::shared_ptr<const Tenant> tenant, Submission submission, std::string body);

  // Null: there is none of this tenant that has not ended.
  std::shared_ptr<LiveJob> live(const Tenant& tenant, const std::string& id) const;
  kj::Promise<Answer<JobRecord>> find(std::shared_ptr<const Tenant> tenant, std::string id);
  kj::Promise<Answer<std::vector<JobRecord>>> list(std::shared_ptr<const Tenant> tenant, std::optional<JobState> state,
                                                   std::string before, size_t most);
  // Answers when it has ended, or after a time without that: as find().
  kj::Promise<Answer<JobRecord>> cancel(std::shared_ptr<const Tenant> tenant, std::string id);
  kj::Promise<Answer<std::optional<uint64_t>>> artifactSize(std::shared_ptr<const Tenant> tenant, std::string digest);

  // Takes no job and begins none. Answers when none runs: after `patience`, those that still do are ended, and are in
  // the queue again for the next start. Queued jobs stay queued.
  kj::Promise<void> drain(kj::Duration patience);
  // Drains with no patience from now on.
  void hurry();
  bool isDraining() const { return draining_; }
  // Answers once it has drained: what has not ended by then will not end here. Any number of times.
  kj::Promise<void> onDrained() { return drained_.addBranch(); }

  size_t queued() const { return schedule_.queued(); }
  size_t running() const { return schedule_.running(); }
  static JobRecord recordOf(const LiveJob& job);

 private:
  struct Slot;

  void taskFailed(kj::Exception&& exception) override;
  kj::Promise<Answer<Accepted>> take(std::shared_ptr<const Tenant> tenant, Submission submission, std::string body);
  void pump();
  kj::Promise<void> attempt(std::shared_ptr<LiveJob> job, Slot& slot, bool begun);
  kj::Promise<std::optional<JobEnding>> perform(std::shared_ptr<LiveJob> job, Slot& slot, bool begun);
  kj::Promise<bool> storeEnd(std::shared_ptr<LiveJob> job, std::shared_ptr<JobEnding> ending);
  kj::Promise<void> endQueued(std::shared_ptr<LiveJob> job, std::string reason);
  void end(std::shared_ptr<LiveJob> job, EndCause cause);
  void watchDeadline(const std::shared_ptr<LiveJob>& job, std::optional<int64_t> deadlineMs);
  void forget(const std::shared_ptr<LiveJob>& job, JobRecord record);
  std::shared_ptr<LiveJob> add(std::shared_ptr<LiveJob> job);
  ApiFault refused(ApiFault fault);

  const Parts parts_;
  std::shared_ptr<const Tenants> tenants_;
  Schedule schedule_;
  Ticket nextTicket_ = 1;
  std::map<Ticket, std::shared_ptr<LiveJob>> jobs_;
  std::map<std::string, std::shared_ptr<LiveJob>, std::less<>> byId_;
  std::map<std::string, size_t> adding_;  // by tenant: on their way into the store
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Slot*> freeSlots_;
  capabilities::Lane clerk_;      // for what takes long to judge
  capabilities::Lane canceller_;  // waits for the Runtime's loop
  Expiry expiry_;
  bool draining_ = false;
  std::vector<kj::Own<kj::PromiseFulfiller<void>>> idle_;
  kj::PromiseFulfillerPair<void> drain_ = kj::newPromiseAndFulfiller<void>();
  kj::ForkedPromise<void> drained_ = drain_.promise.fork();
  kj::TaskSet tasks_;
};

// A fault of the store, as a client is told it.
ApiFault apiFaultOf(const StorageFault& fault);

}  // namespace runtime::serve
