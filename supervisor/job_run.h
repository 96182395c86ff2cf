#pragma once
// One worker of a job, from its birth to its verdict. Loop thread.
#include <capnp/rpc-twoparty.h>
#include <kj/async-unix.h>
#include <kj/timer.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "capabilities/lane.h"
#include "capabilities/table.h"
#include "extensions/extension.h"
#include "extensions/isolate/workers.h"
#include "ipc/message_guard.h"
#include "ipc/transport/fd_link.h"
#include "ipc/transport/stream.h"
#include "supervisor/authorities.h"
#include "supervisor/children.h"
#include "supervisor/departures.h"
#include "supervisor/door.h"
#include "supervisor/idle_worker.h"
#include "supervisor/job_account.h"
#include "supervisor/module_store.h"
#include "supervisor/registry.h"
#include "supervisor/runtime.h"
#include "supervisor/session.h"
#include "supervisor/verdict.h"
#include "supervisor/worker_groups.h"
#include "supervisor/worker_memory.h"
#include "supervisor/worker_outcome.h"
#include "supervisor/zygote.h"

namespace runtime::supervisor {

class JobRun;

// Gives workers to those who want one.
class WorkerSource {
 public:
  virtual ~WorkerSource() = default;
  virtual kj::Promise<std::expected<WorkerOutcome, Fault>> runWorker(JobRun& run) = 0;
  // For one more worker, in the audit log.
  virtual uint64_t nextNumber() = 0;
};

// What all jobs of a Runtime share. Outlives them.
struct LoopServices {
  kj::UnixEventPort& port;
  kj::Timer& timer;
  const Registry& registry;
  // Where the lanes of ended jobs are given up: one may still be at a slow disk, and nobody waits for it.
  capabilities::Lane& reaper;
  // Where workers are left that have said how they ended.
  Departures& departures;
  // Null: workers are held by their resource limits alone.
  WorkerGroups* groups = nullptr;
  // Null: no worker has children.
  WorkerSource* zygotes = nullptr;
};

struct WorkerLimits {
  uint64_t wallNs, cpuNs, memoryBytes;
};

// Tokens of a child: with all of them the children of a job have as many as its first worker.
inline constexpr size_t kMostChildTokens = capabilities::Table::kMaxMints / Children::kMostLive;

// What a child is started with.
struct ChildStart {
  JobRun* parent;
  uint64_t number;    // of the worker, in the audit log
  std::string entry;  // path under root
  WorkerLimits limits;
  std::shared_ptr<capabilities::Table> table;
  std::shared_ptr<extensions::isolate::Channel> channel;
  std::vector<extensions::isolate::Grant> grants;
};

class JobRun final : private extensions::JobServices, private DoorHost, private SessionHost {
 public:
  // The first worker of a job, or a child of another.
  JobRun(LoopServices services, std::shared_ptr<JobAccount> account, std::optional<ChildStart> child = std::nullopt);
  ~JobRun() noexcept override;

  // In a new worker of this zygote, or in `ready`, one that it has made without bounds. Nothing: it was lost before it
  // had a job. Nothing ran, and another one may be asked. Otherwise once.
  kj::Promise<std::optional<std::expected<WorkerOutcome, Fault>>> run(std::shared_ptr<Zygote> zygote,
                                                                      std::optional<IdleWorker> ready = std::nullopt);
  // Before or while it runs.
  void cancel();
  // The same, for another reason; the first one counts. Its children end with it.
  void kill(Verdict verdict, std::string sentence);

