#pragma once
// The quotas that file work spends: any thread.
#include <cstdint>

#include "capabilities/failure.h"
#include "capabilities/view.h"

namespace runtime::extensions::fs {

// Bytes of storage, of the entry and of the job. ENOSPC: nothing may be written.
capabilities::Result<void> spendStorage(const capabilities::ResolvedPath& path, uint64_t bytes);
// One file or folder that is about to be made. ENOSPC.
capabilities::Result<void> spendEntry(const capabilities::ResolvedPath& path);
// truncate(2) of a file open for writing; growth is spent, of the budget too if there is one. May wait: a lane's.
capabilities::Result<void> resize(const capabilities::ResolvedPath& path, int fd, uint64_t length,
                                  capabilities::Budget* budget);

}  // namespace runtime::extensions::fs
