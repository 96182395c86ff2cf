#pragma once
// One Runtime with the hostile zygote, a neighbour that works all the time, and the attackers that a test starts beside
// it: all on one loop thread, as in a supervisor that serves many.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "supervisor/runtime.h"

namespace runtime::tests {

using Arguments = std::vector<std::string>;

// Largest resident memory of this process, looked at every few milliseconds.
class MemoryPeak {
 public:
  MemoryPeak();
  ~MemoryPeak();
  MemoryPeak(const MemoryPeak&) = delete;
  MemoryPeak& operator=(const MemoryPeak&) = delete;
  static double residentMib();
  // Since the last call.
  double takeMib();

 private:
  std::atomic<double> peak_{0};
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

// Nanoseconds of the neighbour's calls, by what went on meanwhile.
class Neighbour {
 public:
  Neighbour(Runtime& runtime, Job job, std::filesystem::path stop);
  // What its calls are counted under from here on.
  void meanwhile(const std::string& what);
  // Waits until it has made further calls; false where it did not within half a minute.
  bool works();
  // Ends it; its verdict.
  Completion end();
  std::map<std::string, std::vector<double>> callsNs();

 private:
  void hear(std::string_view text);

  const std::filesystem::path stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string line_, what_ = "start";
  uint64_t rows_ = 0;
  std::map<std::string, std::vector<double>> calls_;
  std::promise<Completion> ended_;
};

struct Ran {
  Completion completion;
  // From the moment that the worker announced to the verdict in our hands: longer than its life.
  std::optional<double> deathMs;
};

class Scene {
 public:
  Scene();
  ~Scene();

  // Attackers get `wall` of time and little output.
  std::future<Ran> start(Arguments attack, std::chrono::milliseconds wall = std::chrono::seconds(60));
  // `said` hears its first output.
  std::future<Ran> start(Arguments attack, std::function<void(std::string_view)> said);
  Ran run(Arguments attack, std::chrono::milliseconds wall = std::chrono::seconds(60)) {
    return start(std::move(attack), wall).get();
  }
  // One that attacks before it asks for its job, with a zygote of its own.
  Ran runEarly(const std::string& attack);
  // With an audit log of at most 1 MiB, and a policy that denies what is beneath /data/private.
  Ran runAudited(Arguments attack);
  Neighbour& neighbour() { return *neighbour_; }
  MemoryPeak& memory() { return memory_; }
  double idleMib() const { return idleMib_; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  Job job(Arguments arguments) const;
  std::future<Ran> start(Runtime& runtime, Job job);

  std::filesystem::path folder_;
  MemoryPeak memory_;
  double idleMib_ = 0;
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Neighbour> neighbour_;
};

}  // namespace runtime::tests
