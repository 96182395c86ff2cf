#include "policies/sandbox/limits.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace runtime::sandbox {
namespace {

// An enumeration in C, which C++ does not convert to.
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
  for (const Resource resource : kForbiddenInZygote) forbid(resource);
}

void limitWorker(const WorkerLimits& limits) noexcept {
  limit(RLIMIT_DATA, limits.dataBytes, limits.dataBytes);
  limit(RLIMIT_AS, limits.addressBytes, limits.addressBytes);
  limit(RLIMIT_CPU, limits.cpuSeconds, limits.cpuSeconds + 1);
  forbid(RLIMIT_NOFILE);
  forbid(RLIMIT_NPROC);
}

MemoryUse memoryInUse(int statm) noexcept {
  std::array<char, 256> text;
  const ssize_t size = ::pread(statm, text.data(), text.size(), 0);
  if (size <= 0) dieAt(Step::kMemoryUse);
  // size resident shared text lib data dt, in pages
  std::array<uint64_t, 6> pages{};
  const char* at = text.data();
  const char* const end = at + size;
  for (uint64_t& field : pages) {
    while (at < end && *at == ' ') ++at;
    const auto [next, error] = std::from_chars(at, end, field);
    if (error != std::errc{}) dieAt(SetupError{Step::kMemoryUse, EINVAL});
    at = next;
  }
  const uint64_t address = pages.front(), data = pages.back();
  if (address == 0 || data == 0) dieAt(SetupError{Step::kMemoryUse, EINVAL});
  const auto pageBytes = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  return {data * pageBytes, address * pageBytes};
}

WorkerLimits limitsFor(const MemoryUse& atFork, uint64_t memoryBytes, uint64_t cpuSeconds) noexcept {
  return {atFork.dataBytes + memoryBytes, atFork.addressBytes + memoryBytes + kReservableBytes, cpuSeconds};
}

std::expected<void, int> lowerLimits(pid_t worker, const WorkerLimits& limits) {
  const auto lower = [worker](auto resource, uint64_t soft, uint64_t hard) {
    rlimit now{};
    if (::prlimit(worker, resource, nullptr, &now) != 0) return false;
    const rlimit wanted{std::min<rlim_t>(soft, now.rlim_cur), std::min<rlim_t>(hard, now.rlim_max)};
    return ::prlimit(worker, resource, &wanted, nullptr) == 0;
  };
  if (!lower(RLIMIT_DATA, limits.dataBytes, limits.dataBytes) ||
      !lower(RLIMIT_AS, limits.addressBytes, limits.addressBytes) ||
      !lower(RLIMIT_CPU, limits.cpuSeconds, limits.cpuSeconds + 1)) {
    return std::unexpected(errno);
  }
  return {};
}

}  // namespace runtime::sandbox
