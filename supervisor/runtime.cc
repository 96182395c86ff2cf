#include "supervisor/runtime.h"

#include <capnp/message.h>
#include <errno.h>
#include <kj/async-io.h>
#include <kj/async-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <list>
#include <map>
#include <thread>

#include "extensions/fs/host.h"
#include "extensions/isolate/host.h"
#include "extensions/job/host.h"
#include "supervisor/departures.h"
#include "supervisor/job_run.h"
#include "supervisor/prepared_job.h"
#include "supervisor/registry.h"
#include "supervisor/zygote.h"

namespace runtime {
namespace {

using supervisor::JobAccount;
using supervisor::JobRun;
using supervisor::PreparedJob;
using supervisor::Registry;
using supervisor::WorkerOutcome;
using supervisor::Zygote;

// How often a zygote that was lost before it had made a worker is replaced for it.
constexpr int kMaxZygotesOfWorker = 4;
constexpr std::string_view kZygoteName = "secure-runtime-zygote";

// Another worker is made in place of one that a job took once no job runs, and at the latest after kRefillPause. What a
// job leaves behind, its result and its worker, is given kSettling first.
constexpr auto kRefillPause = 50 * kj::MILLISECONDS;
constexpr auto kSettling = 8 * kj::MILLISECONDS;
constexpr auto kReadyTimeout = 10 * kj::SECONDS;
constexpr auto kRefillAgain = 200 * kj::MILLISECONDS;

// A loop that always has something to do would never look at its descriptors and timers: a worker that floods it would
// take it from all others, and from its own deadline. A message is a handful of events.
constexpr unsigned kMaxEventsPerPoll = 16;

std::string ownExecutable() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

// Beside this executable as built, in ../libexec/secure-runtime as installed.
std::expected<std::string, Fault> findZygote(const Options& options) {
  if (!options.zygote.empty()) return options.zygote;
  const std::filesystem::path folder = std::filesystem::path(ownExecutable()).parent_path();
  for (const auto& candidate : {folder / kZygoteName, folder.parent_path() / "libexec/secure-runtime" / kZygoteName}) {
    if (access(candidate.c_str(), X_OK) == 0) return candidate.string();
  }
  return std::unexpected(Fault{3, "confinement",
                               "the executable secure-runtime-zygote is not beside this one; build or install both",
                               folder.string()});
}

std::vector<std::unique_ptr<extensions::Extension>> ownExtensions() {
  std::vector<std::unique_ptr<extensions::Extension>> all;
  all.push_back(extensions::fs::makeExtension());
  all.push_back(extensions::job::makeExtension());
  all.push_back(extensions::isolate::makeExtension());
  return all;
}

}  // namespace

// Members beneath `loop thread` belong to the thread that runs main().
class Runtime::Impl : private supervisor::WorkerSource {
 public:
  explicit Impl(Options options) : options_(std::move(options)), zygote_(options_.zygote), registry_(ownExtensions()) {}

  // Once, first. The error is for a person: what the thread of the loop could not be given.
  std::expected<void, std::string> begin() {
    std::promise<std::expected<void, std::string>> ready;
    auto isReady = ready.get_future();
    try {
      thread_ = std::thread([this, &ready] { main(ready); });
    } catch (const std::system_error& error) {
      return std::unexpected("no thread can be made: " + std::string(error.what()));
    }
    return isReady.get();
  }

  ~Impl() noexcept override {
    if (!thread_.joinable()) return;
    if (executor_.get() != nullptr)
      executor_->executeSync([this] {
        for (auto& [id, job] : jobs_) job->cancel();
        ending_ = true;
        endIfIdle();
      });
    thread_.join();
  }

  JobId start(Job job, std::function<void(Completion)> done) {
    const JobId id = nextId_++;
    auto prepared = supervisor::prepare(std::move(job), {zygote_, ownExecutable()});
    if (!prepared) {
      done(std::unexpected(prepared.error()));
      return id;
    }
    executor_->executeSync([&] { launch(id, std::move(*prepared), std::move(done)); });
    return id;
  }

