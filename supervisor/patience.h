#pragma once
// Waiting for another process, fairly.
#include <kj/async.h>
#include <kj/timer.h>

namespace runtime::supervisor {

// After `duration` in which this process could have heard the other: time for which it was stopped itself (by job
// control, a debugger) counts as an eighth of it at most. Loop thread.
inline kj::Promise<void> patience(kj::Timer& timer, kj::Duration duration) {
  constexpr int kTicks = 8;
  for (int i = 0; i < kTicks; ++i) co_await timer.afterDelay(duration / kTicks);
}

}  // namespace runtime::supervisor
