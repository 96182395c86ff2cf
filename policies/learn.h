#pragma once
// From what a job used to the smallest policy under which it can do so again. Pure but for what it is given to ask
// with; any thread.
//
// What is granted, and why nothing of it is unused, is written in README.md, "What learn writes".
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "capabilities/witness.h"
#include "policies/policy.h"
#include "policies/write.h"

namespace runtime::policies {

// Of a call that was refused.
struct Refusal {
  std::string module, capability, right, resource;
  auto operator<=>(const Refusal&) const = default;
};

// What one job used of its ceiling.
struct Uses {
  Policy ceiling;
  std::vector<capabilities::Sight> sights;
  std::vector<std::tuple<std::string, std::string, std::string>> together;  // module, two names for one entry
  std::map<std::string, std::set<std::string>> environment;  // by module, "**" for all: names that were handed over
  std::map<std::string, std::string> loaded;                 // modules, and package.json files: path under root, digest
  std::set<Refusal> refusals;
  uint64_t sightsBeyond = 0;    // so many more were taken together as uses of the whole entry
  uint64_t refusalsBeyond = 0;  // so many more are not told
};

struct Learnt {
  Policy policy;
  Remarks remarks;
};

// More files of one folder than this, used with the same rights, are granted by their folder.
inline constexpr size_t kMostFilesOfFolder = 16;

// `stands`: whether this host path exists as a folder or regular file and holds no symlink. The error is a sentence:
// what was used has no form in a policy file.
std::expected<Learnt, std::string> learn(const Uses& uses, const std::function<bool(const std::string&)>& stands);

}  // namespace runtime::policies
