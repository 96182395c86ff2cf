#include "supervisor/job_run.h"

#include <errno.h>
#include <fcntl.h>
#include <kj/debug.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "ipc/wire_error.h"
#include "policies/decide.h"
#include "policies/notation.h"
#include "policies/sandbox/setup_error.h"
#include "policies/sandbox/syscall_rules.h"
#include "supervisor/patience.h"

namespace runtime::supervisor {
namespace {

// A worker is forked and confined in milliseconds; one that says nothing for so long never will.
constexpr auto kStartTimeout = 10 * kj::SECONDS;
// What is still in the pipe of a worker that has died is read within this.
constexpr auto kDrainTimeout = 1 * kj::SECONDS;
constexpr int kLooksAgain = 10;
constexpr auto kLookAgain = 10 * kj::MILLISECONDS;
constexpr size_t kFlowLimitWords = (4 << 20) / sizeof(capnp::word);

uint64_t nowNs() {
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

capnp::ReaderOptions readerOptions() {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 4 * ipc::kMaxMessageWords;
  options.nestingLimit = 16;
  return options;
}

WorkerLimits limitsOf(const policies::Policy& policy) {
  return {policy.limits.wallNs, policy.limits.cpuNs, policy.limits.memoryBytes};
}

// A child holds what it is handed. One of modules that the policy walls off is what their grants are for.
Authorities::Holding holdingOf(const policies::Policy& policy, const std::optional<ChildStart>& child) {
  return child && policies::isolatedBy(policy, child->entry).empty() ? Authorities::Holding::kNothing
                                                                     : Authorities::Holding::kGranted;
}

Fault confinementFault(std::string message) { return {3, "confinement", std::move(message), ""}; }

}  // namespace

// Everything that speaks to the worker. Destroying it drops every call in progress.
struct JobRun::Connection {
  Connection(JobRun& job, os::UniqueFd readEnd, os::UniqueFd writeEnd)
      : link(std::move(readEnd), std::move(writeEnd), job.services_.port),
        stream(link),
        guard(
            stream, job.services_.timer, [this] { return network.getCurrentQueueSize(); },
            [&job](kj::StringPtr offence) { job.onOffence(offence.cStr()); }),
        network(guard, capnp::rpc::twoparty::Side::SERVER, readerOptions()),
        rpc(capnp::makeRpcServer(
            network, capnp::Capability::Client(kj::heap<Door>(job.services_.registry, job.session_,
                                                              static_cast<extensions::JobServices&>(job), *job.table_,
                                                              job.account_->audit(), static_cast<DoorHost&>(job))))) {
    rpc.setFlowLimit(kFlowLimitWords);
  }

