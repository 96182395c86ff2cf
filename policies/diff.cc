#include "policies/diff.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "capabilities/guest_path.h"
#include "policies/binding.h"
#include "policies/decide.h"
#include "policies/host_path.h"
#include "policies/notation.h"
#include "policies/samples.h"
#include "policies/write.h"

namespace runtime::policies {
namespace {

using capabilities::covers;
using capabilities::isStrictlyBeneath;
using capabilities::Right;
using capabilities::RightSet;
using Direction = Change::Direction;
using Subject = Change::Subject;

constexpr size_t kMostSteps = 20'000'000;
constexpr size_t kMostChanges = 1000;
constexpr RightSet kWriting = {Right::kWrite, Right::kAppend, Right::kCreate};

// Host paths of one policy in the terms of the other.
struct Replacement {
  std::string from, to;
  std::string operator()(const std::string& path) const {
    const auto rest = from == to ? std::nullopt : capabilities::relativeTo(from, path);
    return rest ? capabilities::join(to, *rest) : path;
  }
};

Replacement replacementFor(const std::string& oldFolder, const std::string& newFolder) {
  std::string_view older = oldFolder, newer = newFolder;
  while (older.size() > 1 && newer.size() > 1) {
    const size_t one = older.rfind('/');
    const size_t other = newer.rfind('/');
    if (older.substr(one) != newer.substr(other)) break;
    older = older.substr(0, one);
    newer = newer.substr(0, other);
  }
  return {newer.empty() ? "/" : std::string(newer), older.empty() ? "/" : std::string(older)};
}

// Paths that cannot be resolved stay as they are written.
void settle(Policy& policy, const Replacement& replace) {
  const auto settled = [&](const std::string& path) { return replace(canonicalPath(path).value_or(path)); };
  for (Grant& grant : policy.grants) {
    for (FsGrant& entry : grant.fs) entry.path = settled(entry.path);
  }
  policy.modules.root = settled(policy.modules.root);
  if (policy.within == nullptr) return;
  Policy above = *policy.within;
  settle(above, replace);
  policy.within = std::make_shared<const Policy>(std::move(above));
}

bool areTheSame(const Policy& one, const Policy& other) {
  if ((one.within == nullptr) != (other.within == nullptr)) return false;
  if (one.within != nullptr && (one.withinPrefix != other.withinPrefix || !areTheSame(*one.within, *other.within)))
    return false;
  return sayTheSame(one, other);
}

// One of the two policies, as it was read and as it is compared.
struct Side {
  const Policy& read;
  const Policy& settled;
  std::string prefix;  // before a module's path

