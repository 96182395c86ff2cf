#pragma once
// The sections of a policy file, each read into its part of a Policy. Faults go to the Reader; what was read without
// one is kept, so that later sections can be checked against it.
#include <cstdint>
#include <optional>
#include <string>

#include "policies/policy.h"
#include "policies/reader.h"

namespace runtime::policies {

// What a file's paths are relative to, and which file no grant may name.
struct Surroundings {
  std::string baseFolder;  // absolute
  uint64_t ownDevice = 0;  // of the policy file itself; 0 where the text came from no file
  uint64_t ownInode = 0;
};

// False where the rest cannot be judged: another version, or none.
bool readVersion(const toml::table& file, Reader& reader);
Limits readLimits(const toml::table& file, Reader& reader);
Engine readEngine(const toml::table& file, Reader& reader);
Modules readModules(const toml::table& file, const Surroundings& surroundings, Reader& reader);
// Grants and denies. They share a budget for their globs.
void readRules(const toml::table& file, const Surroundings& surroundings, Reader& reader, Policy& policy);

}  // namespace runtime::policies
