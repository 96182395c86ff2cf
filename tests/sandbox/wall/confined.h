#pragma once
// A zygote with the probe engine and its confined workers, in the process of a test.
#include <kj/async-unix.h>
#include <sys/types.h>

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ipc/os/unique_fd.h"
#include "supervisor/zygote.h"
#include "tests/sandbox/wall/probe.h"

namespace runtime::tests {

enum class EngineMode : bool { kJitless, kJit };

class Confined;

class Probe {
 public:
  Probe(Confined& home, supervisor::WorkerProcess process, os::UniqueFd toWorker, os::UniqueFd fromWorker)
      : home_(home), process_(std::move(process)), to_(std::move(toWorker)), from_(std::move(fromWorker)) {}

  // The answer; nothing if the worker died of it.
  std::optional<Answer> obey(const Command& command);
  std::optional<Answer> call(int64_t number, std::array<uint64_t, 6> arguments = {});
  // It obeys.
  bool lives() { return obey({Command::Kind::kScratchAddress, 0, {}}).has_value(); }
  // The status of the worker's end, which is waited for (10 s; a failed test then).
  int status();
  // What the supervisor writes to it ends.
  void hangUp() { to_.reset(); }
  supervisor::WorkerProcess& process() { return process_; }

 private:
  Confined& home_;
  supervisor::WorkerProcess process_;
  os::UniqueFd to_, from_;
};

class Confined {
 public:
  // Ends the test where there is no zygote.
  explicit Confined(EngineMode mode, std::string executable = {});
  static std::string probeZygote();
  // Why a zygote of this executable does not start.
  std::string startFault(std::string executable, kj::Duration timeout = 10 * kj::SECONDS);

  supervisor::Zygote& zygote() { return *zygote_; }
  Probe spawn(uint64_t memoryBytes = uint64_t{64} << 20, uint64_t cpuSeconds = 10);
  // From a second zygote, of the same executable, made at first need.
  Probe spawnElsewhere();
  // Kills the zygote, waits for it, or what else ends it.
  void drop() { zygote_ = nullptr; }

  template <typename T>
  T wait(kj::Promise<T> promise) {
    return port_.getTimer().timeoutAfter(10 * kj::SECONDS, kj::mv(promise)).wait(scope_);
  }

 private:
  kj::Promise<std::expected<kj::Own<supervisor::Zygote>, supervisor::Zygote::Fault>> start(std::string executable,
                                                                                           EngineMode mode,
                                                                                           kj::Duration timeout);

  kj::Own<supervisor::Zygote> makeZygote();
  Probe spawnFrom(supervisor::Zygote& zygote, uint64_t memoryBytes, uint64_t cpuSeconds);

  const EngineMode mode_;
  const std::string executable_;
  kj::UnixEventPort port_;
  kj::EventLoop loop_{port_};
  kj::WaitScope scope_{loop_};
  kj::Own<supervisor::Zygote> zygote_, second_;
};

// A process that is a supervisor with one zygote and one worker, until it is killed or this is destroyed.
class SupervisorProcess {
 public:
  // The uid (and gid) to be; nothing: the test's own.
  explicit SupervisorProcess(std::optional<uid_t> user);
  ~SupervisorProcess();
  SupervisorProcess(const SupervisorProcess&) = delete;
  SupervisorProcess& operator=(const SupervisorProcess&) = delete;

  pid_t pid = 0, zygote = 0, worker = 0;
  void kill();
};

// Whether the process is gone, or a zombie, within five seconds.
bool ends(pid_t pid);

}  // namespace runtime::tests
