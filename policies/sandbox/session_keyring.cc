#include "policies/sandbox/session_keyring.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace runtime::sandbox {

SessionKeyring joinOwnKeyring() noexcept {
  return ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) >= 0 ? SessionKeyring::kOwn
                                                                          : SessionKeyring::kInherited;
}

}  // namespace runtime::sandbox
