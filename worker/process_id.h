#pragma once
// getpid() without a system call. V8 asks for the process's number at each garbage collection; exported by the zygote
// executable, the function here answers libnode in place of glibc's, so that a worker's filter need not know the call.
namespace runtime::worker {

// In the zygote before V8 starts, and in each worker after its fork, before the filter.
void rememberProcessId() noexcept;

}  // namespace runtime::worker