  // What two paths at one `at` leave a module is nothing.
  ModuleGrants of(const std::string& module) const {
    if (!grantsOf(read, prefix + module)) return {};
    auto grants = grantsOf(settled, prefix + module);
    return grants ? *std::move(grants) : ModuleGrants();
  }
};

void addGlobs(const Policy& policy, const std::string& prefix, std::vector<PrefixedGlob>& globs) {
  for (const Grant& grant : policy.grants) {
    for (const Glob& glob : grant.to) globs.push_back({&glob, prefix});
  }
  for (const Deny& deny : policy.denies) {
    for (const Glob& glob : deny.to) globs.push_back({&glob, prefix});
  }
  if (policy.within != nullptr) addGlobs(*policy.within, policy.withinPrefix + prefix, globs);
}

// The globs once each, so that a thousand rules for one module are one.
std::vector<PrefixedGlob> globsOf(const std::vector<const Side*>& sides) {
  std::vector<PrefixedGlob> globs, kept;
  for (const Side* side : sides) addGlobs(side->settled, side->prefix, globs);
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const PrefixedGlob& each : globs) {
    if (seen.emplace(each.glob->pattern(), each.prefix).second) kept.push_back(each);
  }
  return kept;
}

// What grantsOf() depends on of a module's path.
void addMatched(const Policy& policy, const std::string& module, std::string& key) {
  const auto matches = [&](const std::vector<Glob>& to) {
    return std::ranges::any_of(to, [&](const Glob& glob) { return glob.matches(module); }) ? '1' : '0';
  };
  for (const Grant& grant : policy.grants) key += matches(grant.to);
  for (const Deny& deny : policy.denies) key += matches(deny.to);
  if (policy.within != nullptr) addMatched(*policy.within, policy.withinPrefix + module, key);
}

std::vector<Showing> showingsOf(const ModuleGrants& grants) {
  std::vector<Showing> showings = {{&grants.fs, &grants.denies}};
  for (const Ceiling& ceiling : grants.ceilings) showings.push_back({&ceiling.fs, &ceiling.denies});
  return showings;
}

// A folder that may be renamed, moved or removed whole.
bool mayMove(const ModuleGrants& grants, const Binding& binding, const std::string& host, RightSet held) {
  if (!held.hasAny({Right::kCreate, Right::kDelete})) return false;
  return std::ranges::none_of(binding.namesOf(host), [&](const Binding::Name& name) {
    return binding.couldDenyBeneath(name.guest) || std::ranges::any_of(grants.fs, [&](const FsGrant& entry) {
             return isStrictlyBeneath(name.guest, entry.at);
           });
  });
}

// Does nothing, and does not compile once a policy has a member that is not among these: what it widens is to be
// compared here as well.
[[maybe_unused]] void everyMemberIsCompared(const Policy& policy, const Grant& grant, const FsGrant& entry,
                                            const Deny& deny, const FsDeny& denied) {
  [[maybe_unused]] const auto& [limits, engine, modules, grants, denies, within, withinPrefix, files, sha256,
                                warnings] = policy;
  [[maybe_unused]] const auto& [wall, cpu, memory, output, handles, storage, entries, audit] = limits;
  [[maybe_unused]] const auto& [jit, wasm, eval, clock] = engine;
  [[maybe_unused]] const auto& [root, imports, integrity, modulesPlace] = modules;
  [[maybe_unused]] const auto& [to, fs, env, isolate, place] = grant;
  [[maybe_unused]] const auto& [path, at, rights, storageBytes, entryPlace] = entry;
  [[maybe_unused]] const auto& [deniedTo, deniedFs, deniedEnv, denyPlace] = deny;
  [[maybe_unused]] const auto& [deniedAt, deniedRights, deniedPlace] = denied;
}

class Comparison {
 public:
  Comparison(const Policy& older, const Policy& newer, const Side& before, const Side& after)
      : old_(older), new_(newer), before_(before), after_(after) {}

  Difference run() {
    settings();
    if (old_.within != nullptr && new_.within == nullptr) noteWithin(Direction::kWidened, *old_.within);
    if (old_.within == nullptr && new_.within != nullptr) noteWithin(Direction::kNarrowed, *new_.within);
    environmentOfAll();
    const auto modules = moduleSamples(globsOf({&before_, &after_}), work_);
    if (!modules) {
      undecided("which modules the globs tell apart is too much to compare");
    } else {
      std::set<std::string> seen;
      for (const std::string& module : *modules) {
        std::string key;
        addMatched(before_.settled, before_.prefix + module, key);
        addMatched(after_.settled, after_.prefix + module, key);
        if (!work_.spend(key.size() + 1)) {
          undecided("the modules are too many to compare");
          break;
        }
        if (!seen.insert(std::move(key)).second) continue;
        workers_.push_back({module, isolatedBy(before_.settled, before_.prefix + module),
                            isolatedBy(after_.settled, after_.prefix + module)});
        if (!compare(module)) break;
      }
    }
    workers();
    integrity();
    budgets();
    Difference difference;
    for (const Direction direction : {Direction::kWidened, Direction::kNarrowed}) {
      for (const Change& change : changes_) {
        if (change.direction == direction) difference.changes.push_back(change);
      }
    }
    return difference;
  }

 private:
  static Change make(Direction direction, Subject subject) {
    Change change;
    change.direction = direction;
    change.subject = subject;
    return change;
  }
  void undecided(std::string what) {
    Change change = make(Direction::kWidened, Subject::kUndecided);
    change.reason = std::move(what);
    changes_.push_back(std::move(change));
  }
  void noteWithin(Direction direction, const Policy& ceiling) {
    Change change = make(direction, Subject::kWithin);
    change.resource = ceiling.modules.place.file;
    changes_.push_back(std::move(change));
  }

