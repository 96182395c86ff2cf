#pragma once
// A control group for each worker, where this host lets the supervisor have some. The kernel's files are written on a
// thread of their own: moving a process can take milliseconds. Loop thread.
#include <kj/async.h>
#include <kj/timer.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "capabilities/lane.h"
#include "policies/sandbox/control_group.h"

namespace runtime::supervisor {

class WorkerGroups {
 public:
  // Claims a folder of groups, in the background.
  WorkerGroups();

  // What holds the memory of one worker beside its resource limits.
  class Membership {
   public:
    sandbox::Hierarchy hierarchy() const { return hierarchy_; }
    uint64_t memoryBytes() const { return memoryBytes_; }

   private:
    friend class WorkerGroups;
    Membership(std::shared_ptr<sandbox::ControlGroup> group, sandbox::Hierarchy hierarchy, uint64_t memoryBytes)
        : group_(std::move(group)), hierarchy_(hierarchy), memoryBytes_(memoryBytes) {}
    std::shared_ptr<sandbox::ControlGroup> group_;
    sandbox::Hierarchy hierarchy_;
    uint64_t memoryBytes_;
  };

  // Moves a worker into a new group of at most `memoryBytes`, what the kernel keeps for it included. Nothing where no
  // group is to be had, or the worker has ended: its resource limits hold it then.
  kj::Promise<std::optional<Membership>> admit(pid_t worker, uint64_t memoryBytes);
  // Gives a group other bounds than it was made with, before its worker has a job. At once where they are the same.
  // Where they cannot be set it keeps its own.
  kj::Promise<Membership> bound(Membership membership, uint64_t memoryBytes);
  // Until it is dropped, for a worker that may come at any moment: its admission will not wait for what
  // ControlGroups::anticipateMove() avoids.
  kj::Promise<void> anticipate(kj::Timer& timer);
  // Of a worker that has ended. Whether the kernel killed it for want of memory.
  kj::Promise<bool> dismiss(Membership membership);
  // Removes the folder. Nobody is admitted any more.
  kj::Promise<void> close();

 private:
  struct State;  // the lane's
  std::shared_ptr<State> state_;
  capabilities::Lane lane_;
};

}  // namespace runtime::supervisor
