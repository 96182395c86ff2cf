#include "worker/array_buffer_allocator.h"

#include <cstdlib>

#include "worker/out_of_memory.h"

namespace runtime::worker {
namespace {

constexpr int kAttempts = 4;

}  // namespace

void* ArrayBufferAllocator::Allocate(size_t length) { return allocate(length, Fill::kZero); }

void* ArrayBufferAllocator::AllocateUninitialized(size_t length) { return allocate(length, Fill::kNone); }

void* ArrayBufferAllocator::allocate(size_t length, Fill fill) {
  if (length > limit_) return nullptr;
  if (length > limit_ - used_) return refuse(length);
  // Fresh pages are zero already, so large buffers cost no page before they are used.
  void* data = fill == Fill::kZero ? tryAllocateZeroed(length ? length : 1) : tryAllocate(length ? length : 1);
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
  std::free(data);
}

}  // namespace runtime::worker
