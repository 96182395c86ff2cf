#pragma once
// A policy as parsed and validated: values only, nothing opened. Any thread.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "capabilities/rights.h"
#include "policies/glob.h"

namespace runtime::policies {

// Where in a policy file something stands. Lines and columns count from 1, columns in bytes.
struct Place {
  std::string file;
  uint32_t line = 0;
  uint32_t column = 0;
  // "file:line", as audit records and explanations name a rule.
  std::string rule() const;
};

struct Limits {
  uint64_t wallNs = 10'000'000'000;
  uint64_t cpuNs = 10'000'000'000;
  uint64_t memoryBytes = 128ull << 20;
  uint64_t outputBytes = 1ull << 20;
  uint64_t handles = 64;
  uint64_t storageBytes = 64ull << 20;
  uint64_t entries = 1000;
  uint64_t auditBytes = 16ull << 20;
};
inline constexpr uint64_t kLeastMemoryBytes = 16ull << 20;

struct Engine {
  bool jit = true;
  bool wasm = true;
  bool eval = false;
  uint64_t clockResolutionNs = 1'000'000;  // 0: frozen at the job's start
};

struct FsGrant {
  std::string path;  // host: absolute, lexically normal, symlinks not resolved
  std::string at;    // guest: absolute, normal, "/" or no slash at its end
  capabilities::RightSet rights;
  std::optional<uint64_t> storageBytes;
  Place place;
};

struct Grant {
  std::vector<Glob> to;  // over module paths under root, no leading slash
  std::vector<FsGrant> fs;
  std::vector<std::string> env;
  Place place;
};

struct FsDeny {
  Glob at;  // over guest paths
  capabilities::RightSet rights = capabilities::RightSet::all();
  Place place;
};

struct Deny {
  std::vector<Glob> to;
  std::vector<FsDeny> fs;
  std::vector<std::string> env;
  Place place;
};

struct Modules {
  std::string root;  // host: absolute, normal
  std::vector<std::pair<std::string, std::string>> imports;  // import map: as written, targets "./..." under root
  Place place;
};

struct Policy {
  Limits limits;
  Engine engine;
  Modules modules;
  std::vector<Grant> grants;
  std::vector<Deny> denies;
  std::vector<std::string> files;  // host paths of every policy file read, absolute
  std::string sha256;              // hex, over the effective policy
};

}  // namespace runtime::policies
