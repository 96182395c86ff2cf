#pragma once
// What a policy means for one module. Pure; any thread.
#include <cstddef>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policies/policy.h"

namespace runtime::policies {

// What a policy that stands above by `within` gives a module: more is not to be had.
struct Ceiling {
  std::string file;  // as the user would name it
  std::vector<FsGrant> fs;
  std::vector<FsDeny> denies;
};

// The authority of one module: what its grants give, and the denies that bind it. A deny is not subtracted from `fs`:
// it binds the file reached.
struct ModuleGrants {
  // Longest `at` first. Entries with the same `at` (and so the same path) are one: rights united, the smallest of
  // their storage budgets, the place of the first.
  std::vector<FsGrant> fs;
  // Names without the denied ones, in the order of the policy.
  std::vector<std::string> env;
  // Those whose `to` matches the module.
  std::vector<FsDeny> denies;
  // Of `within`, nearest first. Like denies, they are not subtracted from `fs` but bind the file reached.
  std::vector<Ceiling> ceilings;
};

// `modulePath` is the path under root, no leading slash. The error: two entries give one `at` different paths.
std::expected<ModuleGrants, Diagnostic> grantsOf(const Policy& policy, std::string_view modulePath);

// Which grants with `isolate` match the module, of the policy and of what stands above it, as numbers in the order of
// both. Modules may share a worker where these are the same.
std::vector<size_t> isolatedBy(const Policy& policy, std::string_view modulePath);

// The environment variables that every module is granted: by a grant to "**", and denied to none.
std::vector<std::string> environmentOfEveryModule(const Policy& policy);

// What files beneath root must hold, by their path under it: the policy's own digests and those of its ceilings.
std::multimap<std::string, loader::Integrity::Entry> integrityOf(const Policy& policy);

// Host paths that some grant can change the content of (write, append or create): no module loads from beneath them.
std::vector<std::string> writablePaths(const Policy& policy);

// Host paths whose rights include `create`: `run` makes the missing ones, as folders, before it opens any.
std::vector<std::string> creatablePaths(const Policy& policy);

}  // namespace runtime::policies
