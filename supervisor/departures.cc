#include "supervisor/departures.h"

#include <kj/debug.h>

#include <utility>

#include "supervisor/patience.h"

namespace runtime::supervisor {

namespace {

// For what is done with a result at once: it is handed on, stored and sent.
constexpr auto kResultFirst = 2 * kj::MILLISECONDS;
// The kernel takes so long for no process, so its zygote does not tell of the end: it may have been stopped.
constexpr auto kLongest = 10 * kj::SECONDS;

}  // namespace

void Departures::add(Leaving leaving) {
  ++count_;
  auto kept = kj::heap(std::move(leaving));
  Leaving& one = *kept;
  tasks_.add(timer_.afterDelay(kResultFirst)
                 .exclusiveJoin(hurried_.addBranch())
                 .then([&one] {
                   one.worker.kill();
                   return one.ended.ignoreResult();
                 })
                 .then([&one]() -> kj::Promise<void> {
                   if (!one.membership) return kj::READY_NOW;
                   return one.groups->dismiss(std::move(*one.membership)).ignoreResult();
                 })
                 .attach(kj::mv(kept), kj::defer([this] { onEnd(); })));
}

kj::Promise<void> Departures::room() {
  if (count_ < kMost) co_return;
  auto fewer = kj::newPromiseAndFulfiller<void>();
  waiting_.push_back(kj::mv(fewer.fulfiller));
  co_await fewer.promise.exclusiveJoin(patience(timer_, kLongest));
}

kj::Promise<void> Departures::over() {
  hurry_.fulfiller->fulfill();
  co_await tasks_.onEmpty().exclusiveJoin(patience(timer_, kLongest));
  tasks_.clear();
}

void Departures::onEnd() {
  if (--count_ >= kMost) return;
  for (auto& waiting : std::exchange(waiting_, {})) waiting->fulfill();
}

void Departures::taskFailed(kj::Exception&& exception) { KJ_LOG(ERROR, exception); }

}  // namespace runtime::supervisor
