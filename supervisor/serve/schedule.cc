#include "supervisor/serve/schedule.h"

#include <algorithm>
#include <cmath>

namespace runtime::serve {
namespace {

// How much the latest job says of what the next will take.
constexpr double kOfLatest = 0.2;

}  // namespace

void Schedule::setTerms(const std::string& tenant, const Terms& terms) { shares_[tenant].terms = terms; }

std::optional<uint32_t> Schedule::overRate(const std::string& tenant, uint64_t nowNs) {
  Share& share = shares_[tenant];
  const std::optional<Rate>& rate = share.terms.rate;
  if (!rate) return std::nullopt;
  const auto most = static_cast<double>(rate->count);
  const double perNs = most / static_cast<double>(rate->perNs);
  const double gained = share.filledNs ? static_cast<double>(nowNs - std::min(nowNs, *share.filledNs)) * perNs : most;
  share.tokens = std::min(most, share.tokens + gained);
  share.filledNs = nowNs;
  if (share.tokens >= 1) {
    share.tokens -= 1;
    return std::nullopt;
  }
  return static_cast<uint32_t>(std::ceil((1 - share.tokens) / perNs / 1e9));
}

bool Schedule::isFull(const std::string& tenant) const {
  const auto found = shares_.find(tenant);
  return found != shares_.end() && found->second.queue.size() >= found->second.terms.queued;
}

size_t Schedule::queuedOf(const std::string& tenant) const {
  const auto found = shares_.find(tenant);
  return found == shares_.end() ? 0 : found->second.queue.size();
}

double Schedule::virtualTime(const Share& share, uint64_t nowNs) const {
  double used = 0;
  for (const auto& [ticket, since] : share.running) {
    used += std::max(share.usualNs, static_cast<double>(nowNs - std::min(nowNs, since)));
  }
  return share.virtualNs + used / share.terms.weight;
}

// Who had nothing to do has saved nothing up by it.
void Schedule::enqueue(const std::string& tenant, Ticket ticket, int priority) {
  Share& share = shares_[tenant];
  if (share.queue.empty() && share.running.empty()) share.virtualNs = std::max(share.virtualNs, virtualNow_);
  if (!share.queue.insert({priority, ticket}).second) return;
  waiting_.insert(tenant);
  ++queued_;
}

bool Schedule::remove(const std::string& tenant, Ticket ticket, int priority) {
  const auto found = shares_.find(tenant);
  if (found == shares_.end() || found->second.queue.erase({priority, ticket}) == 0) return false;
  if (found->second.queue.empty()) waiting_.erase(tenant);
  --queued_;
  return true;
}

std::optional<Schedule::Picked> Schedule::pick(uint64_t nowNs) {
  if (running_ >= mostRunning_) return std::nullopt;
  const std::string* best = nullptr;
  double bestTime = 0;
  for (const std::string& tenant : waiting_) {
    const Share& share = shares_.at(tenant);
    if (share.running.size() >= share.terms.running) continue;
    const double time = virtualTime(share, nowNs);
    if (best != nullptr && time >= bestTime) continue;
    best = &tenant;
    bestTime = time;
  }
  if (best == nullptr) return std::nullopt;
  virtualNow_ = std::max(virtualNow_, bestTime);
  Share& share = shares_.at(*best);
  Picked picked{*best, share.queue.begin()->ticket};
  share.queue.erase(share.queue.begin());
  share.running.emplace(picked.ticket, nowNs);
  if (share.queue.empty()) waiting_.erase(picked.tenant);
  --queued_;
  ++running_;
  return picked;
}

void Schedule::ended(const std::string& tenant, Ticket ticket, uint64_t nowNs) {
  Share& share = shares_[tenant];
  const auto found = share.running.find(ticket);
  if (found == share.running.end()) return;
  const auto used = static_cast<double>(nowNs - std::min(nowNs, found->second));
  share.running.erase(found);
  share.virtualNs += used / share.terms.weight;
  share.usualNs += kOfLatest * (used - share.usualNs);
  --running_;
}

bool Schedule::isFree(const std::string& tenant) const {
  if (queued_ > 0 || running_ >= mostRunning_) return false;
  const auto found = shares_.find(tenant);
  return found == shares_.end() || found->second.running.size() < found->second.terms.running;
}

}  // namespace runtime::serve
