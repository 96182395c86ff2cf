#include "supervisor/departures.h"

#include <kj/debug.h>

#include <utility>

namespace runtime::supervisor {

void Departures::add(WorkerProcess worker, kj::Promise<std::optional<WorkerEnd>> ended, WorkerGroups* groups,
                     std::optional<WorkerGroups::Membership> membership) {
  ++count_;
  tasks_.add(ended.ignoreResult()
                 .then([groups, membership = std::move(membership)]() mutable -> kj::Promise<void> {
                   if (!membership) return kj::READY_NOW;
                   return groups->dismiss(std::move(*membership)).ignoreResult();
                 })
                 .attach(kj::heap(std::move(worker)), kj::defer([this] { onEnd(); })));
}

kj::Promise<void> Departures::room() {
  while (count_ >= kMost) {
    auto ended = kj::newPromiseAndFulfiller<void>();
    waiting_.push_back(kj::mv(ended.fulfiller));
    co_await ended.promise;
  }
}

void Departures::onEnd() {
  --count_;
  for (auto& waiting : std::exchange(waiting_, {})) waiting->fulfill();
}

void Departures::taskFailed(kj::Exception&& exception) { KJ_LOG(ERROR, exception); }

}  // namespace runtime::supervisor
