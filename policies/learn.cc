#include "policies/learn.h"

#include <algorithm>
#include <format>
#include <optional>

#include "capabilities/guest_path.h"
#include "loader/utf8.h"
#include "policies/decide.h"

namespace runtime::policies {
namespace {

using capabilities::components;
using capabilities::covers;
using capabilities::extend;
using capabilities::isStrictlyBeneath;
using capabilities::join;
using capabilities::relativeTo;
using capabilities::Right;
using capabilities::RightSet;
using capabilities::Sight;

constexpr size_t kMaxNamesShown = 8;
constexpr Right kWeakestFirst[] = {Right::kList,  Right::kRead,   Right::kAppend,
                                   Right::kWrite, Right::kCreate, Right::kDelete};

std::string parentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 || slash == path.npos ? "/" : path.substr(0, slash);
}

// The deepest path that covers both.
std::string common(std::string_view one, std::string_view other) {
  std::string path = "/";
  const auto a = components(one), b = components(other);
  for (size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i) path = extend(std::move(path), a[i]);
  return path;
}

// Whether a grant's `at` can say it.
bool canStandAt(std::string_view guest) {
  return guest.size() <= 4096 && loader::wellFormedPrefix(guest) == guest.size() &&
         std::ranges::none_of(guest, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// One use, and the entry that is to serve it. The entry's path moves upwards only, so working on it ends.
struct Use {
  const Sight* sight;
  const FsGrant* entry;  // of the ceiling
  std::string entryHost;
  std::string canonical;  // guest path of what was reached, as `entry` shows it
  std::string at;         // of the entry to be granted
  bool own = false;       // that entry is for this very file, wherever its name leads
};

using Anchors = std::map<std::string, std::vector<Use*>>;

class Module {
 public:
  Module(std::vector<FsGrant> ceiling, const std::function<bool(const std::string&)>& stands,
         const std::set<std::string>& changed)
      : ceiling_(std::move(ceiling)), stands_(stands), changed_(changed) {}

  void add(const Sight& sight) {
    const FsGrant* entry = nullptr;  // the longest `at` is first
    for (const FsGrant& candidate : ceiling_) {
      if (entry == nullptr && (sight.viaFolder ? covers(candidate.at, sight.mountAt) : candidate.at == sight.mountAt)) {
        entry = &candidate;
      }
    }
    if (entry == nullptr) return;
    Use use{&sight, entry, sight.mountHost, {}, {}};
    if (sight.viaFolder) {
      const std::string beneath = *relativeTo(entry->at, sight.mountAt);
      if (!beneath.empty()) use.entryHost.resize(use.entryHost.size() - std::min(use.entryHost.size(), beneath.size()));
      while (use.entryHost.size() > 1 && use.entryHost.ends_with('/')) use.entryHost.pop_back();
      if (use.entryHost.empty()) use.entryHost = "/";
    }
    use.canonical = join(entry->at, relativeTo(use.entryHost, sight.host).value_or(""));
    use.at = sight.named;
    use.own = sight.kind == Sight::Kind::kFile && !sight.climbs && !sight.viaFolder;
    if (sight.kind == Sight::Kind::kName) {
      if (!sight.climbs) use.at = parentOf(use.at);
      use.at = common(use.at, parentOf(use.canonical));
    } else if (!use.own) {
      use.at = common(use.at, use.canonical);
    }
    if (sight.viaFolder) use.at = common(use.at, sight.mountAt);
    if (!covers(entry->at, use.at)) use.at = entry->at;
    settle(use);
    uses_.push_back(std::move(use));
  }

  void together(const std::string& one, const std::string& other) {
    std::vector<Use*> both;
    for (Use& use : uses_) {
      if (use.sight->named == one || use.sight->named == other) both.push_back(&use);
    }
    if (both.empty()) return;
    std::string at = both[0]->at;
    for (const Use* use : both) at = common(at, use->at);
    for (Use* use : both) lift(*use, at);
  }

  // Whether anything moved.
  bool work() {
    moved_ = false;
    for (const auto& step : {&Module::oneHostEach, &Module::served, &Module::reachedWithin, &Module::wholeFolders,
                             &Module::innerEntries, &Module::budgets, &Module::manyFiles, &Module::needless}) {
      (this->*step)();
      if (moved_) return true;
    }
    return false;
  }

  // What has its name beneath a folder whose names this or another module may move is granted by that folder.
  bool beneath(const std::string& movable) {
    moved_ = false;
    for (Use& use : uses_) {
      if (isStrictlyBeneath(movable, hostOf(use)) && covers(use.entryHost, movable)) {
        lift(use, join(use.entry->at, *relativeTo(use.entryHost, movable)));
      }
    }
    return moved_;
  }

  Anchors anchors() {
    Anchors anchors;
    for (Use& use : uses_) anchors[use.at].push_back(&use);
    return anchors;
  }

  std::string hostOf(const Use& use) const {
    if (use.own) return use.sight->host;
    return join(use.entryHost, *relativeTo(use.entry->at, use.at));
  }

  static RightSet rightsOf(const std::vector<Use*>& uses) {
    RightSet rights;
    for (const Use* use : uses) rights = rights | use->sight->all;
    for (const Use* use : uses) {
      const RightSet any = use->sight->any;
      if (any.empty() || rights.hasAny(any)) continue;
      rights = rights | RightSet{*std::ranges::find_if(kWeakestFirst, [&](Right right) { return any.has(right); })};
    }
    return rights;
  }

  // Entries of the ceiling beneath `at` that no granted entry stands for: what they hide must stay hidden.
  std::vector<const FsGrant*> hiddenBeneath(const std::string& at, const Anchors& anchors) const {
    std::vector<const FsGrant*> hidden;
    for (const FsGrant& inner : ceiling_) {
      if (isStrictlyBeneath(at, inner.at) && !anchors.contains(inner.at)) hidden.push_back(&inner);
    }
    return hidden;
  }

 private:
  bool isChanged(const Use& use) const {
    const std::string host = hostOf(use);
    const auto beneath = relativeTo(use.entryHost, host);
    if (!beneath) return changed_.contains(host);
    std::string path = use.entryHost;
    for (const auto component : components(*beneath)) {
      path = extend(std::move(path), component);
      if (changed_.contains(path)) return true;
    }
    return false;
  }

  // An entry must stand before the job and after it, under a name that the format can hold.
  void settle(Use& use) {
    while (use.at != use.entry->at && (!canStandAt(use.at) || isChanged(use) || !stands_(hostOf(use)))) {
      use.at = common(parentOf(use.at), use.canonical);
      if (!covers(use.entry->at, use.at)) use.at = use.entry->at;
      use.own = false;
    }
  }

  void lift(Use& use, const std::string& to) {
    if (!isStrictlyBeneath(to, use.at) || use.at == use.entry->at) return;
    use.at = common(to, use.canonical);
    if (!covers(use.entry->at, use.at)) use.at = use.entry->at;
    use.own = false;
    settle(use);
    moved_ = true;
  }

  void liftAll(const std::vector<Use*>& uses, const std::string& to) {
    for (Use* use : uses) lift(*use, to);
  }

  static const std::string* longest(const Anchors& anchors, std::string path) {
    for (;; path = parentOf(path)) {
      if (const auto found = anchors.find(path); found != anchors.end()) return &found->first;
      if (path == "/") return nullptr;
    }
  }

  void oneHostEach() {
    for (const auto& [at, uses] : anchors()) {
      const bool same = std::ranges::all_of(uses, [&](const Use* use) { return hostOf(*use) == hostOf(*uses[0]); });
      if (!same) liftAll(uses, parentOf(at));
    }
  }

  // A path belongs to the longest entry that covers it.
  void served() {
    const Anchors all = anchors();
    for (const Use& use : uses_) {
      const std::string* server = longest(all, use.sight->named);
      if (server != nullptr && isStrictlyBeneath(use.at, *server)) liftAll(all.at(*server), use.at);
    }
  }

  // What is reached through a folder's entry must not belong to an inner one.
  void reachedWithin() {
    const Anchors all = anchors();
    for (const Use& use : uses_) {
      if (use.own) continue;
      const std::string* owner = longest(all, use.canonical);
      if (owner != nullptr && isStrictlyBeneath(use.at, *owner)) liftAll(all.at(*owner), use.at);
    }
  }

  void wholeFolders() {
    const Anchors all = anchors();
    for (const Use& use : uses_) {
      if (use.sight->extent != Sight::Extent::kAllBeneath) continue;
      for (const auto& [at, uses] : all) {
        if (isStrictlyBeneath(use.at, at) && covers(use.entry->at, at) && uses[0]->entry == use.entry) {
          liftAll(uses, use.at);
        }
      }
    }
  }

  // Where a folder is granted around an inner entry of the ceiling, that entry stands as it does there.
  void innerEntries() {
    const Anchors all = anchors();
    for (const auto& [at, uses] : all) {
      for (const FsGrant& inner : ceiling_) {
        if (!isStrictlyBeneath(at, inner.at)) continue;
        for (const auto& [deeper, others] : all) {
          if (isStrictlyBeneath(inner.at, deeper)) liftAll(others, inner.at);
        }
      }
    }
  }

  // A storage budget is not multiplied: what writes within it has one entry.
  void budgets() {
    constexpr RightSet kWriting{Right::kWrite, Right::kAppend, Right::kCreate};
    std::map<const FsGrant*, std::vector<std::vector<Use*>>> writing;
    for (const auto& [at, uses] : anchors()) {
      if (uses[0]->entry->storageBytes && rightsOf(uses).hasAny(kWriting)) writing[uses[0]->entry].push_back(uses);
    }
    for (const auto& [entry, groups] : writing) {
      if (groups.size() < 2) continue;
      for (const auto& uses : groups) liftAll(uses, entry->at);
    }
  }

  void manyFiles() {
    std::map<std::pair<std::string, int>, std::vector<Use*>> folders;
    std::map<std::pair<std::string, int>, size_t> files;
    for (const auto& [at, uses] : anchors()) {
      if (uses[0]->sight->kind != Sight::Kind::kFile || at == uses[0]->entry->at || uses[0]->canonical != at) continue;
      int bits = 0;
      for (int i = 0; i < capabilities::kRightCount; ++i) bits = bits * 2 + rightsOf(uses).has(static_cast<Right>(i));
      const std::pair key(parentOf(at), bits);
      ++files[key];
      folders[key].insert(folders[key].end(), uses.begin(), uses.end());
    }
    for (const auto& [key, uses] : folders) {
      if (files[key] > kMostFilesOfFolder) liftAll(uses, key.first);
    }
  }

  // An entry that gives no more than the one around it is none.
  void needless() {
    const Anchors all = anchors();
    for (const auto& [at, uses] : all) {
      if (at == "/") continue;
      const std::string* around = longest(all, parentOf(at));
      if (around == nullptr) continue;
      const auto& outer = all.at(*around);
      if (outer[0]->entry == uses[0]->entry && covers(*around, uses[0]->canonical) &&
          rightsOf(outer).hasAll(rightsOf(uses))) {
        liftAll(uses, *around);
      }
    }
  }

  const std::vector<FsGrant> ceiling_;  // longest `at` first
  const std::function<bool(const std::string&)>& stands_;
  const std::set<std::string>& changed_;
  std::vector<Use> uses_;
  bool moved_ = false;
};

std::string remarkOn(const std::string& at, const std::vector<Use*>& uses) {
  std::set<std::string> names;
  for (const Use* use : uses) {
    if (use->sight->named != at) names.insert(use->sight->named);
  }
  if (names.empty()) return "";
  std::string text = "the folder, for:";
  size_t shown = 0;
  for (const std::string& name : names) {
    if (++shown > kMaxNamesShown) return text + std::format(" and {} more", names.size() - kMaxNamesShown);
    text += " " + tomlString(name);
  }
  return text;
}

std::expected<Glob, std::string> moduleGlob(const std::string& module) {
  auto glob = Glob::parse(module == "**" ? "**" : globOf(module), Glob::Over::kModules);
  if (!glob) return std::unexpected("no policy can name the module " + tomlString(module) + ": " + glob.error());
  return glob;
}

// An entry that every module's grant shares with another's has the same words there.
bool sameEntries(const Grant& one, const Grant& other) {
  return one.env == other.env && std::ranges::equal(one.fs, other.fs, [](const FsGrant& a, const FsGrant& b) {
           return a.path == b.path && a.at == b.at && a.rights == b.rights && a.storageBytes == b.storageBytes;
         });
}

}  // namespace

std::expected<Learnt, std::string> learn(const Uses& uses, const std::function<bool(const std::string&)>& stands) {
  std::set<std::string> changed;
  for (const Sight& sight : uses.sights) {
    if (sight.changed) changed.insert(sight.host);
  }
  std::map<std::string, Module> modules;
  for (const Sight& sight : uses.sights) {
    auto found = modules.find(sight.module);
    if (found == modules.end()) {
      auto grants = grantsOf(uses.ceiling, sight.module);
      if (!grants) continue;  // it got nothing
      found = modules.try_emplace(sight.module, std::move(grants->fs), stands, changed).first;
    }
    found->second.add(sight);
  }
  for (const auto& [module, one, other] : uses.together) {
    if (const auto found = modules.find(module); found != modules.end()) found->second.together(one, other);
  }
  for (bool moved = true; moved;) {
    moved = false;
    std::set<std::string> movable;
    for (auto& [name, module] : modules) {
      while (module.work()) moved = true;
      for (const auto& [at, held] : module.anchors()) {
        if (Module::rightsOf(held).has(Right::kDelete)) movable.insert(module.hostOf(*held[0]));
      }
    }
    for (const std::string& folder : movable) {
      for (auto& [name, module] : modules) moved = module.beneath(folder) || moved;
    }
  }

  Learnt learnt;
  Policy& policy = learnt.policy;
  policy.limits = uses.ceiling.limits;
  policy.engine = uses.ceiling.engine;
  policy.modules = uses.ceiling.modules;
  policy.denies = uses.ceiling.denies;
  std::map<std::string, std::pair<Grant, std::vector<std::string>>> grants;  // and remarks, by module
  std::map<std::string, size_t> sharers;  // of each budget, by its place in the ceiling
  std::vector<std::pair<std::string, size_t>> limited;
  for (auto& [name, module] : modules) {
    auto& [grant, remarks] = grants[name];
    const Anchors anchors = module.anchors();
    Deny hidden;
    std::set<std::string> hiddenAt;
    for (const auto& [at, held] : anchors) {
      FsGrant entry;
      entry.at = at;
      entry.path = module.hostOf(*held[0]);
      entry.rights = Module::rightsOf(held);
      entry.place = held[0]->entry->place;
      if (entry.rights.hasAny({Right::kWrite, Right::kAppend, Right::kCreate})) {
        entry.storageBytes = held[0]->entry->storageBytes;
        if (entry.storageBytes) ++sharers[entry.place.text()];
      }
      grant.fs.push_back(std::move(entry));
      remarks.push_back(remarkOn(at, held));
      for (const FsGrant* inner : module.hiddenBeneath(at, anchors)) {
        if (!hiddenAt.insert(inner->at).second) continue;
        auto glob = Glob::parse(globOf(inner->at) + "/**", Glob::Over::kGuestPaths);
        if (!glob) return std::unexpected("no deny can name " + tomlString(inner->at) + ": " + glob.error());
        hidden.fs.push_back(FsDeny{*std::move(glob), RightSet::all(), {}});
      }
    }
    if (hidden.fs.empty()) continue;
    auto glob = moduleGlob(name);
    if (!glob) return std::unexpected(glob.error());
    hidden.to.push_back(*std::move(glob));
    policy.denies.push_back(std::move(hidden));
  }
  for (const auto& [name, variables] : uses.environment) {
    if (!variables.empty()) grants[name].first.env.assign(variables.begin(), variables.end());
  }
  for (auto& [name, written] : grants) {
    auto& [grant, remarks] = written;
    for (FsGrant& entry : grant.fs) {
      if (entry.storageBytes)
        entry.storageBytes = std::max<uint64_t>(1, *entry.storageBytes / sharers[entry.place.text()]);
    }
    auto glob = moduleGlob(name);
    if (!glob) return std::unexpected(glob.error());
    const auto same =
        std::ranges::find_if(policy.grants, [&](const Grant& other) { return sameEntries(grant, other); });
    if (same != policy.grants.end()) {
      same->to.push_back(*std::move(glob));
      continue;
    }
    grant.to.push_back(*std::move(glob));
    for (size_t i = 0; i < remarks.size(); ++i) {
      if (!remarks[i].empty()) learnt.remarks.entries[{policy.grants.size(), i}] = {remarks[i]};
    }
    policy.grants.push_back(std::move(grant));
  }
  // Walls stay where they are, as denies do.
  for (const Grant& walled : uses.ceiling.grants) {
    if (walled.isolate) policy.grants.push_back(Grant{walled.to, {}, {}, true, walled.place});
  }

  learnt.remarks.head = {
      "Learnt from one run of a program that may be hostile: this is what it did, not what it should be allowed to "
      "do.\n"
      "Read every line before you use it."};
  if (uses.sightsBeyond > 0) {
    learnt.remarks.head.push_back(
        std::format("It used more paths than are told apart: {} of its uses stand for the whole entry of the ceiling.",
                    uses.sightsBeyond));
  }
  if (!uses.refusals.empty()) learnt.remarks.tail.push_back("Asked for, refused by the ceiling, and not granted here:");
  for (const Refusal& refusal : uses.refusals) {
    learnt.remarks.tail.push_back(std::format("  {}: {} {} {}", tomlString(refusal.module), refusal.capability,
                                              refusal.right, tomlString(refusal.resource)));
  }
  if (uses.refusalsBeyond > 0) learnt.remarks.tail.push_back(std::format("  and {} more", uses.refusalsBeyond));
  return learnt;
}

}  // namespace runtime::policies
