#include "capabilities/canonical.h"

#include <algorithm>

#include "capabilities/guest_path.h"

namespace runtime::capabilities {
namespace {

bool hasDenies(const Authority& authority) { return authority.denies != nullptr && !authority.denies->empty(); }

}  // namespace

bool needsCanonicalName(const Authority& authority, const Mount& mount) {
  if (hasDenies(authority)) return true;
  return std::ranges::any_of(authority.mounts,
                             [&](const auto& other) { return isStrictlyBeneath(mount.at, other->at); });
}

std::optional<std::string> guestBy(const Mount& mount, std::string_view host) {
  if (mount.isFile && host != mount.hostPath) return std::nullopt;
  const auto relative = relativeTo(mount.hostPath, host);
  if (!relative) return std::nullopt;
  return join(mount.at, *relative);
}

std::vector<std::string> guestsOf(const Authority& authority, std::string_view host) {
  std::vector<std::string> guests;
  for (const auto& mount : authority.mounts) {
    auto guest = guestBy(*mount, host);
    if (!guest || belongsToInner(authority, *mount, *guest)) continue;
    if (std::ranges::find(guests, *guest) == guests.end()) guests.push_back(std::move(*guest));
  }
  return guests;
}

RightSet deniedAtAny(const Authority& authority, const std::vector<std::string>& guests) {
  RightSet denied;
  if (!hasDenies(authority)) return denied;
  for (const auto& guest : guests) denied = denied | authority.denies->deniedAt(guest);
  return denied;
}

bool belongsToInner(const Authority& authority, const Mount& mount, std::string_view guest) {
  return std::ranges::any_of(authority.mounts, [&](const auto& other) {
    return isStrictlyBeneath(mount.at, other->at) && covers(other->at, guest);
  });
}

bool entryBeneath(const Authority& authority, const std::vector<std::string>& guests) {
  return std::ranges::any_of(authority.mounts, [&](const auto& mount) {
    return std::ranges::any_of(guests, [&](const auto& guest) { return isStrictlyBeneath(guest, mount->at); });
  });
}

}  // namespace runtime::capabilities
