#pragma once
// The children of one worker: workers that a module of it has started by runtime:isolate. They share the job's account
// and get parts of what their parent has; none outlives it. Loop thread.
#include <kj/async.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "extensions/isolate/workers.h"
#include "supervisor/worker_outcome.h"

namespace runtime::supervisor {

class JobRun;

class Children final : public extensions::isolate::Workers, private kj::TaskSet::ErrorHandler {
 public:
  // Of one job, at once and in all.
  static constexpr size_t kMostLive = 8;
  static constexpr size_t kMostEver = 256;
  // Children of children, from the job's first worker on.
  static constexpr unsigned kDeepest = 4;
  // Of what ended ones of one job left to be heard: with as much there are no further ones.
  static constexpr size_t kMostEndedBytes = 4 << 20;

  // Borrows it.
  explicit Children(JobRun& parent) : parent_(parent) {}
  ~Children() noexcept override;

  // extensions::isolate::Workers
  kj::Promise<std::expected<std::shared_ptr<extensions::isolate::Peer>, ipc::WireError>> spawn(
      extensions::isolate::Wanted wanted) override;
  void terminate(const extensions::isolate::Peer& child) override;
  std::expected<std::optional<extensions::isolate::Inheritance>, ipc::WireError> inheritanceOf(
      const std::string& module) override;
  std::shared_ptr<capabilities::Table> sharedTable() override;

  // No more are started.
  void killAll();
  // When all have ended.
  kj::Promise<void> over() { return tasks_.onEmpty(); }
  // Live ones and their children, to any depth.
  size_t live() const;
  uint64_t cpuNs() const;
  // Of those that have ended. Memory is that of the largest.
  const Usage& endedUsage() const { return ended_; }

 private:
  struct Child {
    std::shared_ptr<JobRun> run;
    std::shared_ptr<extensions::isolate::Channel> channel;
    uint64_t lentBytes;
  };
  kj::Promise<void> drive(uint64_t number, std::shared_ptr<JobRun> run);
  void conclude(uint64_t number, const std::optional<WorkerOutcome>& outcome);
  void taskFailed(kj::Exception&& exception) override;

  JobRun& parent_;
  bool closed_ = false;
  Usage ended_;
  std::optional<extensions::isolate::Inheritance> inheritance_;
  std::map<uint64_t, Child> children_;  // by the number of the worker
  kj::TaskSet tasks_{*this};
};

}  // namespace runtime::supervisor
