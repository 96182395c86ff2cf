#include "policies/sandbox/speculation.h"

#include <linux/prctl.h>
#include <sys/prctl.h>

namespace runtime::sandbox {
namespace {

Speculation disable(unsigned long kind) {
  if (::prctl(PR_SET_SPECULATION_CTRL, kind, PR_SPEC_FORCE_DISABLE, 0, 0) != 0) return Speculation::kNotControlled;
  const int state = ::prctl(PR_GET_SPECULATION_CTRL, kind, 0, 0, 0);
  return (state & (PR_SPEC_FORCE_DISABLE | PR_SPEC_DISABLE)) != 0 ? Speculation::kDisabled
                                                                  : Speculation::kNotControlled;
}

}  // namespace

SpeculationControls disableSpeculation() noexcept {
  return {disable(PR_SPEC_STORE_BYPASS), disable(PR_SPEC_INDIRECT_BRANCH)};
}

}  // namespace runtime::sandbox
