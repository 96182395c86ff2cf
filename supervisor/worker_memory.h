#pragma once
// What one worker may use of its job's memory, less what it has lent to its children: so the workers of a job together
// are held to what the first was given. Held by the kernel, as RLIMIT_DATA of the process. Loop thread.
#include <sys/types.h>

#include <cstdint>

namespace runtime::supervisor {

class WorkerMemory {
 public:
  // Of a process that runs. `pid` as the supervisor sees it; 0: it has ended.
  void attach(pid_t pid) { pid_ = pid; }
  // The process has ended; its number may be another's.
  void detach() { pid_ = 0; }

  // Takes up to `most` bytes from what the process may still use, at least `least`. 0: it has not so much left.
  uint64_t lend(uint64_t least, uint64_t most);
  void takeBack(uint64_t bytes);

 private:
  pid_t pid_ = 0;
};

}  // namespace runtime::supervisor
