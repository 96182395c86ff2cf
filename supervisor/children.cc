#include "supervisor/children.h"

#include <algorithm>
#include <utility>

#include "policies/notation.h"
#include "supervisor/job_run.h"

namespace runtime::supervisor {
namespace {

using extensions::isolate::Channel;
using extensions::isolate::ChildEnd;
using extensions::isolate::Inheritance;
using extensions::isolate::Peer;
using extensions::isolate::Wanted;
using ipc::WireError;

std::unexpected<WireError> fail(std::string code, std::string message) {
  return std::unexpected(WireError{std::move(code), "", "", "", std::move(message)});
}

AuditRecord recordOf(std::string module, std::string right, std::string resource) {
  AuditRecord record;
  record.module = std::move(module);
  record.capability = "isolate";
  record.right = std::move(right);
  record.resource = std::move(resource);
  return record;
}

// As the clock of the job would show it.
uint64_t inSteps(uint64_t ns, uint64_t resolutionNs) { return resolutionNs == 0 ? 0 : ns - ns % resolutionNs; }

ChildEnd endOf(const WorkerOutcome& outcome, uint64_t clockResolutionNs) {
  ChildEnd end;
  end.verdict = name(outcome.decision.verdict);
  end.exitCode = static_cast<uint8_t>(outcome.decision.exitCode);
  if (outcome.decision.verdict == Verdict::kException) {
    const JobException exception = outcome.exception.value_or(JobException{});
    end.exception = {exception.name, exception.message, exception.stack};
  }
  const Usage& usage = outcome.usage;
  end.wallNs = inSteps(usage.wallNs, clockResolutionNs);
  end.cpuNs = inSteps(usage.cpuNs, clockResolutionNs);
  end.peakMemoryBytes = usage.peakMemoryBytes;
  end.calls = usage.calls;
  end.deniedCalls = usage.deniedCalls;
  end.bytesRead = usage.bytesRead;
  end.bytesWritten = usage.bytesWritten;
  return end;
}

// What is said of a limit, and at most what is left.
uint64_t limited(uint64_t said, uint64_t left) {
  return std::max<uint64_t>(said == 0 ? left : std::min(said, left), 1);
}

}  // namespace

Children::~Children() noexcept = default;

kj::Promise<std::expected<std::shared_ptr<Peer>, WireError>> Children::spawn(Wanted wanted) {
  JobAccount& account = parent_.account();
  std::string path;
  std::optional<WireError> unresolved;
  try {
    path = parent_.session().find(wanted.module, wanted.specifier);
  } catch (const kj::Exception& exception) {
    unresolved = ipc::fromException(exception);
    if (!unresolved) throw;
  }
  if (unresolved) co_return std::unexpected(*unresolved);
  if (closed_) co_return fail("ECANCELED", "");
  if (parent_.depth() >= kDeepest) co_return fail("EAGAIN", "children of children are nested too deep");
  if (account.liveChildren >= kMostLive) co_return fail("EAGAIN", "the job has as many workers as it may have at once");
  if (account.childrenEver >= kMostEver) co_return fail("EAGAIN", "the job has had as many workers as it may have");
  if (account.endedBytes() >= kMostEndedBytes) {
    co_return fail("EAGAIN", "what workers of the job said before they ended has not been received");
  }
  const uint64_t least = policies::kLeastMemoryBytes;
  if (wanted.memoryBytes != 0 && wanted.memoryBytes < least) {
    co_return fail("EINVAL", "a worker has at least " + policies::formatSize(least) + " of memory");
  }
  const WorkerLimits& own = parent_.limits();
  const uint64_t share = wanted.memoryBytes == 0 ? std::max(own.memoryBytes / 4, least) : wanted.memoryBytes;
  const uint64_t lent = parent_.memory().lend(least, share);
  if (lent == 0) {
    co_return fail("ENOMEM", "its parent has less than " + policies::formatSize(least) +
                                 " left for it; `limits.memory` of the policy sets what a job has in all");
  }
  const WorkerLimits limits{limited(wanted.wallNs, parent_.wallLeftNs()), limited(wanted.cpuNs, parent_.cpuLeftNs()),
                            lent};
  const uint64_t number = parent_.services().zygotes->nextNumber();
  auto table = std::make_shared<capabilities::Table>(kMostChildTokens);
  auto channel = std::make_shared<Channel>(account.handover(), parent_.sharedTable(), table);
  auto run = std::make_shared<JobRun>(
      parent_.services(), parent_.sharedAccount(),
      ChildStart{&parent_, number, path, limits, std::move(table), channel, std::move(wanted.grants)});
  ++account.liveChildren;
  ++account.childrenEver;
  children_.emplace(number, Child{run, channel, lent});
  parent_.record(recordOf(wanted.module, "spawn", "/" + path));
  tasks_.add(drive(number, std::move(run)));
  parent_.watchCpuOfAll();
  co_return std::make_shared<Peer>(std::move(channel), Peer::Side::kParent, std::move(wanted.module), "/" + path);
}

void Children::terminate(const Peer& child) {
  for (auto& [number, one] : children_) {
    if (one.channel == child.channel()) one.run->kill(Verdict::kCancelled, "its parent ended it");
  }
}

std::expected<std::optional<Inheritance>, WireError> Children::inheritanceOf(const std::string& module) {
  const ChildStart* start = parent_.childStart();
  if (start == nullptr || module != parent_.session().entryModule()) return std::nullopt;
  if (inheritance_) return inheritance_;
  const auto full = [] { return fail("EMFILE", "this job has been given too many capabilities"); };
  const auto table = parent_.sharedTable();
  const auto peer = table->mint(std::make_shared<Peer>(start->channel, Peer::Side::kChild, module, "/" + start->entry));
  if (!peer) return full();
  Inheritance made{*peer, {}};
  for (const auto& grant : start->grants) {
    const auto token = start->channel->handover->pass(start->channel->parentTable, grant.token, table);
    if (!token) return full();
    made.grants.push_back({grant.name, *token});
  }
  return inheritance_ = std::move(made);
}

std::shared_ptr<capabilities::Table> Children::sharedTable() { return parent_.sharedTable(); }

void Children::killAll() {
  closed_ = true;
  for (auto& [number, child] : children_) child.run->kill(Verdict::kCancelled, "its parent has ended");
}

size_t Children::live() const {
  size_t count = children_.size();
  for (const auto& [number, child] : children_) count += child.run->children().live();
  return count;
}

uint64_t Children::cpuNs() const {
  uint64_t sum = ended_.cpuNs;
  for (const auto& [number, child] : children_) sum += child.run->cpuNs();
  return sum;
}

kj::Promise<void> Children::drive(uint64_t number, std::shared_ptr<JobRun> run) {
  std::optional<WorkerOutcome> outcome;
  kj::Maybe<kj::Exception> bug;
  try {
    auto ended = co_await parent_.services().zygotes->runWorker(*run);
    // Where no worker could be made, the parent is told no more than that.
    if (ended) outcome = std::move(*ended);
  } catch (const kj::Exception& exception) {
    bug = kj::cp(exception);
  }
  run = nullptr;
  conclude(number, outcome);
  KJ_IF_MAYBE (exception, bug) taskFailed(kj::cp(*exception));
}

void Children::conclude(uint64_t number, const std::optional<WorkerOutcome>& outcome) {
  const Child child = std::move(children_.at(number));
  children_.erase(number);
  JobAccount& account = parent_.account();
  --account.liveChildren;
  parent_.memory().takeBack(child.lentBytes);
  ChildEnd end;
  end.verdict = name(Verdict::kInternalError);
  end.exitCode = static_cast<uint8_t>(exitCodeOf(Verdict::kInternalError));
  if (outcome) {
    end = endOf(*outcome, account.prepared().policy.engine.clockResolutionNs);
    const Usage& usage = outcome->usage;
    ended_.cpuNs += usage.cpuNs;
    ended_.peakMemoryBytes = std::max(ended_.peakMemoryBytes, usage.peakMemoryBytes);
    ended_.calls += usage.calls;
    ended_.deniedCalls += usage.deniedCalls;
    ended_.bytesRead += usage.bytesRead;
    ended_.bytesWritten += usage.bytesWritten;
  }
  child.run->record(recordOf(child.run->entry(), "end", end.verdict));
  child.channel->end(std::move(end));
  account.addEnded(child.channel);
}

void Children::taskFailed(kj::Exception&& exception) {
  parent_.first().kill(Verdict::kInternalError, exception.getDescription().cStr());
}

}  // namespace runtime::supervisor
