#include "policies/decide.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "capabilities/guest_path.h"

namespace runtime::policies {
namespace {

using capabilities::covers;
using capabilities::Right;
using capabilities::RightSet;

bool anyMatches(const std::vector<Glob>& globs, std::string_view modulePath) {
  return std::ranges::any_of(globs, [&](const Glob& glob) { return glob.matches(modulePath); });
}

bool namesEveryModule(const std::vector<Glob>& globs) { return std::ranges::any_of(globs, &Glob::matchesEverything); }

void addOnce(std::vector<std::string>& names, const std::string& name) {
  if (!std::ranges::contains(names, name)) names.push_back(name);
}

// The same `at` and the same path: one entry with both authorities.
void unite(FsGrant& entry, const FsGrant& other) {
  entry.rights = entry.rights | other.rights;
  if (other.storageBytes) entry.storageBytes = std::min(*other.storageBytes, entry.storageBytes.value_or(UINT64_MAX));
}

// To the smallest budget that a ceiling's entry around it, or beneath it, has.
void lowerStorage(FsGrant& entry, const std::vector<FsGrant>& ceiling) {
  for (const FsGrant& above : ceiling) {
    if (!above.storageBytes || (!covers(above.path, entry.path) && !covers(entry.path, above.path))) continue;
    entry.storageBytes = std::min(*above.storageBytes, entry.storageBytes.value_or(UINT64_MAX));
  }
}

// Whether the ceilings let some module have `right` at the host path or beneath it.
bool isWithin(const Policy& policy, Right right, const std::string& path) {
  if (policy.within == nullptr) return true;
  const auto gives = [&](const FsGrant& entry) {
    return entry.rights.has(right) && (covers(entry.path, path) || covers(path, entry.path));
  };
  return std::ranges::any_of(policy.within->grants,
                             [&](const Grant& grant) { return std::ranges::any_of(grant.fs, gives); }) &&
         isWithin(*policy.within, right, path);
}

std::vector<std::string> pathsWith(const Policy& policy, RightSet rights) {
  std::vector<std::string> paths;
  for (const Grant& grant : policy.grants) {
    for (const FsGrant& entry : grant.fs) {
      if (entry.rights.hasAny(rights)) addOnce(paths, entry.path);
    }
  }
  return paths;
}

}  // namespace

std::expected<ModuleGrants, Diagnostic> grantsOf(const Policy& policy, std::string_view modulePath) {
  ModuleGrants result;
  for (const Grant& grant : policy.grants) {
    if (!anyMatches(grant.to, modulePath)) continue;
    for (const FsGrant& entry : grant.fs) {
      const auto same = std::ranges::find(result.fs, entry.at, &FsGrant::at);
      if (same == result.fs.end()) {
        result.fs.push_back(entry);
      } else if (same->path == entry.path) {
        unite(*same, entry);
      } else {
        return std::unexpected(Diagnostic{Severity::kFault, entry.place,
                                          "for the module " + quoted(modulePath) + " this entry and the one at " +
                                              same->place.rule() + " show different paths at " + quoted(entry.at) +
                                              ": give one of them another `at`",
                                          "", ""});
      }
    }
    for (const std::string& name : grant.env) addOnce(result.env, name);
  }
  for (const Deny& deny : policy.denies) {
    if (!anyMatches(deny.to, modulePath)) continue;
    result.denies.insert(result.denies.end(), deny.fs.begin(), deny.fs.end());
    std::erase_if(result.env, [&](const std::string& name) { return std::ranges::contains(deny.env, name); });
  }
  std::ranges::stable_sort(result.fs, std::ranges::greater{}, [](const FsGrant& entry) { return entry.at.size(); });
  if (policy.within != nullptr) {
    auto above = grantsOf(*policy.within, policy.withinPrefix + std::string(modulePath));
    if (!above) return above;
    std::erase_if(result.env, [&](const std::string& name) { return !std::ranges::contains(above->env, name); });
    for (FsGrant& entry : result.fs) lowerStorage(entry, above->fs);
    result.ceilings.push_back({policy.within->modules.place.file, std::move(above->fs), std::move(above->denies)});
    std::ranges::move(above->ceilings, std::back_inserter(result.ceilings));
  }
  return result;
}

std::vector<size_t> isolatedBy(const Policy& policy, std::string_view modulePath) {
  std::vector<size_t> numbers;
  for (size_t i = 0; i < policy.grants.size(); ++i) {
    if (policy.grants[i].isolate && anyMatches(policy.grants[i].to, modulePath)) numbers.push_back(i);
  }
  if (policy.within == nullptr) return numbers;
  for (const size_t above : isolatedBy(*policy.within, policy.withinPrefix + std::string(modulePath))) {
    numbers.push_back(policy.grants.size() + above);
  }
  return numbers;
}

std::vector<std::string> environmentOfEveryModule(const Policy& policy) {
  std::vector<std::string> names;
  for (const Grant& grant : policy.grants) {
    if (!namesEveryModule(grant.to)) continue;
    for (const std::string& name : grant.env) addOnce(names, name);
  }
  for (const Deny& deny : policy.denies) {
    std::erase_if(names, [&](const std::string& name) { return std::ranges::contains(deny.env, name); });
  }
  if (policy.within != nullptr) {
    const auto above = environmentOfEveryModule(*policy.within);
    std::erase_if(names, [&](const std::string& name) { return !std::ranges::contains(above, name); });
  }
  return names;
}

std::multimap<std::string, loader::Integrity::Entry> integrityOf(const Policy& policy) {
  std::multimap<std::string, loader::Integrity::Entry> digests;
  std::string prefix;  // of this policy's root under that of the ceiling
  for (const Policy* current = &policy; current != nullptr; current = current->within.get()) {
    for (const auto& entry : current->modules.integrity.entries()) {
      if (entry.path.starts_with(prefix)) digests.emplace(entry.path.substr(prefix.size()), entry);
    }
    prefix = current->withinPrefix + prefix;
  }
  return digests;
}

std::vector<std::string> writablePaths(const Policy& policy) {
  return pathsWith(policy, {Right::kWrite, Right::kAppend, Right::kCreate});
}

std::vector<std::string> creatablePaths(const Policy& policy) {
  auto paths = pathsWith(policy, {Right::kCreate});
  std::erase_if(paths, [&](const std::string& path) { return !isWithin(policy, Right::kCreate, path); });
  return paths;
}

}  // namespace runtime::policies
