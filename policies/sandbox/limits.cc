#include "policies/sandbox/limits.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string_view>

namespace runtime::sandbox {
namespace {

// For prlimit's enumeration in C, which C++ does not convert to.
using Resource = decltype(RLIMIT_DATA);

constexpr rlim_t kStackBytes = rlim_t{8} << 20;

// Never raises what is in force already.
void limit(Resource resource, rlim_t soft, rlim_t hard) {
  rlimit now{};
  if (::getrlimit(resource, &now) != 0) dieAt(Step::kLimits);
  const rlim_t newHard = std::min(hard, now.rlim_max);
  const rlimit wanted{std::min(soft, newHard), newHard};
  if (::setrlimit(resource, &wanted) != 0) dieAt(Step::kLimits);
}

void forbid(Resource resource) {
  const rlimit none{0, 0};
  if (::setrlimit(resource, &none) != 0) dieAt(Step::kLimits);
}

}  // namespace

void limitZygote() noexcept {
  limit(RLIMIT_STACK, kStackBytes, kStackBytes);
  // Neither zygote nor worker has any use for these; a worker's filter forbids them anyway.
  for (const Resource resource :
       {RLIMIT_CORE, RLIMIT_MEMLOCK, RLIMIT_FSIZE, RLIMIT_MSGQUEUE, RLIMIT_SIGPENDING, RLIMIT_LOCKS})
    forbid(resource);
}

void limitWorker(const WorkerLimits& limits) noexcept {
  limit(RLIMIT_DATA, limits.dataBytes, limits.dataBytes);
  limit(RLIMIT_CPU, limits.cpuSeconds, limits.cpuSeconds + 1);
  forbid(RLIMIT_NOFILE);
  forbid(RLIMIT_NPROC);
}

uint64_t dataInUse(int statm) noexcept {
  std::array<char, 256> text;
  const ssize_t size = ::pread(statm, text.data(), text.size(), 0);
  if (size <= 0) dieAt(Step::kMemoryUse);
  // size resident shared text lib data dt, in pages
  std::string_view rest(text.data(), static_cast<size_t>(size));
  constexpr int kFieldsBefore = 5;
  for (int i = 0; i < kFieldsBefore; ++i) {
    const size_t space = rest.find(' ');
    if (space == std::string_view::npos) dieAt(SetupError{Step::kMemoryUse, EINVAL});
    rest.remove_prefix(space + 1);
  }
  uint64_t pages = 0;
  if (std::from_chars(rest.data(), rest.data() + rest.size(), pages).ec != std::errc{} || pages == 0)
    dieAt(SetupError{Step::kMemoryUse, EINVAL});
  return pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace runtime::sandbox
