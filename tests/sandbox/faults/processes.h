#pragma once
// The processes of the product, seen from outside by way of /proc.
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace runtime::tests {

// Of all its threads; empty where it has ended.
std::vector<pid_t> childrenOf(pid_t pid);
// Zygotes of this process.
std::vector<pid_t> ownZygotes();
std::vector<pid_t> ownWorkers();

// What this process holds.
struct Holdings {
  size_t descriptors = 0, threads = 0, children = 0;
  bool within(const Holdings& other) const {
    return descriptors <= other.descriptors && threads <= other.threads && children <= other.children;
  }
  std::string text() const;
};
Holdings holdings();

// Whether it comes true in time.
bool eventually(std::chrono::milliseconds time, const std::function<bool()>& condition);

// /proc/self/mountinfo
std::string mounts();

// Repeatable where nothing else moves; each test has its own.
class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  unsigned below(unsigned end) { return std::uniform_int_distribution<unsigned>(0, end - 1)(engine_); }
  template <typename T>
  T oneOf(const std::vector<T>& list) {
    return list[below(static_cast<unsigned>(list.size()))];
  }
  void sleepUpTo(std::chrono::microseconds time);

 private:
  std::mt19937 engine_;
};

}  // namespace runtime::tests
