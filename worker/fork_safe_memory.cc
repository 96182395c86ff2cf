#include "worker/fork_safe_memory.h"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "worker/out_of_memory.h"

namespace {

// A page of V8's heap, aligned to its size. V8 maps so much more that an aligned one is within, and unmaps the rest.
constexpr uintptr_t kHeapPageBytes = 256 << 10;
constexpr size_t kHeapPageMapping = 2 * kHeapPageBytes - 4096;

// Read by madvise(), which V8 gives no state of ours.
constinit bool populatesHeapPages = false;

int adviseKernel(uintptr_t address, size_t length, int advice) {
  return static_cast<int>(syscall(SYS_madvise, address, length, advice));
}

// Only saves faults: where the kernel cannot, nothing is lost.
void populate(uintptr_t address, size_t length) { (void)adviseKernel(address, length, MADV_POPULATE_WRITE); }

}  // namespace

extern "C" __attribute__((visibility("default"))) int madvise(void* address, size_t length, int advice) noexcept {
  const auto at = reinterpret_cast<uintptr_t>(address);
  if (advice != MADV_DONTFORK) return adviseKernel(at, length, advice);
  if (populatesHeapPages && length == kHeapPageMapping) {
    populate((at + kHeapPageBytes - 1) & ~(kHeapPageBytes - 1), kHeapPageBytes);
  }
  return 0;
}

namespace runtime::worker {

void keepPagesAcrossFork() {}

void populateMemory(size_t mallocBytes) {
  populatesHeapPages = true;
  // One piece of memory beyond what is left of the heap, given back: it stays at the heap's end (no trimming).
  auto* bytes = static_cast<char*>(tryAllocate(mallocBytes));
  if (bytes == nullptr) return;
  constexpr uintptr_t kPage = 4096;
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(bytes) + kPage - 1) & ~(kPage - 1);
  const uintptr_t end = (reinterpret_cast<uintptr_t>(bytes) + mallocBytes) & ~(kPage - 1);
  populate(begin, end - begin);
  std::free(bytes);
}

void closeHeapGaps() {
  // The last piece of the heap, so what lies beyond its beginning is not in a gap.
  constexpr size_t kLargest = size_t{1} << 20;
  void* const last = tryAllocate(kLargest);
  if (last == nullptr) return;
  std::free(last);
  // Sizes as glibc keeps them apart: in steps of 16 bytes at first, later in ever wider ones.
  for (size_t size = kLargest; size >= 16; size -= std::max<size_t>(16, size / 64 & ~size_t{15})) {
    while (void* const piece = tryAllocate(size)) {
      if (piece < last) continue;
      std::free(piece);
      break;
    }
  }
}

void stopPopulating() { populatesHeapPages = false; }

}  // namespace runtime::worker
