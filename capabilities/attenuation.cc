#include "capabilities/attenuation.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace runtime::capabilities {
namespace {

// Rounded up: a rate that nanoseconds cannot express is never exceeded.
Clock::duration intervalOf(const std::optional<uint32_t>& perSecond) {
  constexpr uint64_t kSecond = 1'000'000'000;
  if (!perSecond || *perSecond == 0) return {};
  return std::chrono::nanoseconds((kSecond + *perSecond - 1) / *perSecond);
}

}  // namespace

kj::Promise<void> Lease::over() {
  if (ended_ != Ended::kNot) return kj::READY_NOW;
  KJ_IF_MAYBE (promise, promise_) return promise->addBranch();
  auto paf = kj::newPromiseAndFulfiller<void>();
  fulfiller_ = kj::mv(paf.fulfiller);
  return promise_.emplace(paf.promise.fork()).addBranch();
}

void Lease::end(Ended how) {
  if (ended_ != Ended::kNot || how == Ended::kNot || how == Ended::kClosed) return;
  ended_ = how;
  term_->ended_.store(true, std::memory_order_release);
  if (fulfiller_.get() != nullptr) fulfiller_->fulfill();
}

bool StopSign::isUp() const {
  return stopped_->load() || std::ranges::any_of(terms_, [](const auto& term) { return term->over(); });
}

std::string_view Budget::name(Lack lack) {
  constexpr std::array<std::string_view, 3> kNames = {"calls", "bytes", "perSecond"};
  return kNames[static_cast<size_t>(lack)];
}

std::string_view Budget::explain(Lack lack) {
  constexpr std::array<std::string_view, 3> kSentences = {"the capability has no calls left",
                                                          "the capability has too few bytes left",
                                                          "the capability is used more often than it allows"};
  return kSentences[static_cast<size_t>(lack)];
}

std::shared_ptr<Budget> Budget::within(std::shared_ptr<Budget> outer, const Terms& terms, Clock::time_point now) {
  if (outer != nullptr && outer->depth_ >= kMaxDepth) return nullptr;
  return std::shared_ptr<Budget>(new Budget(std::move(outer), terms, now));
}

Budget::Budget(std::shared_ptr<Budget> outer, const Terms& terms, Clock::time_point now)
    : outer_(std::move(outer)),
      depth_(outer_ == nullptr ? 1 : outer_->depth_ + 1),
      mutex_(outer_ == nullptr ? std::make_shared<std::mutex>() : outer_->mutex_),
      callsLeft_(terms.calls),
      bytesLeft_(terms.bytes),
      perSecond_(terms.perSecond),
      interval_(intervalOf(terms.perSecond)),
      fullAt_(now) {}

std::optional<Budget::Lack> Budget::spend(const Cost& cost, Clock::time_point now) {
  std::lock_guard lock(*mutex_);
  for (const Budget* budget = this; budget != nullptr; budget = budget->outer_.get()) {
    if (const auto lack = budget->lack(cost, now)) return lack;
  }
  for (Budget* budget = this; budget != nullptr; budget = budget->outer_.get()) budget->charge(cost, now);
  return std::nullopt;
}

uint64_t Budget::bytesLeft() const {
  std::lock_guard lock(*mutex_);
  uint64_t left = std::numeric_limits<uint64_t>::max();
  for (const Budget* budget = this; budget != nullptr; budget = budget->outer_.get()) {
    left = std::min(left, budget->bytesLeft_.value_or(left));
  }
  return left;
}

std::optional<Budget::Lack> Budget::lack(const Cost& cost, Clock::time_point now) const {
  if (callsLeft_ && cost.calls > *callsLeft_) return Lack::kCalls;
  if (bytesLeft_ && cost.bytes > *bytesLeft_) return Lack::kBytes;
  if (!perSecond_ || cost.calls == 0) return std::nullopt;
  if (cost.calls > *perSecond_ || fullAfter(cost.calls, now) > now + interval_ * *perSecond_) return Lack::kPerSecond;
  return std::nullopt;
}

void Budget::charge(const Cost& cost, Clock::time_point now) {
  if (callsLeft_) *callsLeft_ -= cost.calls;
  if (bytesLeft_) *bytesLeft_ -= cost.bytes;
  if (perSecond_ && cost.calls > 0) fullAt_ = fullAfter(cost.calls, now);
}

Clock::time_point Budget::fullAfter(uint64_t calls, Clock::time_point now) const {
  return std::max(fullAt_, now) + interval_ * static_cast<Clock::rep>(calls);
}

}  // namespace runtime::capabilities
