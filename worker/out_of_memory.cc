#include "worker/out_of_memory.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policies/sandbox/exit_status.h"

extern "C" {
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t count, size_t bytes);
void* __libc_realloc(void* old, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);

__attribute__((visibility("default"))) void* malloc(size_t bytes) {
  void* memory = __libc_malloc(bytes);
  if (memory == nullptr) runtime::worker::endOutOfMemory();
  return memory;
}

__attribute__((visibility("default"))) void* calloc(size_t count, size_t bytes) {
  void* memory = __libc_calloc(count, bytes);
  if (memory == nullptr) runtime::worker::endOutOfMemory();
  return memory;
}

__attribute__((visibility("default"))) void* realloc(void* old, size_t bytes) {
  void* memory = __libc_realloc(old, bytes);
  if (memory == nullptr && bytes > 0) runtime::worker::endOutOfMemory();
  return memory;
}

__attribute__((visibility("default"))) int posix_memalign(void** memory, size_t alignment, size_t bytes) noexcept {
  *memory = __libc_memalign(alignment, bytes);
  if (*memory == nullptr) runtime::worker::endOutOfMemory();
  return 0;
}

__attribute__((visibility("default"))) int mprotect(void* address, size_t length, int protection) noexcept {
  const int result = static_cast<int>(syscall(SYS_mprotect, address, length, protection));
  if (result != 0 && errno == ENOMEM && protection != (PROT_READ | PROT_WRITE)) runtime::worker::endOutOfMemory();
  return result;
}

__attribute__((visibility("default"))) int munmap(void* address, size_t length) noexcept {
  const int result = static_cast<int>(syscall(SYS_munmap, address, length));
  if (result != 0 && errno == ENOMEM) runtime::worker::endOutOfMemory();
  return result;
}
}

namespace runtime::worker {

void endOutOfMemory() { _exit(sandbox::kExitOutOfMemory); }

void* tryAllocateZeroed(std::size_t bytes) { return __libc_calloc(bytes, 1); }

void* tryAllocate(std::size_t bytes) { return __libc_malloc(bytes); }

StandardErrorSink::StandardErrorSink()
    : file_(fopencookie(nullptr, "w",
                        {.read = nullptr,
                         .write = [](void*, const char*, size_t size) { return static_cast<ssize_t>(size); },
                         .seek = nullptr,
                         .close = nullptr})) {}

void StandardErrorSink::silence() { stderr = static_cast<FILE*>(file_); }

}  // namespace runtime::worker
