#pragma once
// One worker process as the supervisor sees it: its number, its clocks, its end. Loop thread.
#include <kj/async.h>
#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "ipc/os/unique_fd.h"
#include "policies/sandbox/limits.h"

namespace runtime::supervisor {

// How a worker ended, as the zygote that reaped it says.
struct WorkerEnd {
  int status = 0;  // as of waitpid(2)
  uint64_t userNs = 0;
  uint64_t systemNs = 0;
  uint64_t peakBytes = 0;
};

// One worker process. Killed, if it still runs, when this is destroyed.
class WorkerProcess {
 public:
  WorkerProcess(pid_t pid, os::UniqueFd pidfd, sandbox::MemoryUse atFork, kj::Promise<std::optional<WorkerEnd>> ended);
  WorkerProcess(WorkerProcess&&) = default;
  WorkerProcess& operator=(WorkerProcess&&) = delete;
  ~WorkerProcess();

  // In the supervisor's PID namespace; 0 if the worker had ended before its birth was heard of. For reading clocks
  // only: once ended() has answered the number may be another process's.
  pid_t pid() const { return pid_; }
  // Readable (poll, epoll) when the worker has ended.
  int pidfd() const { return pidfd_.get(); }
  // Of its zygote, and so what it was born with.
  const sandbox::MemoryUse& memoryAtFork() const { return atFork_; }
  // Whether it has ended.
  bool hasEnded() const;
  // SIGKILL. Without effect on a worker that has ended.
  void kill();
  // CPU time used so far in nanoseconds; nothing once it has been reaped.
  std::optional<uint64_t> cpuNs() const;
  // The most memory it has had, of the same.
  std::optional<uint64_t> peakBytes() const;
  // Once only. Nothing in it: the zygote was lost, and with it the worker.
  kj::Promise<std::optional<WorkerEnd>> ended();

 private:
  pid_t pid_;
  os::UniqueFd pidfd_;
  sandbox::MemoryUse atFork_;
  kj::Promise<std::optional<WorkerEnd>> ended_;
};

// All of /proc/<pid>/status (proc_pid_status(5)); the error is an errno.
std::expected<std::string, int> readStatus(pid_t pid);
// The value of a line "Name:\tvalue" of it; empty where there is none.
std::string_view fieldOf(std::string_view status, std::string_view field);
// SIGKILL.
void killByPidfd(int pidfd);

}  // namespace runtime::supervisor
