#include "policies/sandbox/landlock.h"

#include <linux/landlock.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "ipc/os/unique_fd.h"

namespace runtime::sandbox {
namespace {

// The newest that is known here, and what each brought: every bit from the first on.
constexpr int kNewestAbi = 6;
constexpr uint64_t accessBits(int count) { return (uint64_t{1} << count) - 1; }
constexpr uint64_t fileAccess(int abi) {
  if (abi >= 5) return accessBits(16);  // ioctl on devices
  if (abi >= 3) return accessBits(15);  // truncate
  if (abi == 2) return accessBits(14);  // refer
  return accessBits(13);
}

// As the kernel's struct of ABI 6; older kernels take its beginning.
struct Ruleset {
  uint64_t files;
  uint64_t network;
  uint64_t scoped;
};
constexpr size_t sizeFor(int abi) { return abi >= 6 ? 24 : abi >= 4 ? 16 : 8; }

}  // namespace

int forbidByLandlock() noexcept {
  const long newest = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (newest <= 0) return 0;
  const int abi = std::min(static_cast<int>(newest), kNewestAbi);
  // A ruleset without a rule allows nothing of what it handles.
  const Ruleset ruleset{fileAccess(abi), accessBits(2), accessBits(2)};
  const os::UniqueFd file(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &ruleset, sizeFor(abi), 0)));
  if (!file || ::syscall(SYS_landlock_restrict_self, file.get(), 0) != 0) return 0;
  return abi;
}

}  // namespace runtime::sandbox