  void settings() {
    const auto note = [&](bool wider, const Settings& before, const Settings& after, size_t i) {
      if (before[i].second == after[i].second) return;
      Change change = make(wider ? Direction::kWidened : Direction::kNarrowed, Subject::kSetting);
      change.name = before[i].first;
      change.before = before[i].second;
      change.after = after[i].second;
      changes_.push_back(std::move(change));
    };
    const auto numbers = [](const Limits& l) {
      return std::vector<uint64_t>{l.wallNs,  l.cpuNs,        l.memoryBytes, l.outputBytes,
                                   l.handles, l.storageBytes, l.entries,     l.auditBytes};
    };
    const auto before = numbers(old_.limits), after = numbers(new_.limits);
    for (size_t i = 0; i < before.size(); ++i)
      note(after[i] > before[i], limitsInForce(old_.limits), limitsInForce(new_.limits), i);
    const Engine& was = old_.engine;
    const Engine& is = new_.engine;
    // Frozen is the coarsest clock.
    const bool finer =
        is.clockResolutionNs != 0 && (was.clockResolutionNs == 0 || is.clockResolutionNs < was.clockResolutionNs);
    const bool wider[] = {is.jit && !was.jit, is.wasm && !was.wasm, is.eval && !was.eval, finer};
    for (size_t i = 0; i < std::size(wider); ++i) note(wider[i], engineInForce(was), engineInForce(is), i);
    const std::string &from = before_.settled.modules.root, &to = after_.settled.modules.root;
    if (from == to) return;
    Change change = make(covers(from, to) ? Direction::kNarrowed : Direction::kWidened, Subject::kRoot);
    change.before = from;
    change.after = to;
    changes_.push_back(std::move(change));
  }

  // Modules that one policy keeps in different workers, and the other in one.
  void workers() {
    const auto compared = [&](Direction direction, auto sharing, auto apart) {
      std::map<std::vector<size_t>, const Worker*> first;
      for (const Worker& worker : workers_) {
        const auto [known, isNew] = first.try_emplace(worker.*sharing, &worker);
        if (!isNew && (known->second->*apart) != worker.*apart) note(Subject::kIsolate, direction, worker.module, "");
      }
    };
    compared(Direction::kWidened, &Worker::newer, &Worker::older);
    compared(Direction::kNarrowed, &Worker::older, &Worker::newer);
  }

  void integrity() {
    const auto older = integrityOf(before_.settled);
    const auto newer = integrityOf(after_.settled);
    const auto lacking = [](const auto& in, const std::string& path, const std::string& digest) {
      const auto [begin, end] = in.equal_range(path);
      return std::none_of(begin, end, [&](const auto& each) { return each.second.digest == digest; });
    };
    for (const auto& [path, entry] : older) {
      if (!path.starts_with(before_.prefix)) continue;  // nothing loads from there any more
      const std::string now = path.substr(before_.prefix.size());
      if (!lacking(newer, now, entry.digest)) continue;
      Change change = make(Direction::kWidened, Subject::kIntegrity);
      change.resource = now;
      change.before = entry.digest;
      if (const auto other = newer.find(now); other != newer.end()) change.after = other->second.digest;
      changes_.push_back(std::move(change));
    }
    for (const auto& [path, entry] : newer) {
      if (older.contains(before_.prefix + path)) continue;
      Change change = make(Direction::kNarrowed, Subject::kIntegrity);
      change.resource = path;
      change.after = entry.digest;
      changes_.push_back(std::move(change));
    }
  }

  void environmentOfAll() {
    const auto older = environmentOfEveryModule(old_);
    const auto newer = environmentOfEveryModule(new_);
    for (const std::string& name : newer) {
      if (!std::ranges::contains(older, name)) environment(Direction::kWidened, "", name);
    }
    for (const std::string& name : older) {
      if (!std::ranges::contains(newer, name)) environment(Direction::kNarrowed, "", name);
    }
  }

  void environment(Direction direction, const std::string& module, const std::string& name) {
    if (!environmentNoted_.emplace(direction, name).second) return;
    Change change = make(direction, Subject::kEnvironment);
    change.module = module;
    change.resource = name;
    changes_.push_back(std::move(change));
  }

