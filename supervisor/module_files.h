#pragma once
// What one job's modules find beneath modules.root: a name resolved, the file it means opened, read and hashed, in one
// step, so that answers come in the order in which was asked. Lane thread, but for its making.
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "ipc/os/unique_fd.h"
#include "ipc/wire_error.h"
#include "loader/format.h"
#include "loader/resolve.h"
#include "supervisor/file_integrity.h"
#include "supervisor/package_store.h"

namespace runtime::supervisor {

// A source is never longer.
inline constexpr uint64_t kMaxModuleBytes = 64ull << 20;
// A source is handed out in pieces of this size; the last may be shorter.
inline constexpr uint64_t kSourcePieceBytes = 256 << 10;
// A worker is told of no more modules than this, by names of no more bytes.
inline constexpr size_t kMaxModules = 20'000;
inline constexpr size_t kMaxNameBytes = 8 << 20;

// Short only at the end of the file. The error is an errno.
std::expected<std::string, int> readPiece(int fd, uint64_t offset);
// For a failed system call on the module that the worker knows as `guest`.
ipc::WireError moduleFailure(int error, const std::string& guest);

// What a module asked for.
struct ModuleRequest {
  std::string path;       // under root, where that is decided; empty: `specifier` is to be looked for
  std::string referrer;   // path under root of who asks; empty for the entry
  std::string specifier;  // as written
  std::string type;       // the import attribute
  loader::ImportKind kind = loader::ImportKind::kImport;
  PackageStore::Denied denied;  // of who asks; called on the lane
};

class ModuleFiles {
 public:
  struct Parts {
    std::shared_ptr<const os::UniqueFd> root;
    std::string rootPath;
    std::vector<std::string> writable;  // canonical host paths beneath which nothing loads
    loader::ExtensionSpecifiers extensions;
    std::shared_ptr<FileIntegrity> integrity;
  };
  explicit ModuleFiles(Parts parts);

  struct File {
    std::string named;     // under root, as it was asked for or found
    std::string realPath;  // under root
    bool known = false;    // it was found before: what follows is empty
    loader::Format format = loader::Format::kJavaScript;
    std::string firstPiece;
    uint64_t size = 0;
    std::string sha256;
    // Where there is more than one piece.
    std::shared_ptr<const os::UniqueFd> file;
    std::shared_ptr<std::vector<std::string>> pieceHashes;
  };
  struct ExtensionName {
    std::string specifier;
  };
  using Found = std::variant<File, ExtensionName>;

  // Errors: those of PackageStore::resolve() and of loader::formatOf(); ERR_MODULE_NOT_FOUND,
  // ERR_UNSUPPORTED_DIR_IMPORT, ERR_MODULE_OUTSIDE_ROOT (a symlink that leads out), EACCES (the supervisor may not read
  // it, it is no regular file, a deny keeps it from who asks, or a grant can write it), ERR_MODULE_TOO_LARGE, ENOMEM,
  // ERR_MODULE_INTEGRITY (as FileIntegrity::refuse()).
  std::expected<Found, ipc::WireError> find(const ModuleRequest& request);
  // What was found there is read again when it is asked for again. Whether there was something.
  bool forget(const std::string& realPath);

 private:
  std::expected<File, ipc::WireError> read(std::string path, const ModuleRequest& request);
  // Of a real path: what its name and the nearest package.json make of it.
  std::expected<loader::Format, ipc::WireError> formatOf(const std::string& realPath, const ModuleRequest& request);

  struct Known {
    loader::Format format;
    FileDigests digests;
  };

  Parts parts_;
  PackageStore packages_;
  std::map<std::string, Known> known_;  // by real path
  size_t nameBytes_ = 0;
};

}  // namespace runtime::supervisor
