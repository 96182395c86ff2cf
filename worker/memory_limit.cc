#include "worker/memory_limit.h"

#include <v8.h>

#include <new>

#include "worker/out_of_memory.h"

namespace runtime::worker {

void MemoryLimit::install(v8::Isolate* isolate) {
  isolate->SetOOMErrorHandler([](const char*, const v8::OOMDetails&) { endOutOfMemory(); });
  // What V8 calls fatal besides is an allocation that it cannot size, or a bug.
  isolate->SetFatalErrorHandler([](const char*, const char*) { endOutOfMemory(); });
  isolate->AddNearHeapLimitCallback(nearHeapLimit, this);
  std::set_new_handler([] { endOutOfMemory(); });
}

size_t MemoryLimit::nearHeapLimit(void* self, size_t current, size_t initial) {
  const size_t limit = static_cast<MemoryLimit*>(self)->limitBytes_;
  if (current >= limit) endOutOfMemory();
  return limit;
}

}  // namespace runtime::worker