  // False where the rest is not to be compared.
  bool compare(const std::string& module) {
    const ModuleGrants older = before_.of(module);
    const ModuleGrants newer = after_.of(module);
    for (const std::string& name : newer.env) {
      if (!std::ranges::contains(older.env, name)) environment(Direction::kWidened, module, name);
    }
    for (const std::string& name : older.env) {
      if (!std::ranges::contains(newer.env, name)) environment(Direction::kNarrowed, module, name);
    }
    if (!compareDenies(module, older, newer)) return false;

    auto showings = showingsOf(older);
    std::ranges::move(showingsOf(newer), std::back_inserter(showings));
    const auto oldWritable = writablePaths(before_.settled);
    const auto newWritable = writablePaths(after_.settled);
    const std::string& root = after_.settled.modules.root;
    std::vector<std::string> others = {root};
    others.insert(others.end(), oldWritable.begin(), oldWritable.end());
    others.insert(others.end(), newWritable.begin(), newWritable.end());
    const auto hosts = hostSamples(showings, others, work_);
    if (!hosts) {
      undecided("what the rules for " + quoted(module) + " tell apart is too much to compare");
      return false;
    }
    const Binding oldBinding(older);
    const Binding newBinding(newer);
    const auto loads = [&](const Binding& binding, const std::vector<std::string>& writable, const std::string& host) {
      return std::ranges::none_of(writable, [&](const std::string& path) { return covers(path, host); }) &&
             !binding.deniedOn(host).has(Right::kRead);
    };
    for (const std::string& host : *hosts) {
      if (!work_.spend(1 + older.fs.size() + newer.fs.size() + older.denies.size() + newer.denies.size())) {
        undecided("the rules for " + quoted(module) + " are too many to compare");
        return false;
      }
      const RightSet had = oldBinding.heldOn(host);
      const RightSet has = newBinding.heldOn(host);
      rights(Direction::kWidened, module, host, has - had, newer, newBinding, older, oldBinding);
      rights(Direction::kNarrowed, module, host, had - has, older, oldBinding, newer, newBinding);
      const bool couldMove = mayMove(older, oldBinding, host, had);
      const bool canMove = mayMove(newer, newBinding, host, has);
      if (canMove && !couldMove && had.hasAny({Right::kCreate, Right::kDelete}))
        note(Subject::kMove, Direction::kWidened, module, newBinding.namesOf(host).front().guest);
      if (couldMove && !canMove && has.hasAny({Right::kCreate, Right::kDelete}))
        note(Subject::kMove, Direction::kNarrowed, module, oldBinding.namesOf(host).front().guest);
      gatherBudgets(host, oldBinding, newBinding, had & has);
      if (!covers(root, host) || !covers(before_.settled.modules.root, host)) continue;
      const bool loaded = loads(oldBinding, oldWritable, host);
      const bool loadable = loads(newBinding, newWritable, host);
      if (loaded != loadable) {
        note(Subject::kLoad, loadable ? Direction::kWidened : Direction::kNarrowed, module,
             capabilities::relativeTo(root, host).value());
      }
    }
    if (changes_.size() < kMostChanges) return true;
    undecided("there are more differences than are listed");
    return false;
  }

  // Once for each direction and resource, or module where there is none: the others are the same story.
  void note(Subject subject, Direction direction, const std::string& module, const std::string& resource) {
    if (!noted_.emplace(subject, direction, resource.empty() ? module : resource).second) return;
    Change change = make(direction, subject);
    change.module = module;
    change.resource = resource;
    changes_.push_back(std::move(change));
  }

