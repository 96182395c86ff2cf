#include "worker/memory_limit.h"

#include <v8.h>

#include <new>

#include "worker/out_of_memory.h"

namespace runtime::worker {
namespace {

// V8 may say that it is near its limit while much of the heap is garbage. What ends a job exactly is the kernel's
// limit on its data; the heap's own is this much beyond, for V8 to collect garbage first when memory is refused.
constexpr size_t kBeyondBytes = size_t{4} << 20;

}  // namespace

void MemoryLimit::install(v8::Isolate* isolate) {
  isolate->SetOOMErrorHandler([](const char*, const v8::OOMDetails&) { endOutOfMemory(); });
  // What V8 calls fatal besides is an allocation that it cannot size, or a bug.
  isolate->SetFatalErrorHandler([](const char*, const char*) { endOutOfMemory(); });
  isolate->AddNearHeapLimitCallback(nearHeapLimit, this);
  std::set_new_handler([] { endOutOfMemory(); });
}

size_t MemoryLimit::nearHeapLimit(void* self, size_t current, size_t initial) {
  const size_t limit = static_cast<MemoryLimit*>(self)->limitBytes_ + kBeyondBytes;
  if (current >= limit) endOutOfMemory();
  return limit;
}

}  // namespace runtime::worker
