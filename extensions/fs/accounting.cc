#include "extensions/fs/accounting.h"

#include <unistd.h>

#include <limits>

#include "capabilities/beneath.h"

namespace runtime::extensions::fs {

capabilities::Result<void> spendStorage(const capabilities::ResolvedPath& path, uint64_t bytes) {
  const auto& ofEntry = path.mount->storage;
  if (ofEntry != nullptr && !ofEntry->spend(bytes)) {
    return capabilities::failedBecause(ENOSPC, "the storage of this grant is used up");
  }
  if (!path.authority->meters->storage.spend(bytes)) {
    return capabilities::failedBecause(ENOSPC, "the job's limit `storage` is reached");
  }
  return {};
}

capabilities::Result<void> spendEntry(const capabilities::ResolvedPath& path) {
  if (!path.authority->meters->entries.spend(1)) {
    return capabilities::failedBecause(ENOSPC, "the job's limit `entries` is reached");
  }
  return {};
}

capabilities::Result<void> resize(const capabilities::ResolvedPath& path, int fd, uint64_t length,
                                  capabilities::Budget* budget) {
  if (length > static_cast<uint64_t>(std::numeric_limits<off_t>::max())) return capabilities::failed(EFBIG);
  const auto status = capabilities::statusOf(fd);
  if (!status) return std::unexpected(status.error());
  if (length > status->size()) {
    const uint64_t growth = length - status->size();
    if (budget != nullptr) {
      const auto lack = budget->spend({.bytes = growth}, capabilities::Clock::now());
      if (lack) return capabilities::usedUp(capabilities::Right::kWrite, *lack);
    }
    if (auto spent = spendStorage(path, growth); !spent) return spent;
  }
  if (::ftruncate(fd, static_cast<off_t>(length)) != 0) return capabilities::failed();
  return {};
}

}  // namespace runtime::extensions::fs
