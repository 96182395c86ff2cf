#include "worker/clock.h"

#include <time.h>

namespace runtime::worker {
namespace {

uint64_t read(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

uint64_t Clock::monotonicNs() { return read(CLOCK_MONOTONIC); }

void Clock::start(uint64_t resolutionNs, uint64_t startedNs) {
  started_ = true;
  resolutionNs_ = resolutionNs;
  startedNs_ = startedNs;
  startedMonotonicNs_ = monotonicNs();
}

double Clock::nowMs() const {
  if (!started_) return static_cast<double>(read(CLOCK_REALTIME)) / 1e6;
  constexpr uint64_t kNsPerMs = 1'000'000;
  const uint64_t now = resolutionNs_ == 0 ? startedNs_ : startedNs_ + (monotonicNs() - startedMonotonicNs_);
  return static_cast<double>(now - now % (resolutionNs_ == 0 ? kNsPerMs : resolutionNs_)) / 1e6;
}

double Clock::elapsedMs() const {
  if (!started_ || resolutionNs_ == 0) return 0;
  const uint64_t elapsed = monotonicNs() - startedMonotonicNs_;
  return static_cast<double>(elapsed - elapsed % resolutionNs_) / 1e6;
}

}  // namespace runtime::worker