  ipc::SupervisorFdLink link;
  ipc::Stream stream;
  ipc::MessageGuard guard;
  capnp::TwoPartyVatNetwork network;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc;
};

JobRun::JobRun(LoopServices services, std::shared_ptr<JobAccount> account, std::optional<ChildStart> child)
    : services_(services),
      account_(std::move(account)),
      child_(std::move(child)),
      limits_(child_ ? child_->limits : limitsOf(account_->prepared().policy)),
      lane_(std::make_unique<capabilities::Lane>()),
      table_(child_ ? child_->table : std::make_shared<capabilities::Table>()),
      authorities_(account_->prepared(), account_->meters(), account_->recorder(),
                   holdingOf(account_->prepared().policy, child_)),
      modules_(account_->prepared(), *lane_, services_.registry.specifiers(), account_->integrity()),
      session_({account_->prepared(), services_.registry, modules_, authorities_, *table_, account_->audit(),
                services_.timer, *this, *this,
                child_ ? std::optional(ChildBeginning{child_->entry, child_->limits.memoryBytes}) : std::nullopt}) {}

JobRun::~JobRun() noexcept {
  calls_.cancel("the job is over");
  connection_ = nullptr;
  worker_.reset();
  table_->endAll();
  // Where the reaper can take no more, the lane ends here and now.
  static_cast<void>(kj::runCatchingExceptions([&] { giveUpLane(); }));
}

void JobRun::giveUpLane() {
  services_.reaper
      .run([lane = std::shared_ptr<capabilities::Lane>(std::move(lane_))]() mutable {
        lane.reset();
        return true;
      })
      .ignoreResult()
      .detach([](kj::Exception&&) {});
}

kj::Promise<std::optional<std::expected<WorkerOutcome, Fault>>> JobRun::run(std::shared_ptr<Zygote> zygote,
                                                                            std::optional<IdleWorker> ready) {
  const bool wasReady = ready.has_value();
  const WorkerBounds bounds{limits_.memoryBytes, (limits_.cpuNs + 999'999'999) / 1'000'000'000 + 1};
  const Zygote::Hello hello = zygote->hello();
  if (ready) {
    if (auto bounded = bound(*ready, *zygote, services_.groups, bounds); !bounded) {
      if (!bounded.error()) co_return std::nullopt;
      co_return std::unexpected(*bounded.error());
    }
  } else {
    auto started = co_await startWorker(*zygote, services_.groups, bounds);
    if (!started) {
      if (!started.error()) co_return std::nullopt;
      co_return std::unexpected(*started.error());
    }
    ready.emplace(std::move(*started));
  }
  worker_.emplace(std::move(ready->process));
  memory_.attach(worker_->pid());
  zygote_ = zygote;
  joining_ = ready->joining.then([this](auto membership) { membership_ = std::move(membership); }).fork();
  auto done = kj::newPromiseAndFulfiller<WorkerEnd>();
  doneSeen_ = kj::mv(done.fulfiller);
  connection_ = std::make_unique<Connection>(*this, std::move(ready->fromWorker), std::move(ready->toWorker));
  startTask_ = watchStart().eagerlyEvaluate(nullptr);
  protocolTask_ = watchProtocol().eagerlyEvaluate(nullptr);
  if (killed_) worker_->kill();  // cancelled meanwhile
  auto ended = worker_->ended().fork();
  bool gone = true;
  const auto end = co_await ended.addBranch().exclusiveJoin(done.promise.then([&gone](WorkerEnd&& atDone) {
    gone = false;
    return std::optional(atDone);
  }));
  memory_.detach();
  if (end) cpuAtEndNs_ = end->userNs + end->systemNs;
  for (auto* task : {&wallTask_, &cpuTask_, &startTask_, &protocolTask_, &auditTask_}) *task = nullptr;
  if (!gone) co_return co_await conclude(end, hello, ended.addBranch());
  // Before it was given its job it was ours, so what it says of itself is believed.
  if (beganNs_ == 0 && !killed_ && end && WIFEXITED(end->status)) {
    if (const auto step = sandbox::stepOfExitStatus(WEXITSTATUS(end->status))) {
      co_return std::unexpected(confinementFault(std::string("a worker could not ") + sandbox::name(*step) +
                                                 "; secure-runtime doctor tells what this host lacks"));
    }
  }
  // Of one that was killed while it waited, the end may be seen only after it was chosen.
  if (wasReady && beganNs_ == 0 && !killed_) {
    co_await giveBack();
    co_return std::nullopt;
  }
  co_await connection_->network.onDisconnect().exclusiveJoin(patience(services_.timer, kDrainTimeout));
  co_return co_await conclude(end, hello);
}

kj::Promise<void> JobRun::giveBack() {
  calls_.cancel("the worker has ended");
  connection_ = nullptr;
  session_.withdraw();
  KJ_IF_MAYBE (joining, joining_) co_await joining->addBranch();
  joining_ = nullptr;
  if (membership_) co_await services_.groups->dismiss(std::move(*membership_));
  membership_.reset();
  worker_.reset();
  zygote_ = nullptr;
  cpuAtEndNs_ = 0;
}

kj::Promise<WorkerOutcome> JobRun::conclude(std::optional<WorkerEnd> end, const Zygote::Hello& hello,
                                            kj::Maybe<kj::Promise<std::optional<WorkerEnd>>> leaving) {
  const uint64_t wallNs = beganNs_ == 0 ? 0 : nowNs() - beganNs_;
  // An answer, be it that a call was cancelled, would have the worker leave at once.
  os::UniqueFd pipe = leaving == nullptr ? os::UniqueFd() : connection_->link.mute();
  if (leaving != nullptr && children_.live() > 0) worker_->kill();  // they may take longer
  calls_.cancel("the job is over");
  co_await kj::evalLast([] {});  // what was cancelled is answered while there is a connection to answer on
  connection_ = nullptr;
  children_.killAll();
  co_await children_.over();
  table_->endAll();
  account_->audit().handlesUsed(*table_);
  Ending ending{killed_, end ? std::optional(end->status) : std::nullopt, done_};
  KJ_IF_MAYBE (joining, joining_) co_await joining->addBranch();
  std::string memoryLimit = "rlimit";
  if (membership_) memoryLimit = sandbox::name(membership_->hierarchy());
  KJ_IF_MAYBE (leaves, leaving) {
    services_.departures.add({.zygote = zygote_,
                              .worker = std::move(*worker_),
                              .pipe = std::move(pipe),
                              .ended = kj::mv(*leaves),
                              .groups = services_.groups,
                              .membership = std::move(membership_)});
    worker_.reset();
  } else if (membership_) {
    ending.killedForMemory = co_await services_.groups->dismiss(std::move(*membership_));
  }
  WorkerOutcome outcome;
  outcome.decision = decide(ending);
  outcome.exception = std::move(exception_);
  usage_.wallNs = wallNs;
  if (end) {
    usage_.cpuNs = end->userNs + end->systemNs;
    usage_.peakMemoryBytes = end->peakBytes - std::min(end->peakBytes, hello.codeBytes);
  }
  const Usage& childrens = children_.endedUsage();
  usage_.cpuNs += childrens.cpuNs;
  usage_.peakMemoryBytes = std::max(usage_.peakMemoryBytes, childrens.peakMemoryBytes);
  usage_.calls += childrens.calls;
  usage_.deniedCalls += childrens.deniedCalls;
  usage_.bytesRead += childrens.bytesRead;
  usage_.bytesWritten += childrens.bytesWritten;
  outcome.usage = usage_;
  Confinement& confinement = outcome.confinement;
  confinement.seccomp = true;
  confinement.noNewPrivs = true;
  confinement.jit = account_->prepared().policy.engine.jit;
  confinement.mdwe = hello.mdwe;
  confinement.systemCalls = sandbox::systemCallsAllowed(confinement.jit ? sandbox::Jit::kOn : sandbox::Jit::kOff);
  confinement.landlockAbi = hello.landlockAbi;
  confinement.ownKeyring = hello.ownKeyring;
  confinement.noStoreBypass = hello.noStoreBypass;
  confinement.noIndirectBranch = hello.noIndirectBranch;
  confinement.memoryLimit = std::move(memoryLimit);
  confinement.namespaces = hello.namespaces;
  co_return outcome;
}

void JobRun::kill(Verdict verdict, std::string sentence) {
  if (!killed_) killed_ = KillReason{verdict, std::move(sentence)};
  children_.killAll();
  if (worker_) worker_->kill();
}

uint64_t JobRun::wallLeftNs() const {
  const uint64_t passed = beganNs_ == 0 ? 0 : nowNs() - beganNs_;
  return limits_.wallNs - std::min(limits_.wallNs, passed);
}

uint64_t JobRun::cpuLeftNs() const { return limits_.cpuNs - std::min(limits_.cpuNs, cpuNs()); }

uint64_t JobRun::cpuNs() const {
  const uint64_t used = std::max(cpuAtEndNs_, worker_ ? worker_->cpuNs().value_or(0) : 0);
  return used - std::min(used, cpuAtBeginNs_) + children_.cpuNs();
}

void JobRun::watchCpuOfAll() {
  if (cpuTask_ != nullptr) cpuTask_ = watchCpu().eagerlyEvaluate(nullptr);
  if (child_) child_->parent->watchCpuOfAll();
}

void JobRun::record(AuditRecord record) {
  AuditLog& audit = account_->audit();
  record.worker = worker();
  audit.add(std::move(record));
  if (audit.overLimit() || audit.failed()) onAuditTrouble();
}

// A child has neither input nor arguments.
kj::Promise<std::string> JobRun::readStdin(size_t max) {
  if (child_) return std::string();
  return account_->standardInput().read(max);
}

const std::vector<std::string>& JobRun::arguments() const {
  return child_ ? noArguments_ : account_->prepared().job.arguments;
}

void JobRun::cancel() { kill(Verdict::kCancelled, "the job was cancelled"); }

kj::Promise<void> JobRun::watchStart() {
  co_await patience(services_.timer, kStartTimeout);
  kill(Verdict::kInternalError, "the worker did not ask for its job in time");
}

kj::Promise<void> JobRun::watchWall() {
  const uint64_t wallNs = limits_.wallNs;
  co_await services_.timer.afterDelay(static_cast<int64_t>(wallNs) * kj::NANOSECONDS);
  kill(Verdict::kWallLimit,
       "the job ran longer than " + policies::formatDuration(wallNs) + "; `limits.wall` of the policy sets it");
}

// CPU time of one worker cannot pass faster than time: the next look is when the limit could be reached at the
// earliest.
kj::Promise<void> JobRun::watchCpu() {
  const uint64_t limit = limits_.cpuNs;
  for (;;) {
    if (!worker_->cpuNs()) co_return;
    const uint64_t used = cpuNs();
    if (used >= limit) break;
    const auto remaining = static_cast<int64_t>((limit - used) / (1 + children_.live())) * kj::NANOSECONDS;
    co_await services_.timer.afterDelay(std::max<kj::Duration>(remaining, 1 * kj::MILLISECONDS));
  }
  kill(Verdict::kCpuLimit, "the job used more than " + policies::formatDuration(limit) +
                               " of CPU time; `limits.cpu` of the policy sets it");
}

// The RPC system hangs up on what the guard lets pass and it cannot make sense of. A worker that left is no offender.
kj::Promise<void> JobRun::watchProtocol() {
  co_await connection_->network.onDisconnect();
  if (!connection_->link.ended() && !connection_->guard.writeFailed()) onOffence("the worker broke the protocol");
}

std::vector<std::pair<std::string, std::string>> JobRun::environment(const std::string& module) const {
  std::vector<std::pair<std::string, std::string>> variables;
  const auto authority = authorities_.of(module);
  if (!authority) return variables;
  for (const std::string& name : (*authority)->environment) {
    if (const char* value = getenv(name.c_str())) variables.emplace_back(name, value);
  }
  if (account_->recorder() != nullptr) {
    std::vector<std::string> names;
    for (const auto& [name, value] : variables) names.push_back(name);
    account_->recorder()->handed(module, names);
  }
  return variables;
}

// What a worker does after its last word is not heard.
void JobRun::onOffence(std::string offence) {
  if (!done_) kill(Verdict::kViolation, std::move(offence));
}

void JobRun::onInternalError(std::string what) { first().kill(Verdict::kInternalError, std::move(what)); }

void JobRun::onAuditTrouble() {
  if (account_->audit().failed()) {
    first().kill(Verdict::kInternalError, "the audit log could not be written");
  } else {
    first().kill(Verdict::kOutputLimit, "the job's audit log is over its limit; `limits.audit` of the policy sets it");
  }
}

// The time until here is the start's, so no limit of the job's runs yet.
kj::Promise<void> JobRun::confinementSeen() {
  KJ_IF_MAYBE (joining, joining_) co_await joining->addBranch();
  auto seen = zygote_->confined(*worker_);
  // A process that is killed gives up its filter before it counts as ended: then it is gone in a moment.
  for (int i = 0; i < kLooksAgain && !seen; ++i) {
    co_await services_.timer.afterDelay(kLookAgain);
    seen = zygote_->confined(*worker_);
  }
  if (!seen) kill(Verdict::kInternalError, "the worker is not confined: " + seen.error());
  // One that has ended gets no job, either; its end says how.
  if (!seen || *seen == Zygote::WorkerSeen::kEnded) {
    kj::throwFatalException(ipc::toException({"ECANCELED", "", "", "", ""}));
  }
}

kj::Promise<Admission::Place> JobRun::admit() {
  return admission_.enter().then([this](Admission::Place place) -> kj::Promise<Admission::Place> {
    if (connection_ == nullptr) return ipc::toException({"ECANCELED", "", "", "", ""});
    return connection_->guard.roomToSend().then(
        [place = kj::mv(place)]() mutable { return Admission::Place(kj::mv(place)); });
  });
}

void JobRun::onBegin() {
  startTask_ = nullptr;
  beganNs_ = nowNs();
  cpuAtBeginNs_ = worker_->cpuNs().value_or(0);
  wallTask_ = watchWall().eagerlyEvaluate(nullptr);
  cpuTask_ = watchCpu().eagerlyEvaluate(nullptr);
  auditTask_ = account_->audit().trouble().then([this] { onAuditTrouble(); }).eagerlyEvaluate(nullptr);
  account_->audit().begin(account_->prepared().entry);
}

void JobRun::onOutput(OutputStream stream, std::string_view bytes) {
  if (done_) return;
  if (account_->addOutput(stream, bytes) == JobAccount::Room::kLeft) return;
  first().kill(Verdict::kOutputLimit, "the job wrote more than " +
                                          policies::formatSize(account_->prepared().policy.limits.outputBytes) +
                                          " of output; `limits.output` of the policy sets it");
}

void JobRun::onDone(SaidDone done, std::optional<JobException> exception) {
  done_ = done;
  exception_ = std::move(exception);
  children_.killAll();
  // It has ended in time, however long the kernel takes to give back its memory.
  wallTask_ = nullptr;
  cpuTask_ = nullptr;
  const auto cpuNs = worker_->cpuNs();
  const auto peakBytes = worker_->peakBytes();
  if (cpuNs && peakBytes) {
    doneSeen_->fulfill({.status = 0, .userNs = *cpuNs, .systemNs = 0, .peakBytes = *peakBytes});
  } else {
    worker_->kill();  // it has died meanwhile, or nearly: its end will tell
  }
}

}  // namespace runtime::supervisor
