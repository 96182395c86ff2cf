#include "supervisor/job_account.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "loader/integrity.h"
#include "policies/decide.h"
#include "policies/notation.h"

namespace runtime::supervisor {
namespace {

std::shared_ptr<capabilities::JobMeters> makeMeters(const policies::Policy& policy) {
  auto meters = std::shared_ptr<capabilities::JobMeters>(new capabilities::JobMeters{
      capabilities::Meter(policy.limits.storageBytes), capabilities::Meter(policy.limits.entries)});
  meters->maxHandles = policy.limits.handles;
  meters->clockResolutionNs = policy.engine.clockResolutionNs;
  meters->frozenNs =
      static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
  return meters;
}

EffectiveLimits effectiveLimits(const policies::Limits& limits) {
  return {policies::formatDuration(limits.wallNs),  policies::formatDuration(limits.cpuNs),
          policies::formatSize(limits.memoryBytes), policies::formatSize(limits.outputBytes),
          std::to_string(limits.handles),           policies::formatSize(limits.storageBytes),
          std::to_string(limits.entries),           policies::formatSize(limits.auditBytes)};
}

// None where nothing is recorded.
FileIntegrity::OnPassed loadsFor(const std::shared_ptr<Recorder>& recorder) {
  if (recorder == nullptr) return {};
  return [recorder](const std::string& path, const FileDigests& digests) {
    recorder->loaded(path, "sha256-" + loader::base64(digests.sha256));
  };
}

}  // namespace

JobAccount::JobAccount(PreparedJob prepared, JobId id, kj::Timer& timer)
    : prepared_(std::move(prepared)),
      meters_(makeMeters(prepared_.policy)),
      recorder_(prepared_.job.onUses ? std::make_shared<Recorder>() : nullptr),
      integrity_(std::make_shared<FileIntegrity>(policies::integrityOf(prepared_.policy), loadsFor(recorder_))),
      audit_(std::move(prepared_.audit), prepared_.policy.limits.auditBytes, std::to_string(id), id,
             prepared_.policy.sha256, timer, prepared_.job.auditDurability),
      standardInput_(std::move(prepared_.job.readStdin)) {}

size_t JobAccount::endedBytes() const {
  size_t sum = 0;
  for (const auto& channel : ended_) {
    if (const auto held = channel.lock()) sum += held->heldBytes();
  }
  return sum;
}

JobAccount::Room JobAccount::addOutput(OutputStream stream, std::string_view bytes) {
  const uint64_t limit = prepared_.policy.limits.outputBytes;
  const uint64_t room = limit - std::min(limit, outputBytes_);
  outputBytes_ += bytes.size();
  const std::string_view fits = bytes.substr(0, room);
  if (prepared_.job.onOutput) {
    if (!fits.empty()) prepared_.job.onOutput(stream, fits);
  } else {
    (stream == OutputStream::kStderr ? stderr_ : stdout_) += fits;
  }
  return outputBytes_ > limit ? Room::kNone : Room::kLeft;
}

kj::Promise<Result> JobAccount::conclude(WorkerOutcome outcome) {
  const AuditSummary audit = co_await audit_.seal(std::string(name(outcome.decision.verdict)));
  if (audit_.failed() && outcome.decision.verdict != Verdict::kInternalError) {
    outcome.decision = {Verdict::kInternalError, exitCodeOf(Verdict::kInternalError),
                        "the audit log could not be written"};
  }
  if (recorder_ != nullptr) prepared_.job.onUses(recorder_->take(prepared_.policy));
  Result result;
  result.verdict = outcome.decision.verdict;
  result.exitCode = outcome.decision.exitCode;
  result.reason = std::move(outcome.decision.reason);
  result.standardOutput = std::move(stdout_);
  result.standardError = std::move(stderr_);
  if (result.verdict == Verdict::kException) result.exception = std::move(outcome.exception);
  result.usage = outcome.usage;
  result.limits = effectiveLimits(prepared_.policy.limits);
  result.policySha256 = prepared_.policy.sha256;
  result.policyFiles = prepared_.policy.files;
  result.auditRecords = audit.records;
  result.auditHead = audit.head;
  result.confinement = std::move(outcome.confinement);
  co_return result;
}

}  // namespace runtime::supervisor
