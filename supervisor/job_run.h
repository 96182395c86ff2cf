#pragma once
// One worker of a job, from its birth to its verdict. Loop thread.
#include <capnp/rpc-twoparty.h>
#include <kj/async-unix.h>
#include <kj/timer.h>

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "capabilities/lane.h"
#include "capabilities/table.h"
#include "extensions/extension.h"
#include "ipc/message_guard.h"
#include "ipc/transport/fd_link.h"
#include "ipc/transport/stream.h"
#include "supervisor/authorities.h"
#include "supervisor/door.h"
#include "supervisor/job_account.h"
#include "supervisor/module_store.h"
#include "supervisor/registry.h"
#include "supervisor/runtime.h"
#include "supervisor/session.h"
#include "supervisor/verdict.h"
#include "supervisor/worker_groups.h"
#include "supervisor/worker_outcome.h"
#include "supervisor/zygote.h"

namespace runtime::supervisor {

// What all jobs of a Runtime share. Outlives them.
struct LoopServices {
  kj::UnixEventPort& port;
  kj::Timer& timer;
  const Registry& registry;
  // Where the lanes of ended jobs are given up: one may still be at a slow disk, and nobody waits for it.
  capabilities::Lane& reaper;
  // Null: workers are held by their resource limits alone.
  WorkerGroups* groups = nullptr;
};

class JobRun final : private extensions::JobServices, private DoorHost, private SessionHost {
 public:
  JobRun(LoopServices services, std::shared_ptr<JobAccount> account);
  ~JobRun() noexcept override;

  // Nothing: the zygote was lost before it had made a worker. Nothing ran, and another one may be asked. Otherwise
  // once.
  kj::Promise<std::optional<std::expected<WorkerOutcome, Fault>>> run(Zygote& zygote);
  // Before or while it runs.
  void cancel();

 private:
  struct Connection;

  void giveUpLane();
  kj::Promise<void> watchWall();
  kj::Promise<void> watchCpu();
  kj::Promise<void> watchStart();
  kj::Promise<void> watchExit();
  kj::Promise<void> watchProtocol();
  void kill(Verdict verdict, std::string sentence);
  kj::Promise<WorkerOutcome> conclude(std::optional<WorkerEnd> end, const Zygote::Hello& hello);

  // extensions::JobServices
  capabilities::Lane& lane() override { return *lane_; }
  capabilities::Table& table() override { return table_; }
  kj::Promise<std::string> readStdin(size_t max) override { return account_->standardInput().read(max); }
  const std::vector<std::string>& arguments() const override { return account_->prepared().job.arguments; }
  std::vector<std::pair<std::string, std::string>> environment(const std::string& module) const override;
  // DoorHost
  void onOffence(std::string offence) override;
  void onInternalError(std::string what) override;
  void onAuditTrouble() override;
  bool closed() const override { return killed_.has_value() || done_.has_value(); }
  Usage& usage() override { return usage_; }
  kj::Timer& timer() override { return services_.timer; }
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
  std::unique_ptr<capabilities::Lane> lane_;
  capabilities::Table table_;
  mutable Authorities authorities_;
  ModuleStore modules_;
  Session session_;
  std::optional<WorkerProcess> worker_;
  const Zygote* zygote_ = nullptr;  // from which the worker came; outlives it
  std::optional<WorkerGroups::Membership> membership_;
  kj::Maybe<kj::ForkedPromise<void>> joining_;
  Admission admission_;
  kj::Canceler calls_;
  std::unique_ptr<Connection> connection_;

  Usage usage_;
  uint64_t beganNs_ = 0;
  uint64_t cpuAtBeginNs_ = 0;
  std::optional<KillReason> killed_;
  std::optional<SaidDone> done_;
  std::optional<JobException> exception_;
  bool lingering_ = false;  // it said how it ended, and was killed because it did not leave
  kj::Maybe<kj::Promise<void>> wallTask_, cpuTask_, startTask_, exitTask_, protocolTask_, auditTask_;
};

}  // namespace runtime::supervisor
