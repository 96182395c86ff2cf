#pragma once
// The modules of one job, handed out by number and piece by piece. No source is kept: of a long one the file stays open
// until the worker has all of it, and each piece must be as it was when the whole was hashed. Loop thread; the file
// system is touched on the job's lane.
#include <kj/async.h>

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capabilities/lane.h"
#include "ipc/os/unique_fd.h"
#include "ipc/wire_error.h"
#include "loader/format.h"
#include "loader/resolve.h"
#include "supervisor/module_files.h"
#include "supervisor/prepared_job.h"

namespace runtime::supervisor {

// Modules of more than one piece of which the worker has not had the last.
inline constexpr size_t kMaxUndelivered = 64;

struct LoadedModule {
  uint32_t id = 0;
  std::string path;  // real path under root
  std::string url;
  loader::Format format = loader::Format::kJavaScript;
  uint64_t size = 0;
  std::string sha256;
  bool given = false;  // to the worker, which may name it
  // Of a source of more than one piece, until the worker has had the last.
  std::shared_ptr<const os::UniqueFd> file;
  std::shared_ptr<const std::vector<std::string>> pieceHashes;
};

class ModuleStore {
 public:
  // Borrows `prepared` and `lane`. `prepared.root` is where paths are walked from. `integrity` is the job's.
  ModuleStore(const PreparedJob& prepared, capabilities::Lane& lane, loader::ExtensionSpecifiers extensions,
              std::shared_ptr<FileIntegrity> integrity);

  struct Found {
    LoadedModule* module;    // null: an extension is meant
    bool known;              // it was handed out before
    std::string firstPiece;  // where it was not
    std::string extension;   // its specifier
  };
  // Answers come in the order of the calls. Errors: see ModuleFiles.
  kj::Promise<std::expected<Found, ipc::WireError>> load(ModuleRequest request);
  // Null for a number that was never handed out.
  LoadedModule* byId(uint32_t id);
  // The host path of a path under root; never crosses to a worker.
  std::string hostPath(const std::string& modulePath) const;
  // The piece that begins at `offset` of a module that has more than one. EIO where the file is not any more as it was
  // found. Null: there is no such piece, or the last has been handed out.
  std::optional<kj::Promise<std::expected<std::string, ipc::WireError>>> piece(LoadedModule& module, uint64_t offset);

 private:
  // A further name of a module, where there is room to remember it.
  void remember(std::string name, uint32_t id);

  const PreparedJob& prepared_;
  capabilities::Lane& lane_;
  std::shared_ptr<ModuleFiles> files_;                  // shared with tasks of the lane
  std::vector<std::unique_ptr<LoadedModule>> modules_;  // number - 1
  std::map<std::string, uint32_t> byName_;              // every path a module was named by
  size_t undelivered_ = 0;
  size_t nameBytes_ = 0;
};

}  // namespace runtime::supervisor