  Statistics statistics() const {
    Statistics all{zygotesStarted_, workersReady_, jobsFromReady_, jobsStarted_, {}};
    for (const Registry::Entry& entry : registry_.entries()) {
      all.calls.push_back({std::string(entry.extension->name()), entry.calls->allowed, entry.calls->denied});
    }
    return all;
  }

  void cancel(JobId id) {
    executor_->executeSync([this, id] {
      if (const auto found = jobs_.find(id); found != jobs_.end()) found->second->cancel();
    });
  }

 private:
  using SharedZygote = std::shared_ptr<kj::Own<Zygote>>;
  using Start = std::expected<SharedZygote, Fault>;
  struct Slot {
    uint64_t id;
    kj::ForkedPromise<Start> start;
    kj::Promise<void> watch;
    uint64_t workers = 0;  // that it was asked for
  };
  // One that waits for a job.
  struct Ready {
    SharedZygote zygote;  // outlives the worker
    uint64_t slot;
    supervisor::IdleWorker worker;
    kj::Promise<void> watch;  // of its end
  };

  // --- loop thread ---

  void main(std::promise<std::expected<void, std::string>>& ready) {
    // A worker that has died closes its pipe: that is an error of write(2), not a signal. Other signals belong to the
    // embedding program's threads.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    kj::Maybe<kj::AsyncIoContext> made;
    KJ_IF_MAYBE (failed, kj::runCatchingExceptions([&made] { made = kj::setupAsyncIo(); })) {
      // The last part of the description is the system's own word.
      const std::string_view what = failed->getDescription().cStr();
      ready.set_value(std::unexpected("no event loop can be made: " + std::string(what.substr(what.rfind(": ") + 2))));
    }
    KJ_IF_MAYBE (io, made) serve(*io, ready);
  }

  void serve(kj::AsyncIoContext& io, std::promise<std::expected<void, std::string>>& ready) {
    io.waitScope.setBusyPollInterval(kMaxEventsPerPoll);
    capabilities::Lane reaper;
    try {
      // Its thread is made now, where a lack of threads can still be told.
      reaper.run([] { return true; }).wait(io.waitScope);
    } catch (const kj::Exception& exception) {
      ready.set_value(std::unexpected("no thread can be made: " + std::string(exception.getDescription().cStr())));
      return;
    }
    reaper_ = &reaper;
    supervisor::WorkerGroups groups;
    groups_ = &groups;
    port_ = &io.unixEventPort;
    timer_ = &io.provider->getTimer();
    supervisor::Departures departures(*timer_);
    departures_ = &departures;
    executor_ = kj::getCurrentThreadExecutor().addRef();
    auto end = kj::newPromiseAndFulfiller<void>();
    end_ = kj::mv(end.fulfiller);
    kj::TaskSet tasks(errors_);
    tasks_ = &tasks;
    if (options_.readyWorkers > 0) tasks.add(keepReady());
    if (options_.zygoteAge.count() > 0) tasks.add(replaceOldZygotes());
    slotFor(engineDefault_);  // most jobs want this one: it starts while the first policy is read
    ready.set_value({});
    end.promise.wait(io.waitScope);
    tasks.clear();
    jobs_.clear();
    ready_.clear();
    slots_.clear();
    departures.over().wait(io.waitScope);
    groups.close().wait(io.waitScope);
  }

  void launch(JobId id, PreparedJob prepared, std::function<void(Completion)> done) {
    auto account = std::make_shared<JobAccount>(std::move(prepared), id, *timer_);
    auto run = std::make_shared<JobRun>(
        supervisor::LoopServices{*port_, *timer_, registry_, *reaper_, *departures_, groups_, this}, account);
    jobs_.emplace(id, run);
    tasks_->add(drive(id, std::move(account), std::move(run), std::move(done)));
  }

