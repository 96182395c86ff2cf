#include "policies/sandbox/namespaces.h"

#include <sched.h>

namespace runtime::sandbox {
namespace {

constexpr uint64_t kAll =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

}  // namespace

constinit const std::array<Namespace, 7> kNamespaces{{{"user", CLONE_NEWUSER},
                                                      {"mount", CLONE_NEWNS},
                                                      {"pid", CLONE_NEWPID},
                                                      {"net", CLONE_NEWNET},
                                                      {"ipc", CLONE_NEWIPC},
                                                      {"uts", CLONE_NEWUTS},
                                                      {"cgroup", CLONE_NEWCGROUP}}};

uint64_t cloneFlags(NamespacesMade made) { return made == NamespacesMade::kWithProcess ? kAll : CLONE_NEWPID; }

void enterRemainingNamespaces() noexcept {
  if (::unshare(static_cast<int>(kAll & ~uint64_t{CLONE_NEWPID})) != 0) dieAt(Step::kNamespaces);
}

}  // namespace runtime::sandbox
