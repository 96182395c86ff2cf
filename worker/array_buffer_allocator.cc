#include "worker/array_buffer_allocator.h"

#include <sys/mman.h>

#include <cstdlib>

#include "worker/out_of_memory.h"

namespace runtime::worker {
namespace {

constexpr int kAttempts = 4;
// From this size on a buffer is a mapping of its own, its pages made at once: a fault for each costs far more than
// filling it does.
constexpr size_t kMappedLength = size_t{1} << 20;

void* tryMap(size_t length) {
  void* data = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  return data == MAP_FAILED ? nullptr : data;
}

}  // namespace

void* ArrayBufferAllocator::Allocate(size_t length) { return allocate(length, Fill::kZero); }

void* ArrayBufferAllocator::AllocateUninitialized(size_t length) { return allocate(length, Fill::kNone); }

void* ArrayBufferAllocator::allocate(size_t length, Fill fill) {
  if (length > limit_) return nullptr;
  if (length > limit_ - used_) return refuse(length);
  void* data = length >= kMappedLength ? tryMap(length)
               : fill == Fill::kZero   ? tryAllocateZeroed(length ? length : 1)
                                       : tryAllocate(length ? length : 1);
  if (data == nullptr) return refuse(length);
  refusals_ = 0;
  used_ += length;
  return data;
}

void* ArrayBufferAllocator::refuse(size_t length) {
  refusals_ = length == refusedLength_ ? refusals_ + 1 : 1;
  refusedLength_ = length;
  if (refusals_ >= kAttempts) endOutOfMemory();
  return nullptr;
}

void ArrayBufferAllocator::Free(void* data, size_t length) {
  used_ -= length;
  if (length >= kMappedLength) {
    munmap(data, length);
  } else {
    std::free(data);
  }
}

}  // namespace runtime::worker