  kj::Promise<void> drive(JobId id, std::shared_ptr<JobAccount> account, std::shared_ptr<JobRun> run,
                          std::function<void(Completion)> done) {
    Completion completion;
    kj::Maybe<kj::Exception> bug;
    try {
      auto outcome = co_await runWorker(*run);
      if (outcome) {
        completion = co_await account->conclude(std::move(*outcome));
      } else {
        completion = std::unexpected(outcome.error());
      }
    } catch (const kj::Exception& exception) {
      bug = kj::cp(exception);
    }
    KJ_IF_MAYBE (exception, bug) {
      completion = std::unexpected(Fault{70, "internal-error", exception->getDescription().cStr(), ""});
    }
    jobs_.erase(id);
    run = nullptr;
    account = nullptr;
    done(std::move(completion));
    onJobEnd();
  }

  // supervisor::WorkerSource
  uint64_t nextNumber() override { return nextId_++; }
  kj::Promise<std::expected<WorkerOutcome, Fault>> runWorker(JobRun& run) override {
    const bool jit = run.account().prepared().policy.engine.jit;
    if (run.childStart() == nullptr) ++jobsStarted_;
    while (jit == engineDefault_ && !ready_.empty()) {
      Ready ready = takeReady();
      if (auto ended = co_await run.run(shared(ready.zygote), std::move(ready.worker))) {
        if (run.childStart() == nullptr) ++jobsFromReady_;
        co_return std::move(*ended);
      }
    }
    co_await departures_->room();
    for (int i = 0; i < kMaxZygotesOfWorker; ++i) {
      Slot& slot = slotFor(jit);
      const uint64_t slotId = slot.id;
      countWorker(jit, slot);
      Start zygote = co_await slot.start.addBranch();
      if (!zygote) co_return std::unexpected(zygote.error());
      if (auto ended = co_await run.run(shared(*zygote))) co_return std::move(*ended);
      forget(jit, slotId);
    }
    co_return std::unexpected(Fault{3, "confinement", "zygotes are lost as soon as they are made", ""});
  }

  static std::shared_ptr<Zygote> shared(const SharedZygote& zygote) { return {zygote, zygote->get()}; }

  Slot& slotFor(bool jit) {
    if (const auto found = slots_.find(jit); found != slots_.end()) return found->second;
    const uint64_t id = nextSlotId_++;
    auto start = startZygote(jit).fork();
    auto watch = watchZygote(jit, id, start.addBranch()).eagerlyEvaluate(nullptr);
    return slots_.emplace(jit, Slot{id, kj::mv(start), kj::mv(watch), 0}).first->second;
  }

  Ready takeReady() {
    Ready ready = std::move(ready_.front());
    ready.watch = nullptr;
    ready_.pop_front();
    workersReady_ = ready_.size();
    wakeKeeper();
    return ready;
  }

  // Those that were killed while they waited.
  void sweepReady() {
    std::erase_if(ready_, [](const Ready& each) { return each.worker.process.hasEnded(); });
    workersReady_ = ready_.size();
    wakeKeeper();
  }

  void wakeKeeper() {
    if (keeper_.get() != nullptr) keeper_->fulfill();
  }

  // One at a time, and after a short job rather than during it: what is made ahead of need delays none that runs.
  kj::Promise<void> keepReady() {
    while (true) {
      // Of a zygote that was replaced they are given up once there are others.
      size_t current = 0;
      const auto slot = slots_.find(engineDefault_);
      for (const Ready& each : ready_) current += slot != slots_.end() && each.slot == slot->second.id ? 1 : 0;
      if (ending_ || current >= options_.readyWorkers) {
        if (ready_.size() > current) ready_.pop_front();
        workersReady_ = ready_.size();
        if (ready_.size() > current) continue;
        auto wake = kj::newPromiseAndFulfiller<void>();
        keeper_ = kj::mv(wake.fulfiller);
        co_await wake.promise;
        if (!jobs_.empty()) {
          auto idle = kj::newPromiseAndFulfiller<void>();
          idle_ = kj::mv(idle.fulfiller);
          co_await idle.promise.exclusiveJoin(timer_->afterDelay(kRefillPause));
        }
        co_await timer_->afterDelay(kSettling);
        continue;
      }
      const bool made = co_await makeReady().catch_([](kj::Exception&& exception) {
        KJ_LOG(ERROR, exception);  // the next may be made
        return false;
      });
      if (!made) co_await timer_->afterDelay(kRefillAgain);
    }
  }

