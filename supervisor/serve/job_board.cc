#include "supervisor/serve/job_board.h"

#include <kj/debug.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <format>
#include <system_error>

#include "policies/host_path.h"
#include "supervisor/result_json.h"
#include "supervisor/serve/job_start.h"
#include "supervisor/serve/log.h"
#include "supervisor/serve/strict_json.h"

namespace runtime::serve {
namespace {

// A policy longer than this is judged on a thread of its own.
constexpr size_t kMaxJudgedHere = 4096;
constexpr auto kStoreAgain = 1 * kj::SECONDS;
constexpr auto kCancelPatience = 10 * kj::SECONDS;
constexpr uint32_t kQueueRetrySeconds = 1;

uint64_t steadyNs() {
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}
int64_t unixMs() { return std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1); }

std::string newId() {
  std::array<unsigned char, 16> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  std::string id;
  for (const unsigned char byte : random) id += std::format("{:02x}", byte);
  return id;
}

Schedule::Terms termsOf(const Tenant& tenant) { return {tenant.weight, tenant.running, tenant.queued, tenant.rate}; }

std::string_view sentence(EndCause cause) {
  switch (cause) {
    case EndCause::kRequest:
      return "it was cancelled by a request";
    case EndCause::kDeadline:
      return "its deadline has passed";
    case EndCause::kShutdown:
      return "the service stops";
  }
  return "";
}

}  // namespace

ApiFault apiFaultOf(const StorageFault& fault) {
  log(Level::kError, "storage", {{"message", fault.message}});
  if (fault.trouble == StorageTrouble::kFull) {
    return {503, "storage-full", "the service has no room to store this now; try again later", "", 30};
  }
  if (fault.trouble == StorageTrouble::kBusy) {
    return {503, "overloaded", "the service has too much to store at once; try again", "", 1};
  }
  return {503, "storage-unavailable", "the service cannot use its database now; its operator's log says why", "", 30};
}

// A place for a running job, with a thread for what blocks in it. Job and folder belong to the thread.
struct JobBoard::Slot {
  capabilities::Lane lane;
};

JobBoard::JobBoard(Parts parts, std::shared_ptr<const Tenants> tenants)
    : parts_(parts),
      schedule_(parts.configuration.running),
      expiry_(parts.store, parts.artifacts, parts.configuration),
      tasks_(*this) {
  setTenants(std::move(tenants));
  for (uint32_t i = 0; i < parts_.configuration.running; ++i) {
    slots_.push_back(std::make_unique<Slot>());
    freeSlots_.push_back(slots_.back().get());
  }
  tasks_.add(expiry_.forever(parts_.timer));
}

JobBoard::~JobBoard() noexcept(false) = default;

void JobBoard::taskFailed(kj::Exception&& exception) {
  log(Level::kError, "internal-error", {{"message", exception.getDescription().cStr()}});
}

void JobBoard::setTenants(std::shared_ptr<const Tenants> tenants) {
  tenants_ = std::move(tenants);
  for (const auto& [name, tenant] : tenants_->all()) schedule_.setTerms(name, termsOf(*tenant));
}

ApiFault JobBoard::refused(ApiFault fault) {
  ++parts_.metrics.refusedByCode[fault.code];
  return fault;
}

std::shared_ptr<LiveJob> JobBoard::add(std::shared_ptr<LiveJob> job) {
  jobs_.emplace(job->ticket, job);
  byId_.emplace(job->id, job);
  return job;
}

kj::Promise<Stored<size_t>> JobBoard::recover() {
  auto queued = co_await parts_.store.run([](JobStore& store) { return store.queued(); });
  if (!queued) co_return std::unexpected(queued.error());
  size_t again = 0;
  for (QueuedJob& row : *queued) {
    auto job = std::make_shared<LiveJob>();
    job->ticket = nextTicket_++;
    job->number = row.number;
    job->id = std::move(row.id);
    job->tenant = std::move(row.tenant);
    job->priority = row.priority;
    job->submittedMs = row.submittedMs;
    job->submittedNs = steadyNs();
    job->attempts = row.attempts;
    again += row.attempts > 0 ? 1 : 0;
    add(job);
    if (row.attempts >= JobStore::kMaxAttempts) {
      const Fault fault{70, "internal-error", "the job was begun again and again and each time the service ended", ""};
      tasks_.add(storeEnd(job, std::make_shared<JobEnding>(endingOf(fault))).ignoreResult());
      continue;
    }
    schedule_.enqueue(job->tenant, job->ticket, job->priority);
    watchDeadline(job, row.deadlineMs);
  }
  pump();
  co_return again;
}

