#pragma once
// The sections of a policy file, each read into its part of a Policy. Faults go to the Reader; what was read without
// one is kept, so that later sections can be checked against it.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/document.h"
#include "policies/policy.h"
#include "policies/reader.h"

namespace runtime::policies {

// What `path` of a grant may be.
enum class PathNotation : uint8_t {
  kHost,
  kJob,        // job:NAME or ceiling:GUESTPATH, for nothing of the host may be named; no root either
  kHostOrJob,  // all of these; no root
};

// What a file's paths are relative to, and which files no grant may name.
struct Surroundings {
  std::string baseFolder;                 // absolute
  std::vector<FileIdentity> policyFiles;  // of this policy; none where the text came from no file
  PathNotation paths = PathNotation::kHost;
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
