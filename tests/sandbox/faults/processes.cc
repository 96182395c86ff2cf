#include "tests/sandbox/faults/processes.h"

#include <unistd.h>

#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <thread>

namespace runtime::tests {
namespace {

namespace filesystem = std::filesystem;

size_t entriesOf(const char* folder) {
  std::error_code error;
  size_t count = 0;
  for (filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    ++count;
  return count;
}

}  // namespace

std::vector<pid_t> childrenOf(pid_t pid) {
  std::vector<pid_t> children;
  std::error_code error;
  const std::string tasks = std::format("/proc/{}/task", pid);
  for (filesystem::directory_iterator task(tasks, error), end; !error && task != end; task.increment(error)) {
    std::ifstream file(task->path() / "children");
    for (pid_t child = 0; file >> child;) children.push_back(child);
  }
  return children;
}

std::vector<pid_t> ownZygotes() {
  std::vector<pid_t> zygotes;
  for (const pid_t child : childrenOf(::getpid())) {
    std::ifstream file(std::format("/proc/{}/comm", child));
    std::string name;
    if (std::getline(file, name) && name == "secure-runtime-") zygotes.push_back(child);
  }
  return zygotes;
}

std::vector<pid_t> ownWorkers() {
  std::vector<pid_t> workers;
  for (const pid_t zygote : ownZygotes()) {
    for (const pid_t worker : childrenOf(zygote)) workers.push_back(worker);
  }
  return workers;
}

std::string Holdings::text() const {
  return std::format("{} descriptors, {} threads, {} children", descriptors, threads, children);
}

Holdings holdings() {
  return {entriesOf("/proc/self/fd"), entriesOf("/proc/self/task"), childrenOf(::getpid()).size()};
}

bool eventually(std::chrono::milliseconds time, const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

std::string mounts() {
  std::ifstream file("/proc/self/mountinfo");
  return {std::istreambuf_iterator<char>(file), {}};
}

void Chance::sleepUpTo(std::chrono::microseconds time) {
  std::this_thread::sleep_for(std::chrono::microseconds(below(static_cast<unsigned>(time.count()))));
}

}  // namespace runtime::tests
