#pragma once
// The supervisor's end of one zygote: starts the executable in namespaces of its own, asks it for workers, hears how
// they ended. Everything runs on the thread that owns the event loop, which must also outlive the zygote: its death
// signal is bound to that thread. Nothing here blocks on the zygote.
#include <kj/async-unix.h>
#include <kj/memory.h>
#include <kj/timer.h>
#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ipc/control.capnp.h"
#include "ipc/os/unique_fd.h"
#include "policies/sandbox/limits.h"
#include "supervisor/worker_process.h"

namespace runtime::supervisor {

class Zygote {
 public:
  struct Options {
    std::string executable;                   // host path of secure-runtime-zygote
    std::vector<std::string> arguments;       // further ones, for tests: the product's zygote takes none
    kj::Duration timeout = 10 * kj::SECONDS;  // of the start, and of the answer to each fork
  };
  // What the zygote said of itself.
  struct Hello {
    std::string v8;
    std::vector<std::string> namespaces;  // each seen not to be the supervisor's own
    uint64_t dataBytes = 0;               // private writable memory that every worker is born with
    uint64_t codeBytes = 0;               // that workers inherit: counted into the peak of each
    bool mdwe = false;
    uint32_t landlockAbi = 0;  // 0: not in force
    bool ownKeyring = false;
    bool noStoreBypass = false;
    bool noIndirectBranch = false;
  };
  // Why there is no zygote: a sentence for a person, with the step that failed. Confinement cannot be had: exit 3.
  struct Fault {
    std::string message;
  };

  // Starts a zygote with `boot` (whose buildId is set here). The process is made before this returns; the promise
  // answers when it is confined and ready. Dropping the promise kills it.
  static kj::Promise<std::expected<kj::Own<Zygote>, Fault>> start(kj::UnixEventPort& port, kj::Timer& timer,
                                                                  Options options, ipc::Boot::Reader boot);
  // Kills the zygote and all its workers and waits for the kernel to say so (milliseconds).
  virtual ~Zygote() noexcept(false) = default;

  virtual const Hello& hello() const = 0;
  virtual pid_t pid() const = 0;

  // Whether there is a job for it, or there will be: it makes ready for one first then.
  enum class Need : uint8_t { kNow, kLater };
  // A new worker that reads from `readEnd`, writes to `writeEnd` and holds nothing else. The error is an errno; ESRCH
  // where the zygote is lost or retired, ETIMEDOUT where it did not answer (it is killed then).
  virtual kj::Promise<std::expected<WorkerProcess, int>> fork(uint64_t memoryBytes, uint64_t cpuSeconds,
                                                              os::UniqueFd readEnd, os::UniqueFd writeEnd,
                                                              Need need = Need::kNow) = 0;
  // Whether the kernel says that a worker, if it has not ended, is behind its filter, without capabilities, of one
  // thread and not the host's root: asked for before the worker is given anything. The error says to a person what it
  // is not.
  enum class WorkerSeen : uint8_t { kConfined, kEnded };
  virtual std::expected<WorkerSeen, std::string> confined(const WorkerProcess& worker) const = 0;
  // Takes no more forks; the zygote ends with its last worker.
  virtual void retire() = 0;
  // Answers when the zygote has ended, retired or lost. Any number of times.
  virtual kj::Promise<void> onEnd() = 0;
};

}  // namespace runtime::supervisor
