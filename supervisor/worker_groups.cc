#include "supervisor/worker_groups.h"

namespace runtime::supervisor {

struct WorkerGroups::State {
  std::optional<sandbox::ControlGroups> groups;
};

// A lane whose thread cannot be made throws at once: as a broken promise it is one more reason to have no group.

WorkerGroups::WorkerGroups() : state_(std::make_shared<State>()) {
  kj::evalNow([this] {
    return lane_.run([state = state_] {
      if (auto claimed = sandbox::ControlGroups::claim()) state->groups.emplace(std::move(*claimed));
      return true;
    });
  })
      .ignoreResult()
      .detach([](kj::Exception&&) {});
}

kj::Promise<std::optional<WorkerGroups::Membership>> WorkerGroups::admit(pid_t worker, uint64_t memoryBytes) {
  return kj::evalNow([&] {
           return lane_.run([state = state_, worker, memoryBytes]() -> std::optional<Membership> {
             if (!state->groups || worker <= 0) return std::nullopt;
             auto group = state->groups->make(memoryBytes);
             if (!group) return std::nullopt;
             if (!group->enter(worker)) {
               state->groups->remove(std::move(*group));
               return std::nullopt;
             }
             return Membership(std::make_shared<sandbox::ControlGroup>(std::move(*group)), state->groups->hierarchy(),
                               memoryBytes);
           });
         })
      .catch_([](kj::Exception&&) -> std::optional<Membership> { return std::nullopt; });
}

kj::Promise<WorkerGroups::Membership> WorkerGroups::bound(Membership membership, uint64_t memoryBytes) {
  if (membership.memoryBytes_ == memoryBytes) co_return membership;
  const bool changed = co_await kj::evalNow([&] {
                         return lane_.run([group = membership.group_, memoryBytes] {
                           return static_cast<bool>(group->changeMemory(memoryBytes));
                         });
                       }).catch_([](kj::Exception&&) { return false; });
  if (changed) membership.memoryBytes_ = memoryBytes;
  co_return membership;
}

kj::Promise<void> WorkerGroups::anticipate(kj::Timer& timer) {
  constexpr auto kPause = 4 * kj::MILLISECONDS;
  while (true) {
    const bool any = co_await kj::evalNow([this] {
                       return lane_.run([state = state_] {
                         if (state->groups) state->groups->anticipateMove();
                         return state->groups.has_value();
                       });
                     }).catch_([](kj::Exception&&) { return false; });
    if (!any) co_return;
    co_await timer.afterDelay(kPause);
  }
}

kj::Promise<bool> WorkerGroups::dismiss(Membership membership) {
  return kj::evalNow([&] {
           return lane_.run([state = state_, membership = std::move(membership)]() mutable {
             const bool killed = membership.group_->killedForMemory() > 0;
             if (state->groups) state->groups->remove(std::move(*membership.group_));
             return killed;
           });
         })
      .catch_([](kj::Exception&&) { return false; });
}

kj::Promise<void> WorkerGroups::close() {
  return kj::evalNow([this] {
           return lane_.run([state = state_] {
             state->groups.reset();
             return true;
           });
         })
      .ignoreResult()
      .catch_([](kj::Exception&&) {});
}

}  // namespace runtime::supervisor