  bool compareDenies(const std::string& module, const ModuleGrants& older, const ModuleGrants& newer) {
    if (older.denies.empty() && newer.denies.empty()) return compareDeniedNames(module);
    std::vector<const Glob*> globs;
    std::set<std::string_view> seen;
    std::string key;
    for (const auto* list : {&older.denies, &newer.denies}) {
      for (const FsDeny& deny : *list) {
        if (seen.insert(deny.at.pattern()).second) globs.push_back(&deny.at);
        key += deny.place.text() + '\n';
      }
      key += '\n';
    }
    if (!deniesCompared_.insert(key).second) return compareDeniedNames(module);
    const auto guests = guestSamples(globs, work_);
    if (!guests) {
      undecided("the denies for " + quoted(module) + " are too much to compare");
      return false;
    }
    const auto denied = [](const std::vector<FsDeny>& denies, const std::string& guest) {
      RightSet rights;
      for (const FsDeny& deny : denies) {
        if (deny.at.matches(guest)) rights = rights | deny.rights;
      }
      return rights;
    };
    for (const std::string& guest : *guests) {
      if (!work_.spend(1 + older.denies.size() + newer.denies.size())) {
        undecided("the denies for " + quoted(module) + " are too much to compare");
        return false;
      }
      const RightSet was = denied(older.denies, guest);
      const RightSet is = denied(newer.denies, guest);
      denies(Direction::kWidened, module, guest, was - is, older.denies);
      denies(Direction::kNarrowed, module, guest, is - was, newer.denies);
    }
    return compareDeniedNames(module);
  }

  // `denies` hold the rule that denies these rights.
  void denies(Direction direction, const std::string& module, const std::string& guest, RightSet rights,
              const std::vector<FsDeny>& denies) {
    for (const FsDeny& deny : denies) {
      const RightSet own = deny.rights & rights;
      if (own.empty() || !deny.at.matches(guest)) continue;
      auto [known, isNew] = denyAt_.try_emplace({direction, deny.place.text()}, changes_.size());
      if (!isNew) {
        changes_[known->second].rights = changes_[known->second].rights | own;
        continue;
      }
      Change change = make(direction, Subject::kDeny);
      change.module = module;
      change.rights = own;
      change.resource = guest;
      (direction == Direction::kWidened ? change.oldRule : change.newRule) = deny.place;
      changes_.push_back(std::move(change));
    }
  }

  bool compareDeniedNames(const std::string& module) {
    const auto denied = [&](const Side& side) {
      std::map<std::string, Place> names;
      for (const Deny& deny : side.settled.denies) {
        if (std::ranges::none_of(deny.to, [&](const Glob& glob) { return glob.matches(side.prefix + module); }))
          continue;
        for (const std::string& name : deny.env) names.emplace(name, deny.place);
      }
      return names;
    };
    const auto was = denied(before_), is = denied(after_);
    const auto lacking = [&](const auto& from, const auto& in, Direction direction) {
      for (const auto& [name, place] : from) {
        if (in.contains(name) || !noted_.emplace(Subject::kDeny, direction, name).second) continue;
        Change change = make(direction, Subject::kDeny);
        change.module = module;
        change.resource = name;
        (direction == Direction::kWidened ? change.oldRule : change.newRule) = place;
        changes_.push_back(std::move(change));
      }
    };
    lacking(was, is, Direction::kWidened);
    lacking(is, was, Direction::kNarrowed);
    return true;
  }

  // Rights on a host path that one side has, `with`, and the other has not. One change for what the same two rules
  // decide.
  void rights(Direction direction, const std::string& module, const std::string& host, RightSet rights,
              const ModuleGrants& with, const Binding& withBinding, const ModuleGrants& without,
              const Binding& withoutBinding) {
    for (int i = 0; i < capabilities::kRightCount; ++i) {
      const auto right = static_cast<Right>(i);
      if (!rights.has(right)) continue;
      const auto names = withBinding.namesOf(host);
      const auto name = std::ranges::find_if(names, [&](const auto& each) { return each.entry->rights.has(right); });
      const Place& giving = name->entry->place;
      Place deciding;
      std::string reason = "nothing shows it";
      const auto otherNames = withoutBinding.namesOf(host);
      for (const Binding::Name& other : otherNames) {
        const Decision decision = decide(without, withoutBinding, right, other.guest);
        deciding = decision.deny ? decision.deny->place : decision.entry->place;
        reason = decision.reason == Decision::Reason::kDenied ? "it is denied"
                 : decision.reason == Decision::Reason::kCeiling
                     ? "the ceiling " + decision.ceiling + " does not give it"
                     : "the entry lacks the right";
        if (decision.reason != Decision::Reason::kNoRight) break;
      }
      const auto key = std::tuple(direction, giving.text(), deciding.text(), reason);
      if (const auto known = rightsAt_.find(key); known != rightsAt_.end()) {
        changes_[known->second].rights = changes_[known->second].rights | RightSet{right};
        continue;
      }
      rightsAt_.emplace(key, changes_.size());
      Change change = make(direction, Subject::kFs);
      change.module = module;
      change.rights = {right};
      change.resource = name->guest;
      (direction == Direction::kWidened ? change.newRule : change.oldRule) = giving;
      (direction == Direction::kWidened ? change.oldRule : change.newRule) = deciding;
      change.reason = std::move(reason);
      changes_.push_back(std::move(change));
    }
  }

