#pragma once
// The memory of ArrayBuffers, which V8's heap limit does not count. Compiled without RTTI, as libnode is. One thread.
#include <v8-array-buffer.h>

#include <cstddef>

namespace runtime::worker {

// One request larger than the whole limit fails: JavaScript sees a RangeError and goes on. Any other that does not fit
// beside what is alive, after V8 has collected garbage for it, ends the process with kExitOutOfMemory.
class ArrayBufferAllocator final : public v8::ArrayBuffer::Allocator {
 public:
  void setLimit(size_t bytes) { limit_ = bytes; }

  void* Allocate(size_t length) override;
  void* AllocateUninitialized(size_t length) override;
  void Free(void* data, size_t length) override;

 private:
  enum class Fill { kZero, kNone };
  void* allocate(size_t length, Fill fill);
  void* refuse(size_t length);

  size_t limit_ = size_t{64} << 20;
  size_t used_ = 0;
  // V8 asks four times for the same buffer, collecting garbage in between, before it throws.
  size_t refusedLength_ = 0;
  int refusals_ = 0;
};

}  // namespace runtime::worker
