#include <capnp/common.h>
#include <seccomp.h>

#include <format>

#include "supervisor/runtime.h"

namespace runtime {

Versions versions(const Options&) {
  const scmp_version* seccomp = seccomp_version();
  return {RUNTIME_VERSION, RUNTIME_V8_VERSION,
          std::format("{}.{}.{}", CAPNP_VERSION_MAJOR, CAPNP_VERSION_MINOR, CAPNP_VERSION_MICRO),
          std::format("{}.{}.{}", seccomp->major, seccomp->minor, seccomp->micro)};
}

}  // namespace runtime