  // Which budgets of the new policy take the place of one of the old.
  void gatherBudgets(const std::string& host, const Binding& older, const Binding& newer, RightSet shared) {
    if (!shared.hasAny(kWriting)) return;
    const auto oldNames = older.namesOf(host);
    const bool unbounded = std::ranges::any_of(oldNames, [](const Binding::Name& name) {
      return name.entry->rights.hasAny(kWriting) && !name.entry->storageBytes;
    });
    for (const Binding::Name& name : oldNames) {
      if (unbounded && name.entry->storageBytes) continue;
      if (!name.entry->rights.hasAny(kWriting)) continue;
      Budget& budget = budgets_[name.entry->place.text()];
      budget.place = name.entry->place;
      // One rule's entry may have smaller budgets for some modules, by what it unites with.
      budget.bytes = std::min(budget.bytes, name.entry->storageBytes.value_or(UINT64_MAX));
      budget.at = name.entry->at;
      for (const Binding::Name& other : newer.namesOf(host)) {
        if (!other.entry->rights.hasAny(kWriting)) continue;
        uint64_t& bytes = budget.now[other.entry->place.text()];
        bytes = std::max(bytes, other.entry->storageBytes.value_or(UINT64_MAX));
        budget.newPlace = other.entry->place;
      }
    }
  }

  void budgets() {
    for (const auto& [text, budget] : budgets_) {
      uint64_t sum = 0;
      for (const auto& [place, bytes] : budget.now) sum += std::min(bytes, UINT64_MAX - sum);
      if (budget.bytes == UINT64_MAX && sum == UINT64_MAX) continue;  // [limits] is all that bounds either
      const uint64_t was = std::min(budget.bytes, old_.limits.storageBytes);
      const uint64_t is = std::min(sum, new_.limits.storageBytes);
      if (was == is) continue;
      Change change = make(is > was ? Direction::kWidened : Direction::kNarrowed, Subject::kStorage);
      change.resource = budget.at;
      change.before = formatSize(was);
      change.after = formatSize(is);
      change.oldRule = budget.place;
      change.newRule = budget.newPlace;
      changes_.push_back(std::move(change));
    }
  }

  struct Budget {
    Place place, newPlace;
    std::string at;
    uint64_t bytes = UINT64_MAX;
    std::map<std::string, uint64_t> now;
  };

  struct Worker {
    std::string module;
    std::vector<size_t> older, newer;  // what walls it off
  };

  const Policy& old_;
  const Policy& new_;
  const Side& before_;
  const Side& after_;
  Work work_{kMostSteps};
  std::vector<Worker> workers_;
  std::vector<Change> changes_;
  std::set<std::pair<Direction, std::string>> environmentNoted_;
  std::set<std::tuple<Subject, Direction, std::string>> noted_;
  std::set<std::string> deniesCompared_;
  std::map<std::pair<Direction, std::string>, size_t> denyAt_;
  std::map<std::tuple<Direction, std::string, std::string, std::string>, size_t> rightsAt_;
  std::map<std::string, Budget> budgets_;
};

}  // namespace

Difference diff(Policy older, Policy newer, const std::string& oldFolder, const std::string& newFolder) {
  Policy before = older, after = newer;
  settle(before, Replacement{"/", "/"});
  settle(after, replacementFor(oldFolder, newFolder));
  if (areTheSame(before, after)) return {};
  // A module's path under the new root, under the old one.
  std::string prefix;
  if (const auto relative = capabilities::relativeTo(before.modules.root, after.modules.root)) {
    prefix = relative->empty() ? "" : *relative + "/";
  }
  const Side was{older, before, prefix};
  const Side is{newer, after, ""};
  return Comparison(older, newer, was, is).run();
}

}  // namespace runtime::policies
