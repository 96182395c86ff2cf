#pragma once
// Which job is begun next: fair between tenants by their weights, by priority and age within one. What is shared is
// time in the running state (start-time fair queueing, Goyal et al. 1996, with the cost known only afterwards). Pure;
// times are nanoseconds of a monotonic clock. One thread at a time.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "supervisor/serve/configuration.h"

namespace runtime::serve {

// Of one job of the schedule; those given out earlier go first.
using Ticket = uint64_t;

class Schedule {
 public:
  struct Terms {
    uint32_t weight = 1;
    uint32_t running = 1;  // jobs at once
    uint32_t queued = 10'000;
    std::optional<Rate> rate;
  };

  // `running`: of all tenants together.
  explicit Schedule(uint32_t running) : mostRunning_(running) {}

  // May come again, for a tenant that has jobs.
  void setTerms(const std::string& tenant, const Terms& terms);
  // Seconds until a submission may be tried again; nothing where this one counts and may come.
  std::optional<uint32_t> overRate(const std::string& tenant, uint64_t nowNs);
  bool isFull(const std::string& tenant) const;

  void enqueue(const std::string& tenant, Ticket ticket, int priority);
  // Of one that waits. False: it does not.
  bool remove(const std::string& tenant, Ticket ticket, int priority);
  struct Picked {
    std::string tenant;
    Ticket ticket;
  };
  // The one to begin now; it counts as running from then on.
  std::optional<Picked> pick(uint64_t nowNs);
  void ended(const std::string& tenant, Ticket ticket, uint64_t nowNs);
  // Whether a new job of this tenant would be picked at once, ahead of nobody.
  bool isFree(const std::string& tenant) const;

  size_t queued() const { return queued_; }
  size_t running() const { return running_; }
  size_t queuedOf(const std::string& tenant) const;

 private:
  struct Queued {
    int priority;
    Ticket ticket;
    bool operator<(const Queued& other) const {
      return priority != other.priority ? priority > other.priority : ticket < other.ticket;
    }
  };
  struct Share {
    Terms terms;
    std::set<Queued> queue;
    std::map<Ticket, uint64_t> running;  // by when it was begun
    double virtualNs = 0;                // what it has had, over its weight
    double usualNs = 5e6;                // of its jobs, lately: what one that has just begun counts as
    double tokens = 0;
    std::optional<uint64_t> filledNs;
  };
  double virtualTime(const Share& share, uint64_t nowNs) const;

  const uint32_t mostRunning_;
  std::map<std::string, Share> shares_;
  std::set<std::string> waiting_;  // tenants with a queue
  double virtualNow_ = 0;
  size_t queued_ = 0, running_ = 0;
};

}  // namespace runtime::serve
