#pragma once
// What belongs to a job and not to one of its workers: what it was made ready with, its quotas, its audit log, its
// input and output. Its workers share it. Loop thread.
#include <kj/timer.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "capabilities/handover.h"
#include "capabilities/view.h"
#include "extensions/isolate/workers.h"
#include "supervisor/audit.h"
#include "supervisor/file_integrity.h"
#include "supervisor/prepared_job.h"
#include "supervisor/recorder.h"
#include "supervisor/standard_input.h"
#include "supervisor/worker_outcome.h"

namespace runtime::supervisor {

class JobAccount {
 public:
  JobAccount(PreparedJob prepared, JobId id, kj::Timer& timer);

  const PreparedJob& prepared() const { return prepared_; }
  const std::shared_ptr<capabilities::JobMeters>& meters() const { return meters_; }
  // Null: nothing is recorded.
  const std::shared_ptr<Recorder>& recorder() const { return recorder_; }
  // Of what its workers load. Never null.
  const std::shared_ptr<FileIntegrity>& integrity() const { return integrity_; }
  AuditLog& audit() { return audit_; }
  StandardInput& standardInput() { return standardInput_; }
  const std::shared_ptr<capabilities::Handover>& handover() const { return handover_; }

  // Workers beside the first.
  size_t liveChildren = 0;
  size_t childrenEver = 0;

  // A child that has ended: what it left to be heard takes memory while a worker holds its peer.
  void addEnded(std::weak_ptr<const extensions::isolate::Channel> channel) { ended_.push_back(std::move(channel)); }
  size_t endedBytes() const;

  enum class Room : uint8_t { kLeft, kNone };
  // kNone: the job has written more than it may; what fits has been taken.
  Room addOutput(OutputStream stream, std::string_view bytes);

  // Seals the audit log and answers what came of the job, which is what came of its first worker. Once, last.
  kj::Promise<Result> conclude(WorkerOutcome outcome);

 private:
  PreparedJob prepared_;
  std::shared_ptr<capabilities::JobMeters> meters_;
  std::shared_ptr<Recorder> recorder_;
  std::shared_ptr<FileIntegrity> integrity_;
  AuditLog audit_;
  StandardInput standardInput_;
  std::shared_ptr<capabilities::Handover> handover_ = std::make_shared<capabilities::Handover>();
  std::vector<std::weak_ptr<const extensions::isolate::Channel>> ended_;
  std::string stdout_;
  std::string stderr_;
  uint64_t outputBytes_ = 0;
};

}  // namespace runtime::supervisor
