#pragma once
// What fs tells of a file: kind, size, times as the job's clock shows them. Pure; any thread.
#include "capabilities/beneath.h"
#include "capabilities/view.h"
#include "extensions/fs/fs.capnp.h"

namespace runtime::extensions::fs {

FileType typeOfMode(uint32_t mode);
void fill(Stat::Builder stat, const capabilities::FileStatus& status, const capabilities::JobMeters& meters);
// A time that the job gave, for the kernel. EINVAL where it is not a time.
capabilities::Result<timespec> toTimespec(double ms);

}  // namespace runtime::extensions::fs
