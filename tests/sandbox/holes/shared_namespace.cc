// A hole made on purpose: the host name's namespace is the host's. Linked with --wrap into a zygote (root makes the
// namespaces there) and into what starts it (an ordinary user makes them with the process).
#include <sched.h>

#include "policies/sandbox/namespaces.h"
#include "policies/sandbox/setup_error.h"

namespace runtime::sandbox {

uint64_t soundCloneFlags(NamespacesMade made) asm("__real__ZN7runtime7sandbox10cloneFlagsENS0_14NamespacesMadeE");
uint64_t holedCloneFlags(NamespacesMade made) asm("__wrap__ZN7runtime7sandbox10cloneFlagsENS0_14NamespacesMadeE");
uint64_t holedCloneFlags(NamespacesMade made) { return soundCloneFlags(made) & ~uint64_t{CLONE_NEWUTS}; }

void holedEnterRemainingNamespaces() noexcept asm("__wrap__ZN7runtime7sandbox24enterRemainingNamespacesEv");
void holedEnterRemainingNamespaces() noexcept {
  const uint64_t flags = soundCloneFlags(NamespacesMade::kWithProcess) & ~uint64_t{CLONE_NEWUTS | CLONE_NEWPID};
  if (::unshare(static_cast<int>(flags)) != 0) dieAt(Step::kNamespaces);
}

}  // namespace runtime::sandbox
