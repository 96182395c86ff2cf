#include "policies/sandbox/capability_sets.h"

#include <linux/securebits.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "policies/sandbox/setup_error.h"

namespace runtime::sandbox {
namespace {

constexpr unsigned long kSecureBits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                                      SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
                                      SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

void require(int result) {
  if (result != 0) dieAt(Step::kCapabilities);
}

}  // namespace

void dropAllCapabilities() noexcept {
  require(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
  require(::prctl(PR_SET_SECUREBITS, kSecureBits, 0, 0, 0));
  for (cap_value_t capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    require(::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0));
  cap_t none = ::cap_init();
  require(none != nullptr && ::cap_set_proc(none) == 0 ? 0 : -1);
  ::cap_free(none);
}

void forbidNewPrivileges() noexcept {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) dieAt(Step::kNoNewPrivileges);
}

}  // namespace runtime::sandbox
