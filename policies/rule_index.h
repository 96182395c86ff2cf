#pragma once
// Entries and denies of one module, found by path: a question looks at the few rules that concern it, however many
// there are. Pure; any thread.
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "capabilities/rights.h"
#include "policies/policy.h"

namespace runtime::policies {

class RuleIndex {
 public:
  // No two entries have the same `at`.
  RuleIndex(std::vector<FsGrant> entries, std::vector<FsDeny> denies);

  // As they were given.
  const std::vector<FsGrant>& entries() const { return entries_; }
  const std::vector<FsDeny>& denies() const { return denies_; }

  // The entry that the guest path belongs to: of those that cover it, the one with the longest `at`. Null: none.
  const FsGrant* ownerOf(std::string_view guest) const;
  // Every guest path that stands for the host path, and the entry that shows it; in the order of the entries.
  struct Name {
    std::string guest;
    const FsGrant* entry;
  };
  std::vector<Name> namesOf(std::string_view host) const;
  // What the denies that match the guest path take.
  capabilities::RightSet deniedAt(std::string_view guest) const;
  // What entries give on the host path, under whichever name.
  capabilities::RightSet grantedOn(std::string_view host) const;

 private:
  // Numbers of rules by a path, sorted.
  using ByPath = std::vector<std::pair<std::string, size_t>>;
  // Visits those at `path` and at all that it is beneath, the longest path first, until `visit` answers false.
  template <typename Visit>
  static void eachAbove(const ByPath& rules, std::string_view path, const Visit& visit);

  std::vector<FsGrant> entries_;
  std::vector<FsDeny> denies_;
  ByPath byAt_, byHost_;  // of entries
  ByPath byStart_;        // of denies: what the path of all that one alternative matches is, or is beneath
};

}  // namespace runtime::policies
