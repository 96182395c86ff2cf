#include "worker/fork_safe_memory.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" __attribute__((visibility("default"))) int madvise(void* address, size_t length, int advice) noexcept {
  if (advice == MADV_DONTFORK) return 0;
  return static_cast<int>(syscall(SYS_madvise, address, length, advice));
}

namespace runtime::worker {

void keepPagesAcrossFork() {}

}  // namespace runtime::worker