kj::Promise<Answer<JobBoard::Accepted>> JobBoard::submit(std::shared_ptr<const Tenant> tenant, Submission submission,
                                                         std::string body) {
  auto answer = kj::newPromiseAndFulfiller<Answer<Accepted>>();
  auto told = kj::refcountedWrapper(kj::mv(answer.fulfiller));
  tasks_.add(take(std::move(tenant), std::move(submission), std::move(body))
                 .then([told = told->addWrappedRef()](Answer<Accepted> taken) mutable { told->fulfill(kj::mv(taken)); },
                       [told = told->addWrappedRef()](kj::Exception&& bug) mutable { told->reject(kj::mv(bug)); }));
  return kj::mv(answer.promise);
}

kj::Promise<Answer<JobBoard::Accepted>> JobBoard::take(std::shared_ptr<const Tenant> tenant, Submission submission,
                                                       std::string body) {
  if (draining_) {
    co_return std::unexpected(refused({503, "stopping", "the service stops and takes no more jobs", "", 5}));
  }
  if (const auto seconds = schedule_.overRate(tenant->name, steadyNs())) {
    co_return std::unexpected(
        refused({429, "rate", "this tenant submits jobs faster than it may; try again later", "", *seconds}));
  }
  if (schedule_.isFull(tenant->name) || schedule_.queuedOf(tenant->name) + adding_[tenant->name] >= tenant->queued) {
    co_return std::unexpected(refused(
        {429, "queue-full", "as many jobs of this tenant wait as may; try again later", "", kQueueRetrySeconds}));
  }
  const bool isLong = submission.policyText && submission.policyText->size() > kMaxJudgedHere;
  const auto given = std::make_shared<Submission>(std::move(submission));
  auto judged = isLong ? co_await clerk_.run([given, tenant] { return judgePolicy(*given, *tenant); })
                       : judgePolicy(*given, *tenant);
  if (!judged) co_return std::unexpected(refused(judged.error()));

  auto job = std::make_shared<LiveJob>();
  job->ticket = nextTicket_++;
  job->id = newId();
  job->tenant = tenant->name;
  job->priority = given->priority;
  job->submittedMs = unixMs();
  job->submittedNs = steadyNs();
  std::optional<int64_t> deadlineMs;
  if (given->deadlineNs) {
    const auto inMs = static_cast<int64_t>(*given->deadlineNs / 1'000'000);
    deadlineMs = inMs > INT64_MAX - job->submittedMs ? INT64_MAX : job->submittedMs + inMs;
  }
  const bool now = !draining_ && schedule_.isFree(job->tenant);
  if (now) {
    schedule_.enqueue(job->tenant, job->ticket, job->priority);
    schedule_.pick(steadyNs());
  }
  ++adding_[job->tenant];
  NewJob row{job->id,    job->tenant,           job->priority, job->submittedMs,
             deadlineMs, given->idempotencyKey, given->digest, std::move(body)};
  const auto shared = std::make_shared<const NewJob>(std::move(row));
  const auto store = [shared, now](JobStore& into) {
    return into.add(*shared, now ? JobStore::Begin::kNow : JobStore::Begin::kLater);
  };
  auto added = co_await parts_.store.run(store);
  if (added && added->added == JobStore::Added::kFull) {
    co_await expiry_.expire(shared->request.size());  // what has ended makes room
    added = co_await parts_.store.run(store);
  }
  if (--adding_[job->tenant] == 0) adding_.erase(job->tenant);
  if (!added || added->added != JobStore::Added::kNew) {
    if (now) schedule_.ended(job->tenant, job->ticket, steadyNs());
    pump();
  }
  if (!added) co_return std::unexpected(refused(apiFaultOf(added.error())));
  switch (added->added) {
    case JobStore::Added::kConflict:
      co_return std::unexpected(refused(
          {409, "idempotency-conflict", "another job was submitted under this idempotency key", "idempotencyKey", {}}));
    case JobStore::Added::kFull:
      co_return std::unexpected(refused(
          {429, "storage-full", "the service stores as much as it may; try again later", "", kQueueRetrySeconds}));
    case JobStore::Added::kSame:
      co_return Accepted{live(*tenant, added->existing.id), added->existing.id, false};
    case JobStore::Added::kNew:
      break;
  }
  job->number = added->number;
  add(job);
  watchDeadline(job, deadlineMs);
  if (now) {
    job->state = JobState::kRunning;
    job->attempts = 1;
    job->submission = std::move(*given);
    job->judged = std::move(*judged);
    Slot& slot = *freeSlots_.back();
    freeSlots_.pop_back();
    tasks_.add(attempt(job, slot, true));
  } else {
    schedule_.enqueue(job->tenant, job->ticket, job->priority);
    pump();
  }
  co_return Accepted{job, job->id, true};
}

