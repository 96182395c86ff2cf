#include "policies/sandbox/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <limits>

#include "policies/sandbox/setup_error.h"

namespace runtime::sandbox {

void keepExactly(int readEnd, int writeEnd) noexcept {
  // Out of the way first, so that neither overwrites the other.
  const int reads = ::fcntl(readEnd, F_DUPFD_CLOEXEC, 3);
  const int writes = ::fcntl(writeEnd, F_DUPFD_CLOEXEC, 3);
  if (reads < 0 || writes < 0 || ::dup2(reads, STDIN_FILENO) < 0 || ::dup2(writes, STDOUT_FILENO) < 0 ||
      ::close_range(STDERR_FILENO, std::numeric_limits<unsigned>::max(), 0) != 0)
    dieAt(Step::kDescriptors);
}

}  // namespace runtime::sandbox
