// What a long-lived Runtime keeps of the jobs it has run.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "supervisor/runtime.h"
#include "tests/bench/runtime_bench.h"

namespace runtime::bench {
namespace {

// Zygotes grow and tables settle with the first jobs; what the later ones add is what is left behind.
constexpr int kWarmUp = 100;

std::vector<int> childrenOf(int pid) {
  std::vector<int> all;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::ifstream file(thread.path() / "children");
    all.insert(all.end(), std::istream_iterator<int>(file), {});
  }
  return all;
}

struct Holdings {
  double descriptors = 0, processes = 0, ownKib = 0, zygoteKib = 0;

  static Holdings now() {
    Holdings holdings;
    const std::filesystem::directory_iterator open("/proc/self/fd");
    holdings.descriptors = static_cast<double>(std::distance(begin(open), end(open)));
    holdings.ownKib = kibibytes("/proc/self/status", "VmRSS:");
    for (const int zygote : childrenOf(::getpid())) {
      holdings.zygoteKib += kibibytes("/proc/" + std::to_string(zygote) + "/status", "VmRSS:");
      holdings.processes += 1 + static_cast<double>(childrenOf(zygote).size());
    }
    return holdings;
  }
};

}  // namespace

Figures measureJobs(const std::string& zygote, const std::string& entry, int count) {
  auto runtime = Runtime::create({.zygote = zygote});
  if (!runtime) throw std::runtime_error(runtime.error().message);
  const auto runOne = [&] {
    Job job;
    job.entry = entry;
    const Completion done = (*runtime)->run(std::move(job));
    if (!done) throw std::runtime_error("a job did not run: " + done.error().message);
    if (done->verdict != Verdict::kOk)
      throw std::runtime_error("a job ended as " + std::string(name(done->verdict)) + ": " + done->reason);
  };
  for (int i = 0; i < kWarmUp; ++i) runOne();
  const Holdings before = Holdings::now();
  std::vector<double> took;
  for (int i = 0; i < count; ++i) {
    const auto start = Clock::now();
    runOne();
    took.push_back(microsecondsSince(start));
  }
  const Holdings after = Holdings::now();
  return {{"jobUs", median(took)},
          {"descriptors", after.descriptors - before.descriptors},
          {"processes", after.processes - before.processes},
          {"supervisorKib", after.ownKib - before.ownKib},
          {"zygoteKib", after.zygoteKib - before.zygoteKib}};
}

}  // namespace runtime::bench
