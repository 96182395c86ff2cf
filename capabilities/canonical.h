#pragma once
// Between canonical host paths and the guest paths by which the entries of a module show them. Pure; any thread.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capabilities/view.h"

namespace runtime::capabilities {

// Whether what is reached through `mount` must be named canonically: there are denies, or an entry stands within it.
bool needsCanonicalName(const Authority& authority, const Mount& mount);

// The guest path of the host file as `mount` shows it. Nothing where it is outside the mount.
std::optional<std::string> guestBy(const Mount& mount, std::string_view host);

// Every guest path that stands for the host file: one for each entry that shows it under a name that is that entry's.
std::vector<std::string> guestsOf(const Authority& authority, std::string_view host);

// What is denied on any of these guest paths.
RightSet deniedAtAny(const Authority& authority, const std::vector<std::string>& guests);

// The guest path belongs to an entry within `mount`, not to it.
bool belongsToInner(const Authority& authority, const Mount& mount, std::string_view guest);

// An entry stands strictly beneath one of these.
bool entryBeneath(const Authority& authority, const std::vector<std::string>& guests);

}  // namespace runtime::capabilities
