#include "worker/process_id.h"

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

// Read by getpid(), which libnode gives no state of ours.
constinit pid_t remembered = 0;

}  // namespace

extern "C" __attribute__((visibility("default"))) pid_t getpid() noexcept { return remembered; }

namespace runtime::worker {

void rememberProcessId() noexcept { remembered = static_cast<pid_t>(::syscall(SYS_getpid)); }

}  // namespace runtime::worker
