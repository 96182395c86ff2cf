#pragma once
// A worker whose memory is at an end says nothing and leaves with kExitOutOfMemory, whoever asked for the memory.
//
// V8 answers a malloc() that fails in its garbage collector by printing and trapping, past every handler it lets one
// install. So malloc(), calloc(), realloc() and posix_memalign() are the executable's own: glibc's, and the end of the
// process where those fail. So are mprotect() and munmap(): V8 traps where memory cannot be made executable (it counts
// as data then) or be given back (the kernel splits a mapping, and has no more of them). Where memory cannot be made
// writable, V8 and the language have an answer. The executable exports them, as it does madvise() (fork_safe_memory.h).
#include <cstddef>

namespace runtime::worker {

[[noreturn]] void endOutOfMemory();

// As calloc() and malloc(), but null where there is no memory.
void* tryAllocateZeroed(std::size_t bytes);
void* tryAllocate(std::size_t bytes);

// What V8 prints to standard error before it calls a handler goes nowhere: the descriptor is not open and the filter
// would take the attempt for a violation. In the zygote; takes effect with silence().
class StandardErrorSink {
 public:
  StandardErrorSink();
  void silence();

 private:
  void* file_;
};

}  // namespace runtime::worker