void JobBoard::pump() {
  while (!draining_ && !freeSlots_.empty()) {
    const auto picked = schedule_.pick(steadyNs());
    if (!picked) return;
    const auto job = jobs_.at(picked->ticket);
    job->state = JobState::kRunning;
    Slot& slot = *freeSlots_.back();
    freeSlots_.pop_back();
    tasks_.add(attempt(job, slot, false));
  }
}

// From its beginning to where its end is stored.
kj::Promise<void> JobBoard::attempt(std::shared_ptr<LiveJob> job, Slot& slot, bool begun) {
  auto ending = co_await perform(job, slot, begun);
  if (ending) {
    co_await storeEnd(job, std::make_shared<JobEnding>(std::move(*ending)));
  } else if (job->ending == EndCause::kShutdown) {
    // Where this is not stored, the next start finds it running, which is the same.
    co_await parts_.store.run([number = job->number](JobStore& store) { return store.requeue(number); }).ignoreResult();
    job->state = JobState::kQueued;
  } else {  // it was not begun
    co_await parts_.timer.afterDelay(kStoreAgain);
    job->state = JobState::kQueued;
    if (!job->ending) schedule_.enqueue(job->tenant, job->ticket, job->priority);
  }
  schedule_.ended(job->tenant, job->ticket, steadyNs());
  freeSlots_.push_back(&slot);
  if (!ending && job->ending && *job->ending != EndCause::kShutdown) {
    tasks_.add(endQueued(job, std::string(sentence(*job->ending))));
  }
  pump();
  if (schedule_.running() == 0) {
    for (auto& waiting : std::exchange(idle_, {})) waiting->fulfill();
  }
}