  // To its children, and what drives them.
  JobAccount& account() { return *account_; }
  const std::shared_ptr<JobAccount>& sharedAccount() const { return account_; }
  const LoopServices& services() const { return services_; }
  const std::shared_ptr<capabilities::Table>& sharedTable() const { return table_; }
  Session& session() { return session_; }
  WorkerMemory& memory() { return memory_; }
  const WorkerLimits& limits() const { return limits_; }
  // Null: it is the first worker of its job.
  const ChildStart* childStart() const { return child_ ? &*child_ : nullptr; }
  const Children& children() const { return children_; }
  JobRun& first() { return child_ ? child_->parent->first() : *this; }
  unsigned depth() const { return child_ ? child_->parent->depth() + 1 : 0; }
  const std::string& entry() const { return child_ ? child_->entry : account_->prepared().entry; }
  uint64_t wallLeftNs() const;
  uint64_t cpuLeftNs() const;
  // Since its job was given to it, with all of its children.
  uint64_t cpuNs() const;
  // Time of CPUs passes faster for more workers: whoever watches it, this one and those above it, looks again.
  void watchCpuOfAll();
  // As done by this worker.
  void record(AuditRecord record);

 private:
  struct Connection;

  void giveUpLane();
  kj::Promise<void> watchWall();
  kj::Promise<void> watchCpu();
  kj::Promise<void> watchStart();
  kj::Promise<void> watchProtocol();
  // As if there had been no worker: it ended before it had a job.
  kj::Promise<void> giveBack();
  // `leaving`, the end of the worker: nothing waits for it, as all that it did is in `end`.
  kj::Promise<WorkerOutcome> conclude(std::optional<WorkerEnd> end, const Zygote::Hello& hello,
                                      kj::Maybe<kj::Promise<std::optional<WorkerEnd>>> leaving = nullptr);

  // extensions::JobServices
  capabilities::Lane& lane() override { return *lane_; }
  capabilities::Table& table() override { return *table_; }
  kj::Promise<std::string> readStdin(size_t max) override;
  const std::vector<std::string>& arguments() const override;
  extensions::isolate::Workers* workers() override { return services_.zygotes == nullptr ? nullptr : &children_; }
  std::vector<std::pair<std::string, std::string>> environment(const std::string& module) const override;
  // DoorHost
  void onOffence(std::string offence) override;
  void onInternalError(std::string what) override;
  void onAuditTrouble() override;
  bool closed() const override { return killed_.has_value() || done_.has_value(); }
  Usage& usage() override { return usage_; }
  kj::Timer& timer() override { return services_.timer; }
  uint64_t worker() const override { return child_ ? child_->number : 0; }
  Recorder* recorder() override { return account_->recorder().get(); }
  kj::Canceler& calls() override { return calls_; }
  kj::Promise<Admission::Place> admit() override;
  // SessionHost
  kj::Promise<void> confinementSeen() override;
  void onBegin() override;
  void onOutput(OutputStream stream, std::string_view bytes) override;
  void onDone(SaidDone done, std::optional<JobException> exception) override;

  LoopServices services_;
  const std::shared_ptr<JobAccount> account_;
  const std::optional<ChildStart> child_;
  const WorkerLimits limits_;
  const std::vector<std::string> noArguments_;
  std::unique_ptr<capabilities::Lane> lane_;
  const std::shared_ptr<capabilities::Table> table_;
  mutable Authorities authorities_;
  ModuleStore modules_;
  Session session_;
  std::optional<WorkerProcess> worker_;
  WorkerMemory memory_;
  std::shared_ptr<Zygote> zygote_;  // from which the worker came; outlives it
  std::optional<WorkerGroups::Membership> membership_;
  kj::Maybe<kj::ForkedPromise<void>> joining_;
  Admission admission_;
  kj::Canceler calls_;
  std::unique_ptr<Connection> connection_;

  Usage usage_;
  uint64_t beganNs_ = 0;
  uint64_t cpuAtBeginNs_ = 0;
  uint64_t cpuAtEndNs_ = 0;
  std::optional<KillReason> killed_;
  std::optional<SaidDone> done_;
  std::optional<JobException> exception_;
  kj::Own<kj::PromiseFulfiller<WorkerEnd>> doneSeen_;  // with what it had used when it said how it ended
  kj::Maybe<kj::Promise<void>> wallTask_, cpuTask_, startTask_, protocolTask_, auditTask_;
  Children children_{*this};
};

}  // namespace runtime::supervisor
