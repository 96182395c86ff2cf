#pragma once
// The V8 side of a zygote and of its workers. One per process. No V8 type appears here.
#include <cstdint>
#include <memory>
#include <string>

#include "ipc/control.capnp.h"

namespace runtime::worker {

class Engine {
 public:
  // In the zygote, before it is confined: starts V8 (single-threaded), makes the isolate and the context, compiles the
  // globals and the faces of `boot`, copies its code where `boot` says so, and warms what opens files at
  // first use (ICU). Exactly one thread exists before and after. Ends the process through sandbox::dieAt() where it
  // cannot.
  static std::unique_ptr<Engine> start(ipc::Boot::Reader boot);
  virtual ~Engine() = default;

  virtual std::string version() const = 0;  // of V8
  // Of code that boot had copied for workers to inherit.
  virtual size_t inheritedCodeBytes() const { return 0; }

  // In the zygote, before each fork(): a new seed for all that is random in the next worker, in place of the last
  // one's. Cheap here, where V8's table of flags has been looked up before.
  virtual void reseed() = 0;
  // In a worker, after fork() and before the filter: its own process number.
  virtual void afterFork() = 0;

  // Whether its job is there, or will be given to it one day.
  enum class Need : uint8_t { kNow, kLater };
  // In a worker, confined: speaks to the supervisor over `readFd` and `writeFd` and runs its one job. Waits to be
  // killed once it has said how that ended; exits with kExitOutOfMemory from any depth, or kExitLostSupervisor.
  [[noreturn]] virtual void run(int readFd, int writeFd, Need need) = 0;
};

}  // namespace runtime::worker