  kj::Promise<bool> makeReady() {
    co_await departures_->room();
    Slot& slot = slotFor(engineDefault_);
    const uint64_t slotId = slot.id;
    countWorker(engineDefault_, slot);
    const Start zygote = co_await slot.start.addBranch();
    if (!zygote) co_return false;
    auto started = co_await supervisor::startWorker(***zygote, groups_, std::nullopt);
    if (!started) {
      if (!started.error()) forget(engineDefault_, slotId);
      co_return false;
    }
    // It is ready once it asks for a job: what it does to itself is done then.
    auto joining = started->joining.eagerlyEvaluate(nullptr);
    bool asked = false;
    {
      kj::UnixEventPort::FdObserver asks(*port_, started->fromWorker.get(),
                                         kj::UnixEventPort::FdObserver::OBSERVE_READ);
      asked = co_await asks.whenBecomesReadable()
                  .then([] { return true; })
                  .exclusiveJoin(timer_->afterDelay(kReadyTimeout).then([] { return false; }));
    }
    if (!asked || started->process.hasEnded()) co_return false;
    auto end = kj::heap<kj::UnixEventPort::FdObserver>(*port_, started->process.pidfd(),
                                                       kj::UnixEventPort::FdObserver::OBSERVE_READ);
    // Not from within its own promise.
    auto watch = end->whenBecomesReadable()
                     .then([this] { tasks_->add(kj::evalLater([this] { sweepReady(); })); })
                     .attach(kj::mv(end))
                     .eagerlyEvaluate(nullptr);
    ready_.push_back(Ready{
        *zygote,
        slotId,
        {std::move(started->process), std::move(started->fromWorker), std::move(started->toWorker), kj::mv(joining)},
        kj::mv(watch)});
    workersReady_ = ready_.size();
    co_return true;
  }

  void countWorker(bool jit, Slot& slot) {
    if (options_.zygoteWorkers == 0 || ++slot.workers % options_.zygoteWorkers != 0) return;
    tasks_->add(replace(jit, slot.id));
  }

  kj::Promise<void> replaceOldZygotes() {
    while (true) {
      co_await timer_->afterDelay(options_.zygoteAge.count() * kj::NANOSECONDS);
      std::vector<std::pair<bool, uint64_t>> all;
      for (const auto& [jit, slot] : slots_) all.emplace_back(jit, slot.id);
      for (const auto& [jit, id] : all) co_await replace(jit, id);
    }
  }

  // The next is started first, so that there is always one.
  kj::Promise<void> replace(bool jit, uint64_t id) {
    const uint64_t nextId = nextSlotId_++;
    Start next = co_await startZygote(jit);
    const auto found = slots_.find(jit);
    // Another has its place already; or it goes on, as there is no other.
    if (!next || found == slots_.end() || found->second.id != id) co_return;
    const Start old = co_await found->second.start.addBranch();
    const auto still = slots_.find(jit);
    if (still == slots_.end() || still->second.id != id) co_return;
    kj::Promise<Start> begun(next);
    auto start = begun.fork();
    auto watch = watchZygote(jit, nextId, start.addBranch()).eagerlyEvaluate(nullptr);
    still->second = Slot{nextId, kj::mv(start), kj::mv(watch), 0};
    if (old) (**old)->retire();
    wakeKeeper();
  }

  // Without effect where another has its place already.
  void forget(bool jit, uint64_t id) {
    if (const auto found = slots_.find(jit); found != slots_.end() && found->second.id == id) slots_.erase(found);
  }

