#pragma once
// How a worker ends when its memory is at an end: with kExitOutOfMemory, at any depth, saying nothing. V8's own handler
// would print a stack trace, which the filter answers with SIGSYS.
#include <cstddef>

namespace v8 {
class Isolate;
}

namespace runtime::worker {

class MemoryLimit {
 public:
  // In the zygote. The isolate was made with small heaps; both live as long as the process.
  void install(v8::Isolate* isolate);
  // In the worker: what the heap may grow to, once.
  void setLimit(size_t bytes) { limitBytes_ = bytes; }

 private:
  static size_t nearHeapLimit(void* self, size_t current, size_t initial);

  size_t limitBytes_ = size_t{64} << 20;
};

}  // namespace runtime::worker
