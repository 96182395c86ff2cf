#include "worker/memory_limit.h"

#include <unistd.h>
#include <v8.h>

#include <new>

#include "policies/sandbox/exit_status.h"

namespace runtime::worker {
namespace {

[[noreturn]] void outOfMemory() { _exit(sandbox::kExitOutOfMemory); }

}  // namespace

void MemoryLimit::install(v8::Isolate* isolate) {
  isolate->SetOOMErrorHandler([](const char*, const v8::OOMDetails&) { outOfMemory(); });
  // What V8 calls fatal besides is an allocation that it cannot size, or a bug.
  isolate->SetFatalErrorHandler([](const char*, const char*) { outOfMemory(); });
  isolate->AddNearHeapLimitCallback(nearHeapLimit, this);
  std::set_new_handler([] { outOfMemory(); });
}

size_t MemoryLimit::nearHeapLimit(void* self, size_t current, size_t initial) {
  const size_t limit = static_cast<MemoryLimit*>(self)->limitBytes_;
  if (current >= limit) outOfMemory();
  return limit;
}

}  // namespace runtime::worker
