#include "policies/binding.h"

#include <algorithm>
#include <stdexcept>

#include "capabilities/guest_path.h"

namespace runtime::policies {
namespace {

using capabilities::covers;
using capabilities::isStrictlyBeneath;
using capabilities::Right;
using capabilities::RightSet;

// `path`, which `from` covers, as the same place beneath `to`.
std::string moved(std::string_view path, std::string_view from, std::string_view to) {
  return capabilities::join(to, capabilities::relativeTo(from, path).value());
}

// The entry that the guest path belongs to.
const FsGrant* ownerOf(const std::vector<FsGrant>& entries, std::string_view guest) {
  const auto owner = std::ranges::find_if(entries, [&](const FsGrant& entry) { return covers(entry.at, guest); });
  return owner == entries.end() ? nullptr : &*owner;
}

// Every name of a host path, and the entry that shows it.
struct Name {
  std::string guest;
  const FsGrant* entry;
};
std::vector<Name> namesOf(const std::vector<FsGrant>& entries, std::string_view host) {
  std::vector<Name> names;
  for (const FsGrant& entry : entries) {
    if (!covers(entry.path, host)) continue;
    std::string guest = moved(host, entry.path, entry.at);
    if (ownerOf(entries, guest) == &entry) names.push_back({std::move(guest), &entry});
  }
  return names;
}

const FsDeny* denyOf(const std::vector<FsDeny>& denies, Right right, std::string_view guest) {
  const auto found = std::ranges::find_if(
      denies, [&](const FsDeny& deny) { return deny.rights.has(right) && deny.at.matches(guest); });
  return found == denies.end() ? nullptr : &*found;
}

RightSet taken(const std::vector<FsDeny>& denies, std::string_view guest) {
  RightSet rights;
  for (const FsDeny& deny : denies) {
    if (!rights.hasAll(deny.rights) && deny.at.matches(guest)) rights = rights | deny.rights;
  }
  return rights;
}

RightSet takenByRules(const Ceiling& ceiling, std::string_view host) {
  RightSet rights;
  if (ceiling.denies.empty()) return rights;
  for (const Name& name : namesOf(ceiling.fs, host)) rights = rights | taken(ceiling.denies, name.guest);
  return rights;
}

RightSet grantedBy(const Ceiling& ceiling, std::string_view host) {
  RightSet rights;
  for (const Name& name : namesOf(ceiling.fs, host)) rights = rights | name.entry->rights;
  return rights;
}

// Whether what `ceiling` grants or denies may change somewhere strictly beneath the host folder.
bool changesBeneath(const Ceiling& ceiling, std::string_view host) {
  for (const FsGrant& entry : ceiling.fs) {
    if (isStrictlyBeneath(host, entry.path)) return true;
    // What another entry hides of this one.
    for (const FsGrant& hiding : ceiling.fs) {
      if (isStrictlyBeneath(entry.at, hiding.at) && isStrictlyBeneath(host, moved(hiding.at, entry.at, entry.path)))
        return true;
    }
  }
  return std::ranges::any_of(namesOf(ceiling.fs, host), [&](const Name& name) {
    return std::ranges::any_of(ceiling.denies,
                               [&](const FsDeny& deny) { return deny.at.couldMatchBeneath(name.guest); });
  });
}

}  // namespace

Binding::Binding(const ModuleGrants& grants)
    : entries_(grants.fs), denies_(grants.denies), ceilings_(grants.ceilings) {}

std::vector<Binding::Name> Binding::namesOf(std::string_view host) const {
  std::vector<Name> names;
  for (auto& [guest, entry] : policies::namesOf(entries_, host)) names.push_back({std::move(guest), entry});
  return names;
}

RightSet Binding::deniedOn(std::string_view host) const {
  RightSet denied;
  if (empty()) return denied;
  for (const Name& name : namesOf(host)) denied = denied | deniedByRules(name.guest);
  return denied;
}

RightSet Binding::heldOn(std::string_view host) const {
  RightSet held, denied;
  for (const Name& name : namesOf(host)) {
    held = held | name.entry->rights;
    if (!empty()) denied = denied | deniedAt(name.guest);
  }
  return held - denied;
}

std::optional<std::string> Binding::hostOf(std::string_view guest) const {
  const FsGrant* owner = ownerOf(entries_, guest);
  if (owner == nullptr) return std::nullopt;
  return moved(guest, owner->at, owner->path);
}

RightSet Binding::deniedByRules(std::string_view guest) const {
  RightSet denied = taken(denies_, guest);
  if (ceilings_.empty()) return denied;
  const auto host = hostOf(guest);
  if (!host) return denied;
  for (const Ceiling& ceiling : ceilings_) denied = denied | takenByRules(ceiling, *host);
  return denied;
}

RightSet Binding::deniedAt(std::string_view guest) const {
  RightSet denied = deniedByRules(guest);
  if (ceilings_.empty()) return denied;
  const auto host = hostOf(guest);
  if (!host) return RightSet::all();
  for (const Ceiling& ceiling : ceilings_) denied = denied | (RightSet::all() - grantedBy(ceiling, *host));
  return denied;
}

bool Binding::couldDenyBeneath(std::string_view guest) const {
  if (std::ranges::any_of(denies_, [&](const FsDeny& deny) { return deny.at.couldMatchBeneath(guest); })) return true;
  if (ceilings_.empty()) return false;
  const auto host = hostOf(guest);
  return !host ||
         std::ranges::any_of(ceilings_, [&](const Ceiling& ceiling) { return changesBeneath(ceiling, *host); });
}

namespace {

// Which rule takes `right` on the host path: what Binding knows to be taken.
Decision takerOf(const ModuleGrants& grants, const FsGrant& owner, Right right, const std::string& host) {
  using Reason = Decision::Reason;
  for (const Name& name : namesOf(grants.fs, host)) {
    if (const FsDeny* deny = denyOf(grants.denies, right, name.guest)) return {Reason::kDenied, owner, *deny, ""};
  }
  for (const Ceiling& ceiling : grants.ceilings) {
    for (const Name& name : namesOf(ceiling.fs, host)) {
      if (const FsDeny* deny = denyOf(ceiling.denies, right, name.guest)) {
        return {Reason::kDenied, owner, *deny, ceiling.file};
      }
    }
    if (!grantedBy(ceiling, host).has(right)) return {Reason::kCeiling, owner, std::nullopt, ceiling.file};
  }
  throw std::logic_error("a right is taken by no rule");
}

}  // namespace

Decision decide(const ModuleGrants& grants, const Binding& binding, Right right, std::string_view guest) {
  using Reason = Decision::Reason;
  const FsGrant* owner = ownerOf(grants.fs, guest);
  if (owner == nullptr) return {Reason::kNoEntry, std::nullopt, std::nullopt, ""};
  if (!owner->rights.has(right)) return {Reason::kNoRight, *owner, std::nullopt, ""};
  if (binding.empty()) return {Reason::kGranted, *owner, std::nullopt, ""};
  const std::string host = moved(guest, owner->at, owner->path);
  RightSet denied;
  for (const Name& name : namesOf(grants.fs, host)) denied = denied | binding.deniedAt(name.guest);
  if (!denied.has(right)) return {Reason::kGranted, *owner, std::nullopt, ""};
  return takerOf(grants, *owner, right, host);
}

Decision decide(const ModuleGrants& grants, Right right, std::string_view guest) {
  return decide(grants, Binding(grants), right, guest);
}

}  // namespace runtime::policies
