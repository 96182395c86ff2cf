#pragma once
// The sections of a policy file, each read into its part of a Policy. Faults go to the Reader; what was read without
// one is kept, so that later sections can be checked against it.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/policy.h"
#include "policies/reader.h"

namespace runtime::policies {

struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

// What a file's paths are relative to, and which files no grant may name.
struct Surroundings {
  std::string baseFolder;                 // absolute
  std::vector<FileIdentity> policyFiles;  // of this policy; none where the text came from no file
};

struct RulesOfFile {
  const toml::table& file;
  const Surroundings& surroundings;
  Reader& reader;
};

// False where the rest cannot be judged: another version, or none.
bool readVersion(const toml::table& file, Reader& reader);
Limits readLimits(const toml::table& file, Reader& reader);
Engine readEngine(const toml::table& file, Reader& reader);
Modules readModules(const toml::table& file, const Surroundings& surroundings, Reader& reader);
// Grants and denies of all files of a policy, in their order. They share a budget for their globs.
void readRules(const std::vector<RulesOfFile>& files, Policy& policy);

}  // namespace runtime::policies
