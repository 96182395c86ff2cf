#pragma once
// The modules of one job: found beneath modules.root, read once, handed out by number. Loop thread; the file system is
// touched on the job's lane.
#include <kj/async.h>

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "capabilities/lane.h"
#include "ipc/wire_error.h"
#include "loader/format.h"
#include "supervisor/prepared_job.h"

namespace runtime::supervisor {

// A source is never longer.
inline constexpr uint64_t kMaxModuleBytes = 64ull << 20;
// Sources that were read for a worker and not yet fetched by it.
inline constexpr uint64_t kMaxUndeliveredBytes = 96ull << 20;
// A worker is told of no more modules than this.
inline constexpr size_t kMaxModules = 100'000;

struct LoadedModule {
  uint32_t id = 0;
  std::string path;  // real path under root
  std::string url;
  loader::Format format = loader::Format::kJavaScript;
  uint64_t size = 0;
  std::string sha256;
  std::string source;  // dropped when the worker has all of it
};

class ModuleStore {
 public:
  // Borrows both. `prepared.root` is where paths are walked from.
  ModuleStore(const PreparedJob& prepared, capabilities::Lane& lane) : prepared_(prepared), lane_(lane) {}

  struct Found {
    LoadedModule* module;
    bool known;  // it was handed out before
  };
  // `path` is what loader::resolve() made of a specifier. Errors: ERR_MODULE_NOT_FOUND, ERR_UNSUPPORTED_DIR_IMPORT,
  // ERR_MODULE_OUTSIDE_ROOT (a symlink that leads out), EACCES (the supervisor may not read it, it is no regular file,
  // or a grant can write it), ERR_MODULE_TOO_LARGE, ENOMEM.
  kj::Promise<std::expected<Found, ipc::WireError>> load(std::string path, std::string type);
  // Null for a number that was never handed out.
  LoadedModule* byId(uint32_t id);
  // The host path of a path under root; never crosses to a worker.
  std::string hostPath(const std::string& modulePath) const;
  // All of it has been sent.
  void delivered(LoadedModule& module);

 private:
  bool writable(const std::string& realPath) const;

  const PreparedJob& prepared_;
  capabilities::Lane& lane_;
  std::vector<std::unique_ptr<LoadedModule>> modules_;  // number - 1
  std::map<std::string, uint32_t> byName_;              // every path a module was named by
  uint64_t undelivered_ = 0;
};

}  // namespace runtime::supervisor
