#pragma once
// The modules of one job: found beneath modules.root, hashed once, handed out by number and piece by piece. No source
// is kept: of a long one the file stays open until the worker has all of it, and each piece must be as it was when the
// whole was hashed. Loop thread; the file system is touched on the job's lane.
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
#include "supervisor/package_store.h"
#include "supervisor/prepared_job.h"

namespace runtime::supervisor {

// A source is never longer.
inline constexpr uint64_t kMaxModuleBytes = 64ull << 20;
// A source is handed out in pieces of this size; the last may be shorter.
inline constexpr uint64_t kSourcePieceBytes = 256 << 10;
// Modules of more than one piece of which the worker has not had the last.
inline constexpr size_t kMaxUndelivered = 64;
// A worker is told of no more modules than this, by names of no more bytes.
inline constexpr size_t kMaxModules = 20'000;
inline constexpr size_t kMaxNameBytes = 8 << 20;

struct LoadedModule {
  uint32_t id = 0;
  std::string path;  // real path under root
  std::string url;
  loader::Format format = loader::Format::kJavaScript;
  uint64_t size = 0;
  std::string sha256;
  // Of a source of more than one piece, until the worker has had the last.
  std::shared_ptr<const os::UniqueFd> file;
  std::shared_ptr<const std::vector<std::string>> pieceHashes;
};

class ModuleStore {
 public:
  // Borrows both. `prepared.root` is where paths are walked from.
  ModuleStore(const PreparedJob& prepared, capabilities::Lane& lane)
      : prepared_(prepared),
        lane_(lane),
        packages_(std::make_shared<PackageStore>(prepared.root, prepared.rootPath, prepared.writable)) {}

  // What a bare name means to the module `referrer`: see PackageStore.
  kj::Promise<std::expected<loader::Resolved, ipc::WireError>> findPackage(
      std::string referrer, std::string specifier, std::string type, const loader::ExtensionSpecifiers& extensions,
      PackageStore::Denied denied);

  struct Found {
    LoadedModule* module;
    bool known;              // it was handed out before
    std::string firstPiece;  // where it was not
  };
  // `path` is what loader::resolve() made of a specifier. Errors: ERR_MODULE_NOT_FOUND, ERR_UNSUPPORTED_DIR_IMPORT,
  // ERR_MODULE_OUTSIDE_ROOT (a symlink that leads out), EACCES (the supervisor may not read it, it is no regular file,
  // or a grant can write it), ERR_MODULE_TOO_LARGE, ENOMEM.
  kj::Promise<std::expected<Found, ipc::WireError>> load(std::string path, std::string type);
  // Null for a number that was never handed out.
  LoadedModule* byId(uint32_t id);
  // The host path of a path under root; never crosses to a worker.
  std::string hostPath(const std::string& modulePath) const;
  // The piece that begins at `offset` of a module that has more than one. EIO where the file is not any more as it was
  // found. Null: there is no such piece, or the last has been handed out.
  std::optional<kj::Promise<std::expected<std::string, ipc::WireError>>> piece(LoadedModule& module, uint64_t offset);

 private:
  bool writable(const std::string& realPath) const;
  // A further name of a module, where there is room to remember it.
  void remember(std::string name, uint32_t id);

  const PreparedJob& prepared_;
  capabilities::Lane& lane_;
  std::shared_ptr<PackageStore> packages_;              // shared with tasks of the lane
  std::vector<std::unique_ptr<LoadedModule>> modules_;  // number - 1
  std::map<std::string, uint32_t> byName_;              // every path a module was named by
  size_t undelivered_ = 0;
  size_t nameBytes_ = 0;
};

}  // namespace runtime::supervisor
