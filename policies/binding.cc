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

const FsDeny* denyOf(const std::vector<FsDeny>& denies, Right right, std::string_view guest) {
  const auto found = std::ranges::find_if(
      denies, [&](const FsDeny& deny) { return deny.rights.has(right) && deny.at.matches(guest); });
  return found == denies.end() ? nullptr : &*found;
}

RightSet takenByRules(const RuleIndex& ceiling, std::string_view host) {
  RightSet rights;
  if (ceiling.denies().empty()) return rights;
  for (const auto& name : ceiling.namesOf(host)) rights = rights | ceiling.deniedAt(name.guest);
  return rights;
}

// Whether what `ceiling` grants or denies may change somewhere strictly beneath the host folder.
bool changesBeneath(const RuleIndex& ceiling, std::string_view host) {
  for (const FsGrant& entry : ceiling.entries()) {
    if (isStrictlyBeneath(host, entry.path)) return true;
    // What another entry hides of this one.
    for (const FsGrant& hiding : ceiling.entries()) {
      if (isStrictlyBeneath(entry.at, hiding.at) && isStrictlyBeneath(host, moved(hiding.at, entry.at, entry.path)))
        return true;
    }
  }
  return std::ranges::any_of(ceiling.namesOf(host), [&](const auto& name) {
    return std::ranges::any_of(ceiling.denies(),
                               [&](const FsDeny& deny) { return deny.at.couldMatchBeneath(name.guest); });
  });
}

}  // namespace

Binding::Binding(const ModuleGrants& grants) : own_(grants.fs, grants.denies) {
  for (const Ceiling& ceiling : grants.ceilings) ceilings_.emplace_back(ceiling.fs, ceiling.denies);
}

std::vector<Binding::Name> Binding::namesOf(std::string_view host) const { return own_.namesOf(host); }

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
  const FsGrant* owner = own_.ownerOf(guest);
  if (owner == nullptr) return std::nullopt;
  return moved(guest, owner->at, owner->path);
}

RightSet Binding::deniedByRules(std::string_view guest) const {
  RightSet denied = own_.deniedAt(guest);
  if (ceilings_.empty()) return denied;
  const auto host = hostOf(guest);
  if (!host) return denied;
  for (const RuleIndex& ceiling : ceilings_) denied = denied | takenByRules(ceiling, *host);
  return denied;
}

RightSet Binding::deniedAt(std::string_view guest) const {
  RightSet denied = deniedByRules(guest);
  if (ceilings_.empty()) return denied;
  const auto host = hostOf(guest);
  if (!host) return RightSet::all();
  for (const RuleIndex& ceiling : ceilings_) denied = denied | (RightSet::all() - ceiling.grantedOn(*host));
  return denied;
}

bool Binding::couldDenyBeneath(std::string_view guest) const {
  const auto could = [&](const FsDeny& deny) { return deny.at.couldMatchBeneath(guest); };
  if (std::ranges::any_of(own_.denies(), could)) return true;
  if (ceilings_.empty()) return false;
  const auto host = hostOf(guest);
  return !host ||
         std::ranges::any_of(ceilings_, [&](const RuleIndex& ceiling) { return changesBeneath(ceiling, *host); });
}

namespace {

// Which rule takes `right` on the host path: what Binding knows to be taken.
Decision takerOf(const ModuleGrants& grants, const Binding& binding, const FsGrant& owner, Right right,
                 const std::string& host) {
  using Reason = Decision::Reason;
  for (const auto& name : binding.own().namesOf(host)) {
    if (const FsDeny* deny = denyOf(grants.denies, right, name.guest)) return {Reason::kDenied, owner, *deny, ""};
  }
  for (size_t i = 0; i < grants.ceilings.size(); ++i) {
    const RuleIndex& ceiling = binding.ceilings()[i];
    const std::string& file = grants.ceilings[i].file;
    for (const auto& name : ceiling.namesOf(host)) {
      if (const FsDeny* deny = denyOf(ceiling.denies(), right, name.guest))
        return {Reason::kDenied, owner, *deny, file};
    }
    if (!ceiling.grantedOn(host).has(right)) return {Reason::kCeiling, owner, std::nullopt, file};
  }
  throw std::logic_error("a right is taken by no rule");
}

}  // namespace

Decision decide(const ModuleGrants& grants, const Binding& binding, Right right, std::string_view guest) {
  using Reason = Decision::Reason;
  const FsGrant* owner = binding.own().ownerOf(guest);
  if (owner == nullptr) return {Reason::kNoEntry, std::nullopt, std::nullopt, ""};
  if (!owner->rights.has(right)) return {Reason::kNoRight, *owner, std::nullopt, ""};
  if (binding.empty()) return {Reason::kGranted, *owner, std::nullopt, ""};
  const std::string host = moved(guest, owner->at, owner->path);
  RightSet denied;
  for (const auto& name : binding.own().namesOf(host)) denied = denied | binding.deniedAt(name.guest);
  if (!denied.has(right)) return {Reason::kGranted, *owner, std::nullopt, ""};
  return takerOf(grants, binding, *owner, right, host);
}

Decision decide(const ModuleGrants& grants, Right right, std::string_view guest) {
  return decide(grants, Binding(grants), right, guest);
}

}  // namespace runtime::policies
