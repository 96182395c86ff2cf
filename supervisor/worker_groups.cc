#include "supervisor/worker_groups.h"

namespace runtime::supervisor {

struct WorkerGroups::State {
  std::optional<sandbox::ControlGroups> groups;
};

WorkerGroups::WorkerGroups() : state_(std::make_shared<State>()) {
  lane_
      .run([state = state_] {
        if (auto claimed = sandbox::ControlGroups::claim()) state->groups.emplace(std::move(*claimed));
        return true;
      })
      .ignoreResult()
      .detach([](kj::Exception&&) {});
}

kj::Promise<std::optional<WorkerGroups::Membership>> WorkerGroups::admit(pid_t worker, uint64_t memoryBytes) {
  return lane_.run([state = state_, worker, memoryBytes]() -> std::optional<Membership> {
    if (!state->groups || worker <= 0) return std::nullopt;
    auto group = state->groups->make(memoryBytes);
    if (!group) return std::nullopt;
    if (!group->enter(worker)) {
      state->groups->remove(std::move(*group));
      return std::nullopt;
    }
    return Membership(std::make_shared<sandbox::ControlGroup>(std::move(*group)), state->groups->hierarchy());
  });
}

kj::Promise<bool> WorkerGroups::dismiss(Membership membership) {
  return lane_.run([state = state_, membership = std::move(membership)]() mutable {
    const bool killed = membership.group_->killedForMemory() > 0;
    if (state->groups) state->groups->remove(std::move(*membership.group_));
    return killed;
  });
}

kj::Promise<void> WorkerGroups::close() {
  return lane_
      .run([state = state_] {
        state->groups.reset();
        return true;
      })
      .ignoreResult();
}

}  // namespace runtime::supervisor
