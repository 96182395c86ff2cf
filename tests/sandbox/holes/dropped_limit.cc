// A hole made on purpose: a worker may have further descriptors, and does not look whether it may. Linked with --wrap
// into a zygote.
#include <sys/resource.h>

#include "policies/sandbox/limits.h"

namespace runtime::sandbox {

void holedLimitWorker(const WorkerLimits& limits) noexcept
    asm("__wrap__ZN7runtime7sandbox11limitWorkerERKNS0_12WorkerLimitsE");
void holedLimitWorker(const WorkerLimits& limits) noexcept {
  for (const auto& [resource, value] :
       {std::pair{RLIMIT_DATA, limits.dataBytes}, {RLIMIT_AS, limits.addressBytes}, {RLIMIT_CPU, limits.cpuSeconds}}) {
    const rlimit limit{value, value};
    if (::setrlimit(resource, &limit) != 0) dieAt(Step::kLimits);
  }
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_NPROC, &none) != 0) dieAt(Step::kLimits);
}

void blindWorker(const WorkerLimits& limits) noexcept
    asm("__wrap__ZN7runtime7sandbox21requireConfinedWorkerERKNS0_12WorkerLimitsE");
void blindWorker(const WorkerLimits&) noexcept {}

}  // namespace runtime::sandbox