// Nothing: nothing of it is to be stored as its end.
kj::Promise<std::optional<JobEnding>> JobBoard::perform(std::shared_ptr<LiveJob> job, Slot& slot, bool begun) {
  const uint64_t pickedNs = steadyNs();
  parts_.metrics.wait.observe(static_cast<double>(pickedNs - job->submittedNs) / 1e9);
  std::string request;
  if (!begun) {
    auto stored = co_await parts_.store.run([number = job->number](JobStore& store) { return store.begin(number); });
    if (!stored) {
      static_cast<void>(apiFaultOf(stored.error()));
      co_return std::nullopt;
    }
    if (!*stored) {  // somebody else's hand was in the database
      JobEnding ending;
      ending.state = JobState::kCancelled;
      ending.reason = "it is no longer in the queue";
      co_return ending;
    }
    request = std::move(**stored);
    ++job->attempts;
  }
  job->notify();

  auto done = kj::newPromiseAndCrossThreadFulfiller<Completion>();
  const auto fulfiller = std::make_shared<decltype(done.fulfiller)>(kj::mv(done.fulfiller));
  JobStart wanted{.id = job->id,
                  .tenant = tenants_->named(job->tenant),
                  .request = std::move(request),
                  .submission = std::move(job->submission),
                  .judged = std::move(job->judged),
                  .jobsFolder = parts_.state.jobs(),
                  .auditFolder = parts_.configuration.auditFolder,
                  .output = job->output,
                  .done = [fulfiller](Completion completion) { (*fulfiller)->fulfill(std::move(completion)); }};
  auto start = co_await slot.lane.run([&runtime = parts_.runtime, wanted = std::move(wanted)]() mutable {
    return startJob(runtime, std::move(wanted));
  });
  if (!start) {
    job->output->end();
    co_return endingOf(job->id, start.error());
  }
  job->running = start->id;
  if (job->ending) end(job, *job->ending);

  Completion completion = co_await done.promise;
  job->running = std::nullopt;
  job->output->end();
  const uint64_t endedNs = steadyNs();

  JobEnding ending;
  ending.verdict = completion ? name(completion->verdict) : "fault";
  if (completion) {
    const uint64_t tookNs = endedNs - pickedNs;
    parts_.metrics.run.observe(static_cast<double>(completion->usage.wallNs) / 1e9);
    parts_.metrics.start.observe(static_cast<double>(tookNs - std::min(tookNs, completion->usage.wallNs)) / 1e9);
    if (completion->verdict == Verdict::kCancelled && job->ending) {
      if (*job->ending == EndCause::kShutdown) {
        // Before it could be run again, its folder is gone.
        co_await slot.lane.run([folder = std::move(start->folder)]() mutable {
          folder = nullptr;
          return true;
        });
        co_return std::nullopt;
      }
      ending.state = JobState::kCancelled;
      ending.reason = sentence(*job->ending);
    }
  }
  nlohmann::ordered_json result = resultOf(job->id, std::move(completion), *job->output);

  if (start->folder->folders().empty()) {
    // Nobody waits for its removal.
    tasks_.add(slot.lane
                   .run([folder = std::move(start->folder)]() mutable {
                     folder = nullptr;
                     return true;
                   })
                   .ignoreResult());
  } else {
    const uint64_t most = parts_.configuration.artifactBytes;
    auto collected = co_await slot.lane.run([folder = std::move(start->folder), &files = parts_.artifacts, most] {
      return files.collect(folder->places().folders, folder->folders(), most);
    });
    addArtifacts(job->id, std::move(collected), result, ending);
  }
  ending.result = dumped(result);
  co_return ending;
}

// Tries until it can be stored: a result that was told and is not there afterwards would be a lie.
kj::Promise<bool> JobBoard::storeEnd(std::shared_ptr<LiveJob> job, std::shared_ptr<JobEnding> ending) {
  const int64_t finishedMs = unixMs();
  while (true) {
    const auto stored = co_await parts_.store.run([number = job->number, ending, finishedMs](JobStore& store) {
      return store.finish(number, ending->state, ending->reason, ending->result, finishedMs, ending->artifacts);
    });
    if (stored) break;
    log(Level::kError, "storage", {{"job", job->id}, {"message", stored.error().message}});
    if (draining_) co_return false;  // the next start runs it again
    co_await parts_.timer.afterDelay(kStoreAgain);
  }
  if (!ending->verdict.empty()) ++parts_.metrics.jobsByVerdict[ending->verdict];
  JobRecord record = recordOf(*job);
  record.state = ending->state;
  record.reason = ending->reason;
  record.result = std::move(ending->result);
  record.finishedMs = finishedMs;
  forget(job, std::move(record));
  co_return true;
}

void JobBoard::forget(const std::shared_ptr<LiveJob>& job, JobRecord record) {
  job->state = record.state;
  job->ended = std::move(record);
  job->output->end();
  jobs_.erase(job->ticket);
  byId_.erase(job->id);
  job->deadline = nullptr;
  job->notify();
}

kj::Promise<void> JobBoard::endQueued(std::shared_ptr<LiveJob> job, std::string reason) {
  auto ending = std::make_shared<JobEnding>();
  ending->state = JobState::kCancelled;
  ending->reason = std::move(reason);
  ending->verdict = "cancelled";
  co_await storeEnd(job, ending);
}

void JobBoard::end(std::shared_ptr<LiveJob> job, EndCause cause) {
  if (job->ended) return;
  if (!job->ending) job->ending = cause;
  if (job->state == JobState::kQueued) {
    if (cause == EndCause::kShutdown || !schedule_.remove(job->tenant, job->ticket, job->priority)) return;
    tasks_.add(endQueued(std::move(job), std::string(sentence(cause))));
  } else if (job->running) {
    // It waits for the loop of the Runtime.
    tasks_.add(canceller_
                   .run([&runtime = parts_.runtime, id = *job->running] {
                     runtime.cancel(id);
                     return true;
                   })
                   .ignoreResult());
  }
}

