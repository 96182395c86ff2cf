#pragma once
// Control groups, where this process may make some: cgroups(7). A worker in a group of its own is held to its memory
// with all that the kernel keeps for it (page tables, pipes), which no resource limit counts. Supervisor; every call
// may block for milliseconds, so not on its loop.
#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "ipc/os/unique_fd.h"

namespace runtime::sandbox {

enum class Hierarchy : uint8_t { kV1, kV2 };
// "cgroup-v1", as in a result's `confinement.memoryLimit`.
std::string_view name(Hierarchy hierarchy);

// One group, for one worker. The folder stays until remove().
class ControlGroup {
 public:
  // Moves the process in. The error is an errno: ESRCH where it has ended.
  std::expected<void, int> enter(pid_t process) const;
  // In place of what it was made with. The error is an errno.
  std::expected<void, int> changeMemory(uint64_t memoryBytes) const;
  // Processes of it that the kernel killed for want of memory.
  uint64_t killedForMemory() const;

 private:
  friend class ControlGroups;
  std::expected<void, int> limitMemory(uint64_t memoryBytes) const;
  ControlGroup(std::string folderName, os::UniqueFd folder, Hierarchy hierarchy)
      : name_(std::move(folderName)), folder_(std::move(folder)), hierarchy_(hierarchy) {}
  std::string name_;
  os::UniqueFd folder_;
  Hierarchy hierarchy_;
};

// This process's folder of groups, "secure-runtime-<pid>-<random>", beneath a group that it may divide. It is locked
// (flock) while this lives, so that the next supervisor knows a folder that a crash left from one in use. Not
// thread-safe.
class ControlGroups {
 public:
  // Takes the memory controller of version 2 if that is delegated to this process (its own group, where no process is,
  // or the one above), else that of version 1. Sweeps what others have left there. The error says to a person why there
  // is none.
  static std::expected<ControlGroups, std::string> claim();
  // The same beneath a given group.
  static std::expected<ControlGroups, std::string> claimBeneath(Hierarchy hierarchy, const std::string& group);

  ControlGroups(ControlGroups&&) = default;
  ControlGroups& operator=(ControlGroups&&) = delete;
  // Removes the folder and what is in it; what still holds a process is left to the next start.
  ~ControlGroups();

  Hierarchy hierarchy() const { return hierarchy_; }
  // A group of at most `memoryBytes`, swap included; with version 2 also of one process and one processor. The error is
  // an errno.
  std::expected<ControlGroup, int> make(uint64_t memoryBytes);
  // The first move of a process after a pause waits until every processor has taken notice (cgroup_threadgroup_rwsem,
  // an RCU grace period of about 8 ms); one within some 10 ms of another takes 0.2 ms. This moves this process to where
  // it is, so that a move right after it does not wait. Nothing with version 2, or beneath another's group.
  void anticipateMove() const;
  // Of a group whose process has ended. Where the kernel is not done with it yet the next start removes it.
  void remove(ControlGroup group);

 private:
  ControlGroups(Hierarchy hierarchy, os::UniqueFd parent, std::string folderName, os::UniqueFd folder)
      : hierarchy_(hierarchy), parent_(std::move(parent)), name_(std::move(folderName)), folder_(std::move(folder)) {}
  Hierarchy hierarchy_;
  os::UniqueFd parent_;
  std::string name_;
  os::UniqueFd folder_;
  bool beneathOwn_ = false;  // version 1, and the parent is this process's own group
  uint64_t next_ = 1;
};

}  // namespace runtime::sandbox
