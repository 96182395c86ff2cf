#pragma once
// The job's clock. What a job can see of time comes from here, coarsened to the policy's resolution or standing still;
// its timers run on the real clock. One thread.
#include <cstdint>

namespace runtime::worker {

class Clock {
 public:
  // Until then, in the zygote, the clock is the system's. `resolutionNs` 0: it stands still at `startedNs`, the wall
  // clock at the job's start, since 1970.
  void start(uint64_t resolutionNs, uint64_t startedNs);
  // Since 1970.
  double nowMs() const;
  // Since the job's start.
  double elapsedMs() const;
  double startedMs() const { return static_cast<double>(startedNs_) / 1e6; }

  // CLOCK_MONOTONIC; never shown to a job.
  static uint64_t monotonicNs();

 private:
  bool started_ = false;
  uint64_t resolutionNs_ = 1;
  uint64_t startedNs_ = 0;
  uint64_t startedMonotonicNs_ = 0;
};

}  // namespace runtime::worker