void JobBoard::watchDeadline(const std::shared_ptr<LiveJob>& job, std::optional<int64_t> deadlineMs) {
  if (!deadlineMs) return;
  const int64_t left = std::max<int64_t>(*deadlineMs - unixMs(), 0);
  constexpr int64_t kFarMs = int64_t{1000} * 365 * 24 * 3600;
  job->deadline = parts_.timer.afterDelay(std::min(left, kFarMs) * kj::MILLISECONDS)
                      .then([this, weak = std::weak_ptr<LiveJob>(job)] {
                        if (auto held = weak.lock()) end(std::move(held), EndCause::kDeadline);
                      })
                      .eagerlyEvaluate([this](kj::Exception&& exception) { taskFailed(kj::mv(exception)); });
}

JobRecord JobBoard::recordOf(const LiveJob& job) {
  if (job.ended) return *job.ended;
  JobRecord record;
  record.id = job.id;
  record.state = job.state;
  record.attempts = job.attempts;
  record.submittedMs = job.submittedMs;
  return record;
}

std::shared_ptr<LiveJob> JobBoard::live(const Tenant& tenant, const std::string& id) const {
  const auto found = byId_.find(id);
  return found == byId_.end() || found->second->tenant != tenant.name ? nullptr : found->second;
}

kj::Promise<Answer<JobRecord>> JobBoard::find(std::shared_ptr<const Tenant> tenant, std::string id) {
  if (const auto job = live(*tenant, id)) co_return recordOf(*job);
  auto record = co_await parts_.store.run(
      [name = tenant->name, id = std::move(id)](JobStore& store) { return store.find(name, id); });
  if (!record) co_return std::unexpected(apiFaultOf(record.error()));
  if (!*record) co_return std::unexpected(ApiFault{404, "no-such-job", "there is no job of this id", "", {}});
  co_return std::move(**record);
}

kj::Promise<Answer<std::vector<JobRecord>>> JobBoard::list(std::shared_ptr<const Tenant> tenant,
                                                           std::optional<JobState> state, std::string before,
                                                           size_t most) {
  auto records = co_await parts_.store.run([name = tenant->name, state, before = std::move(before),
                                            most](JobStore& store) { return store.list(name, state, before, most); });
  if (!records) co_return std::unexpected(apiFaultOf(records.error()));
  co_return std::move(*records);
}

kj::Promise<Answer<std::optional<uint64_t>>> JobBoard::artifactSize(std::shared_ptr<const Tenant> tenant,
                                                                    std::string digest) {
  auto size = co_await parts_.store.run(
      [name = tenant->name, digest = std::move(digest)](JobStore& store) { return store.artifact(name, digest); });
  if (!size) co_return std::unexpected(apiFaultOf(size.error()));
  co_return *size;
}

kj::Promise<Answer<JobRecord>> JobBoard::cancel(std::shared_ptr<const Tenant> tenant, std::string id) {
  if (const auto job = live(*tenant, id)) {
    end(job, EndCause::kRequest);
    auto patience = parts_.timer.afterDelay(kCancelPatience).fork();
    bool over = false;
    while (!job->ended && !over) {
      over = co_await job->changed().then([] { return false; }).exclusiveJoin(patience.addBranch().then([] {
        return true;
      }));
    }
    co_return recordOf(*job);
  }
  co_return co_await find(std::move(tenant), std::move(id));
}

kj::Promise<void> JobBoard::drain(kj::Duration patience) {
  draining_ = true;
  KJ_DEFER(drain_.fulfiller->fulfill());
  if (schedule_.running() == 0) co_return;
  auto idle = kj::newPromiseAndFulfiller<void>();
  idle_.push_back(kj::mv(idle.fulfiller));
  auto ended = idle.promise.fork();
  const bool drained =
      co_await ended.addBranch().then([] { return true; }).exclusiveJoin(parts_.timer.afterDelay(patience).then([] {
        return false;
      }));
  if (drained) co_return;
  hurry();
  co_await ended.addBranch();
}

void JobBoard::hurry() {
  draining_ = true;
  for (const auto& [ticket, job] : std::map(jobs_)) {
    if (job->state == JobState::kRunning) end(job, EndCause::kShutdown);
  }
}

}  // namespace runtime::serve
