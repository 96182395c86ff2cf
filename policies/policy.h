#pragma once
// A policy as parsed and validated: values only, nothing opened. Any thread.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capabilities/rights.h"
#include "loader/import_map.h"
#include "loader/integrity.h"
#include "policies/diagnostic.h"
#include "policies/glob.h"

namespace runtime::policies {

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
inline constexpr uint64_t kMostHandles = 65'536;

struct Engine {
  bool jit = true;
  bool wasm = true;  // never true where jit is false
  bool eval = false;
  uint64_t clockResolutionNs = 1'000'000;  // 0: frozen at the job's start
};

struct FsGrant {
  std::string path;  // host: absolute, without "." and ".."; symlinks not resolved
  std::string at;    // guest: absolute, normal, "/" or no slash at its end
  capabilities::RightSet rights;
  std::optional<uint64_t> storageBytes;
  Place place;
};

struct Grant {
  std::vector<Glob> to;  // over module paths under root, no leading slash
  std::vector<FsGrant> fs;
  std::vector<std::string> env;
  bool isolate = false;  // no other module shares a worker with these
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
  std::string root;  // host: absolute, without "." and ".."
  loader::ImportMap imports;
  loader::Integrity integrity;
  Place place;  // of `root`, or of the file where it is the default
};

struct Policy {
  Limits limits;
  Engine engine;
  Modules modules;
  std::vector<Grant> grants;
  std::vector<Deny> denies;
  // The ceiling: limits and engine are lowered to it already, grants are bound by it (see grantsOf). Null: none. Where
  // there is one, paths of grants and `root` are canonical, here and in it.
  std::shared_ptr<const Policy> within;
  std::string withinPrefix;          // put before a module's path to make it the ceiling's: "" or "folder/"
  std::vector<std::string> files;    // host paths of every policy file read, absolute
  std::string sha256;                // hex, over the effective policy
  std::vector<Diagnostic> warnings;  // in the order of the file
};

}  // namespace runtime::policies
