#pragma once
// Authority that ends and authority that wears off: how long a token stands, and how much may still be done with it.
// What derives from a token has its terms and may add terms of its own; nothing ever widens.
#include <kj/async.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace runtime::capabilities {

// Time as the supervisor counts it: no clock that a job can set or stop, nor one that is set on the host.
using Clock = std::chrono::steady_clock;

// How a token came to its end.
enum class Ended : uint8_t {
  kNot,
  kClosed,   // by whoever held it; what was asked of it before is still answered
  kRevoked,  // it, or what it came from
  kExpired,  // the time that it, or what it came from, was given is over
};

// Whether a token still stands, for work that came by it. Any thread.
class Term {
 public:
  explicit Term(std::optional<Clock::time_point> until) : until_(until) {}
  bool over() const { return ended_.load(std::memory_order_acquire) || (until_ && Clock::now() >= *until_); }
  const std::optional<Clock::time_point>& until() const { return until_; }

 private:
  friend class Lease;
  const std::optional<Clock::time_point> until_;
  std::atomic<bool> ended_{false};
};

// The same for calls under way. Loop thread.
class Lease {
 public:
  explicit Lease(std::optional<Clock::time_point> until) : term_(std::make_shared<Term>(until)) {}

  std::shared_ptr<const Term> term() const { return term_; }
  // kRevoked or kExpired, once that has come; kNot for what was closed by whoever held it.
  Ended ended() const { return ended_; }
  // Resolves when it is revoked or has expired. The lease must outlive the promise.
  kj::Promise<void> over();
  void end(Ended how);

 private:
  const std::shared_ptr<Term> term_;
  Ended ended_ = Ended::kNot;
  kj::Maybe<kj::ForkedPromise<void>> promise_;
  kj::Own<kj::PromiseFulfiller<void>> fulfiller_;
};

// What long work on a lane looks at between its steps: whether anybody still waits for it and may. Values; any thread.
class StopSign {
 public:
  StopSign(std::shared_ptr<const std::atomic<bool>> stopped, std::vector<std::shared_ptr<const Term>> terms)
      : stopped_(std::move(stopped)), terms_(std::move(terms)) {}
  // The job has ended, or a token that the work came by.
  bool isUp() const;

 private:
  std::shared_ptr<const std::atomic<bool>> stopped_;
  std::vector<std::shared_ptr<const Term>> terms_;
};

// How much may be done with a token and with all that comes from it, within the budgets of what it came from. Never
// refunded. Any thread.
class Budget {
 public:
  // Each that is given holds; what is not given is not limited.
  struct Terms {
    std::optional<uint64_t> calls;  // in all
    std::optional<uint64_t> bytes;  // of content, read and written, in all
    // Calls. A bucket that holds one second's worth and begins full: so many at once, as many a second on average.
    std::optional<uint32_t> perSecond;
  };
  static constexpr uint32_t kMaxPerSecond = 1'000'000;
  static constexpr size_t kMaxDepth = 32;  // of budgets within budgets: each call is charged to all of them

  // What there is not enough of.
  enum class Lack : uint8_t { kCalls, kBytes, kPerSecond };
  struct Cost {
    uint64_t calls = 0;
    uint64_t bytes = 0;
  };

  // As errors name it: "calls", "bytes", "perSecond"; and a sentence.
  static std::string_view name(Lack lack);
  static std::string_view explain(Lack lack);

  // `outer` may be null. Null where it would be nested too deep.
  static std::shared_ptr<Budget> within(std::shared_ptr<Budget> outer, const Terms& terms, Clock::time_point now);

  // Charges this budget and all outer ones, or none of them.
  std::optional<Lack> spend(const Cost& cost, Clock::time_point now);
  // Of all budgets the least; the largest number where none limits them.
  uint64_t bytesLeft() const;

 private:
  Budget(std::shared_ptr<Budget> outer, const Terms& terms, Clock::time_point now);
  std::optional<Lack> lack(const Cost& cost, Clock::time_point now) const;
  void charge(const Cost& cost, Clock::time_point now);
  // When a bucket that is `fullAt` would be full again, after these calls.
  Clock::time_point fullAfter(uint64_t calls, Clock::time_point now) const;

  const std::shared_ptr<Budget> outer_;
  const size_t depth_;
  const std::shared_ptr<std::mutex> mutex_;  // of the outermost budget; guards all that nest in it
  std::optional<uint64_t> callsLeft_;
  std::optional<uint64_t> bytesLeft_;
  const std::optional<uint32_t> perSecond_;
  const Clock::duration interval_;  // between two calls of `perSecond`
  Clock::time_point fullAt_;        // when the bucket will be full again, without further calls
};

}  // namespace runtime::capabilities
