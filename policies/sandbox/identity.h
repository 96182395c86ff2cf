#pragma once
// Whom a zygote and its workers are to the host. Inside they are uid 0 and gid 0 of a user namespace that knows no
// other.
#include <sys/types.h>

#include <expected>
#include <string>

#include "policies/sandbox/namespaces.h"

namespace runtime::sandbox {

struct Identity {
  uid_t uid;  // as the supervisor sees it; 0 only where the supervisor's 0 is an ordinary user of the namespace around
  gid_t gid;
  NamespacesMade made;
};

// In the supervisor. An ordinary user stays who he is. Root is given a uid and a gid that nobody has, from a range that
// no account, container or service manager hands out. The error is for a person. Asks the user database: may block.
std::expected<Identity, std::string> chooseIdentity();

// In the supervisor, once per zygote: 0 inside is `identity` outside. Groups can be set only where root asks for it,
// who must drop his own.
std::expected<void, SetupError> writeIdMaps(pid_t process, const Identity& identity);

// In a zygote of NamespacesMade::kAfterExec whose maps have been written: uid, gid and groups of the host's root are
// gone for good; all capabilities within the namespace stay. Async-signal-safe.
void becomeMappedRoot() noexcept;

}  // namespace runtime::sandbox
