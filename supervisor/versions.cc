#include <capnp/common.h>

#include <format>

#include "policies/sandbox/seccomp_program.h"
#include "supervisor/runtime.h"

namespace runtime {

Versions versions(const Options&) {
  return {RUNTIME_VERSION, RUNTIME_V8_VERSION,
          std::format("{}.{}.{}", CAPNP_VERSION_MAJOR, CAPNP_VERSION_MINOR, CAPNP_VERSION_MICRO),
          sandbox::seccompVersion()};
}

}  // namespace runtime
