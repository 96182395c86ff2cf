#pragma once
// What binds the files of one module beside the rights of its entries: denies, and the ceilings of `within`. All of it
// binds the host file, so that it holds under every name. Pure; any thread.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capabilities/rights.h"
#include "policies/decide.h"
#include "policies/rule_index.h"

namespace runtime::policies {

class Binding {
 public:
  explicit Binding(const ModuleGrants& grants);

  // The rights that are not to be had on the canonical guest path `guest`, by a deny or for want of a ceiling's grant.
  capabilities::RightSet deniedAt(std::string_view guest) const;
  // The same by denies alone, those of the ceilings among them: what binds imports.
  capabilities::RightSet deniedByRules(std::string_view guest) const;
  // Whether something strictly beneath the folder `guest` may be bound by more than the folder is.
  bool couldDenyBeneath(std::string_view guest) const;
  bool empty() const { return own_.denies().empty() && ceilings_.empty(); }

  // Every guest path that stands for the host path, as the entries show it.
  using Name = RuleIndex::Name;
  std::vector<Name> namesOf(std::string_view host) const;
  // What is had on the host path, under whichever name.
  capabilities::RightSet heldOn(std::string_view host) const;
  // What is denied on the host path by denies alone, under any name.
  capabilities::RightSet deniedOn(std::string_view host) const;
  // The host path that the entry it belongs to shows at `guest`.
  std::optional<std::string> hostOf(std::string_view guest) const;
  // The rules of the policy itself, and of each ceiling, in the order of the grants that it was made from.
  const RuleIndex& own() const { return own_; }
  const std::vector<RuleIndex>& ceilings() const { return ceilings_; }

 private:
  RuleIndex own_;
  std::vector<RuleIndex> ceilings_;
};

// Why a right is had on a guest path, or is not.
struct Decision {
  enum class Reason : uint8_t {
    kGranted,
    kNoEntry,  // nothing is shown at this path
    kNoRight,  // the entry it belongs to lacks the right
    kDenied,   // by a deny of this policy or of a ceiling
    kCeiling,  // a ceiling does not grant it
  };
  Reason reason = Reason::kNoEntry;
  std::optional<FsGrant> entry;  // what the path belongs to
  std::optional<FsDeny> deny;    // the first that takes the right
  std::string ceiling;           // the ceiling's file, where it is one
  bool allowed() const { return reason == Reason::kGranted; }
};

// As the door decides for a file that no symlink leads to: the verdict is the entry's rights less what a Binding denies
// under every name of the file, and what is said of it beside is looked for afterwards. `guest` is absolute and normal.
// `binding` is that of the grants.
Decision decide(const ModuleGrants& grants, const Binding& binding, capabilities::Right right, std::string_view guest);
Decision decide(const ModuleGrants& grants, capabilities::Right right, std::string_view guest);

}  // namespace runtime::policies
