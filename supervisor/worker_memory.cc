#include "supervisor/worker_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace runtime::supervisor {
namespace {

// What a process keeps beyond its present use, so that it does not die of having lent.
constexpr uint64_t kKeptBytes = uint64_t{4} << 20;

// What counts into RLIMIT_DATA of a process, and its stack.
std::optional<uint64_t> dataBytesOf(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/statm";
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(path.c_str(), "re"), fclose);
  unsigned long long pages = 0;
  if (file == nullptr || fscanf(file.get(), "%*u %*u %*u %*u %*u %llu", &pages) != 1) return std::nullopt;
  return pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

// Lowered to the utmost before it is asked what is used: so the process cannot use it meanwhile. The hard limit stays,
// which a process could raise the soft one to by a system call that its filter does not allow.
uint64_t WorkerMemory::lend(uint64_t least, uint64_t most) {
  rlimit before;
  if (pid_ == 0 || prlimit(pid_, RLIMIT_DATA, nullptr, &before) != 0) return 0;
  most = std::min<uint64_t>(most, before.rlim_cur);
  const rlimit lowest{before.rlim_cur - most, before.rlim_max};
  if (prlimit(pid_, RLIMIT_DATA, &lowest, nullptr) != 0) return 0;
  const auto used = dataBytesOf(pid_);
  const uint64_t kept = used ? std::max(*used + kKeptBytes, lowest.rlim_cur) : before.rlim_cur;
  uint64_t lent = before.rlim_cur - std::min(kept, before.rlim_cur);
  if (lent < least) lent = 0;
  const rlimit after{before.rlim_cur - lent, before.rlim_max};
  if (after.rlim_cur != lowest.rlim_cur && prlimit(pid_, RLIMIT_DATA, &after, nullptr) != 0) return 0;
  return lent;
}

void WorkerMemory::takeBack(uint64_t bytes) {
  rlimit limit;
  if (pid_ == 0 || prlimit(pid_, RLIMIT_DATA, nullptr, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur + bytes, limit.rlim_max);
  static_cast<void>(prlimit(pid_, RLIMIT_DATA, &limit, nullptr));
}

}  // namespace runtime::supervisor