  kj::Promise<Start> startZygote(bool jit) {
    capnp::MallocMessageBuilder message;
    auto boot = message.initRoot<ipc::Boot>();
    boot.setJit(jit);
    boot.setManyWorkers(options_.manyJobs);
    boot.setHugePages(options_.hugePages);
    registry_.fill(boot);
    ++zygotesStarted_;
    const auto anticipation = groups_->anticipate(*timer_).eagerlyEvaluate(nullptr);
    auto started = co_await Zygote::start(*port_, *timer_, {zygote_, {}, 10 * kj::SECONDS}, boot.asReader());
    if (!started) co_return std::unexpected(Fault{3, "confinement", started.error().message, ""});
    co_return std::make_shared<kj::Own<Zygote>>(kj::mv(*started));
  }

  // A zygote that is lost, or never came to be, is replaced when the next job asks for one.
  kj::Promise<void> watchZygote(bool jit, uint64_t id, kj::Promise<Start> starting) {
    try {
      const Start start = co_await starting;
      if (start) co_await (**start)->onEnd();
    } catch (const kj::Exception&) {  // the job that asked for it is told
    }
    tasks_->add(kj::evalLater([this, jit, id] { forget(jit, id); }));
  }

  void onJobEnd() {
    if (jobs_.empty() && idle_.get() != nullptr) idle_->fulfill();
    endIfIdle();
  }

  void endIfIdle() {
    if (ending_ && jobs_.empty()) end_->fulfill();
  }

  struct Errors final : kj::TaskSet::ErrorHandler {
    void taskFailed(kj::Exception&& exception) override { KJ_LOG(ERROR, exception); }
  };

  const Options options_;
  const std::string zygote_;
  const Registry registry_;
  static constexpr bool engineDefault_ = true;
  std::atomic<JobId> nextId_{1};
  std::thread thread_;
  kj::Own<const kj::Executor> executor_;
  std::atomic<uint64_t> zygotesStarted_{0}, workersReady_{0}, jobsFromReady_{0}, jobsStarted_{0};

  // loop thread
  kj::UnixEventPort* port_ = nullptr;
  kj::Timer* timer_ = nullptr;
  capabilities::Lane* reaper_ = nullptr;
  supervisor::WorkerGroups* groups_ = nullptr;
  supervisor::Departures* departures_ = nullptr;
  kj::TaskSet* tasks_ = nullptr;
  Errors errors_;
  std::map<bool, Slot> slots_;
  uint64_t nextSlotId_ = 1;
  std::list<Ready> ready_;
  kj::Own<kj::PromiseFulfiller<void>> keeper_;  // wakes keepReady()
  kj::Own<kj::PromiseFulfiller<void>> idle_;    // tells it that no job runs
  std::map<JobId, std::shared_ptr<JobRun>> jobs_;
  kj::Own<kj::PromiseFulfiller<void>> end_;
  bool ending_ = false;
};

Runtime::Runtime(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Runtime::~Runtime() = default;

std::expected<std::unique_ptr<Runtime>, Fault> Runtime::create(Options options) {
  auto zygote = findZygote(options);
  if (!zygote) return std::unexpected(zygote.error());
  options.zygote = std::move(*zygote);
  auto impl = std::make_unique<Impl>(std::move(options));
  if (auto begun = impl->begin(); !begun)
    return std::unexpected(Fault{3, "resources", begun.error() + "; see the limits of this process (ulimit -a)", ""});
  return std::unique_ptr<Runtime>(new Runtime(std::move(impl)));
}

JobId Runtime::start(Job job, std::function<void(Completion)> done) {
  return impl_->start(std::move(job), std::move(done));
}

Completion Runtime::run(Job job) {
  std::promise<Completion> result;
  start(std::move(job), [&result](Completion completion) { result.set_value(std::move(completion)); });
  return result.get_future().get();
}

void Runtime::cancel(JobId id) { impl_->cancel(id); }

Statistics Runtime::statistics() const { return impl_->statistics(); }

}  // namespace runtime
