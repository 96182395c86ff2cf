#include "supervisor/module_store.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loader/resolve.h"
#include "supervisor/sha256.h"

namespace runtime::supervisor {
namespace {

using ipc::WireError;

struct ReadModule {
  std::string realPath;  // under root
  std::string firstPiece;
  uint64_t size = 0;
  std::string sha256;
  // Where there is more than one piece.
  std::shared_ptr<const os::UniqueFd> file;
  std::shared_ptr<std::vector<std::string>> pieceHashes;
};

std::string procPath(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

std::expected<std::string, int> realPathOf(int fd) {
  std::string path(4096, '\0');
  const ssize_t n = readlink(procPath(fd).c_str(), path.data(), path.size());
  if (n < 0) return std::unexpected(errno);
  if (static_cast<size_t>(n) == path.size()) return std::unexpected(ENAMETOOLONG);
  path.resize(static_cast<size_t>(n));
  return path;
}

WireError failure(int error, const std::string& guest) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return {"ERR_MODULE_NOT_FOUND", "", "", guest, "no module is there; check the specifier and the file's name"};
    case EXDEV:
      return {"ERR_MODULE_OUTSIDE_ROOT", "", "", guest, "it leads outside modules.root, or onto another file system"};
    case ELOOP:
      return {"ERR_MODULE_NOT_FOUND", "", "", guest, "too many symbolic links"};
    default:
      return ipc::fromErrno(error, guest);
  }
}

// Short only at the end of the file.
std::expected<std::string, int> readPiece(int fd, uint64_t offset) {
  std::string bytes(kSourcePieceBytes, '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = pread(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(errno);
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

// Hashes the whole and, where there is more than one, each piece.
std::expected<void, int> readThrough(os::UniqueFd file, ReadModule& module) {
  auto first = readPiece(file.get(), 0);
  if (!first) return std::unexpected(first.error());
  module.firstPiece = std::move(*first);
  module.size = module.firstPiece.size();
  if (module.size < kSourcePieceBytes) {
    module.sha256 = sha256Hex(module.firstPiece);
    return {};
  }
  Sha256 whole;
  whole.add(module.firstPiece);
  module.pieceHashes = std::make_shared<std::vector<std::string>>(1, sha256Hex(module.firstPiece));
  while (module.size % kSourcePieceBytes == 0 && module.size <= kMaxModuleBytes) {
    const auto piece = readPiece(file.get(), module.size);
    if (!piece) return std::unexpected(piece.error());
    if (piece->empty()) break;
    whole.add(*piece);
    module.pieceHashes->push_back(sha256Hex(*piece));
    module.size += piece->size();
  }
  module.sha256 = whole.hex();
  if (module.size > kSourcePieceBytes) module.file = std::make_shared<const os::UniqueFd>(std::move(file));
  return {};
}

// On the lane. `rootPath` is canonical.
std::expected<ReadModule, WireError> readModule(int root, const std::string& rootPath, const std::string& path,
                                                const std::string& guest) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  long opened = -1;
  for (int attempt = 0; attempt < 8; ++attempt) {
    opened = syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
    if (opened >= 0 || errno != EAGAIN) break;
  }
  if (opened < 0) return std::unexpected(failure(errno, guest));
  const os::UniqueFd found(static_cast<int>(opened));
  struct stat status;
  if (fstat(found.get(), &status) != 0) return std::unexpected(failure(errno, guest));
  if (S_ISDIR(status.st_mode)) {
    return std::unexpected(
        WireError{"ERR_UNSUPPORTED_DIR_IMPORT", "", "", guest, "a folder is not a module; name the file"});
  }
  if (!S_ISREG(status.st_mode)) {
    return std::unexpected(WireError{"EACCES", "", "", guest, "only regular files are modules"});
  }
  if (static_cast<uint64_t>(status.st_size) > kMaxModuleBytes) {
    return std::unexpected(WireError{"ERR_MODULE_TOO_LARGE", "", "", guest, "a module has at most 64 MiB"});
  }
  const auto real = realPathOf(found.get());
  if (!real) return std::unexpected(failure(real.error(), guest));
  const std::string prefix = rootPath == "/" ? rootPath : rootPath + "/";
  if (!real->starts_with(prefix)) return std::unexpected(failure(EXDEV, guest));
  os::UniqueFd file(open(procPath(found.get()).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::unexpected(failure(errno, guest));
  ReadModule module;
  module.realPath = real->substr(prefix.size());
  if (auto read = readThrough(std::move(file), module); !read) return std::unexpected(failure(read.error(), guest));
  return module;
}

}  // namespace

kj::Promise<std::expected<loader::Resolved, WireError>> ModuleStore::findPackage(
    std::string referrer, std::string specifier, std::string type, const loader::ExtensionSpecifiers& extensions,
    PackageStore::Denied denied) {
  std::expected<loader::Resolved, loader::ResolveError> found =
      std::unexpected(loader::ResolveError{"EAGAIN", specifier, "too many operations are waiting"});
  try {
    found = co_await lane_.run(
        [packages = packages_, referrer = std::move(referrer), specifier, type = std::move(type), extensions,
         denied = std::move(denied)] { return packages->resolve({referrer, specifier, type}, extensions, denied); });
  } catch (const kj::Exception& exception) {
    if (exception.getType() != kj::Exception::Type::OVERLOADED) throw;
  }
  if (found) co_return std::move(*found);
  co_return std::unexpected(WireError{found.error().code, "", "", found.error().resource, found.error().message});
}

kj::Promise<std::expected<ModuleStore::Found, WireError>> ModuleStore::load(std::string path, std::string type) {
  if (const auto known = byName_.find(path); known != byName_.end()) {
    co_return Found{modules_[known->second - 1].get(), true, ""};
  }
  std::expected<ReadModule, WireError> read =
      std::unexpected(WireError{"EAGAIN", "", "", "/" + path, "too many operations are waiting"});
  try {
    read = co_await lane_.run([root = prepared_.root, rootPath = prepared_.rootPath, path] {
      return readModule(root->get(), rootPath, path, "/" + path);
    });
  } catch (const kj::Exception& exception) {
    if (exception.getType() != kj::Exception::Type::OVERLOADED) throw;
  }
  if (!read) co_return std::unexpected(read.error());
  // What a module is follows from its real name, not from that of a link to it.
  const auto format = loader::formatOf(read->realPath, type);
  if (!format) {
    co_return std::unexpected(WireError{format.error().code, "", "", format.error().resource, format.error().message});
  }
  if (writable(read->realPath)) {
    co_return std::unexpected(WireError{"EACCES", "", "", "/" + read->realPath,
                                        "a grant of the policy can write here, so no module is loaded from it"});
  }
  if (const auto known = byName_.find(read->realPath); known != byName_.end()) {
    const uint32_t id = known->second;
    remember(std::move(path), id);
    co_return Found{modules_[id - 1].get(), true, ""};
  }
  if (modules_.size() >= kMaxModules || nameBytes_ + read->realPath.size() > kMaxNameBytes) {
    co_return std::unexpected(WireError{"ENOMEM", "", "", "/" + path, "too many modules"});
  }
  if (read->file != nullptr && undelivered_ >= kMaxUndelivered) {
    co_return std::unexpected(WireError{"ENOMEM", "", "", "/" + path, "too many modules are being loaded at once"});
  }
  auto module = std::make_unique<LoadedModule>();
  module->id = static_cast<uint32_t>(modules_.size() + 1);
  module->path = read->realPath;
  module->url = loader::urlOf(read->realPath);
  module->format = *format;
  module->size = read->size;
  module->sha256 = std::move(read->sha256);
  module->file = std::move(read->file);
  module->pieceHashes = std::move(read->pieceHashes);
  if (module->file != nullptr) ++undelivered_;
  nameBytes_ += module->path.size();
  byName_.emplace(module->path, module->id);
  remember(std::move(path), module->id);
  modules_.push_back(std::move(module));
  co_return Found{modules_.back().get(), false, std::move(read->firstPiece)};
}

void ModuleStore::remember(std::string name, uint32_t id) {
  if (nameBytes_ + name.size() > kMaxNameBytes || byName_.contains(name)) return;
  nameBytes_ += name.size();
  byName_.emplace(std::move(name), id);
}

LoadedModule* ModuleStore::byId(uint32_t id) {
  return id == 0 || id > modules_.size() ? nullptr : modules_[id - 1].get();
}

std::string ModuleStore::hostPath(const std::string& modulePath) const {
  return (prepared_.rootPath == "/" ? "" : prepared_.rootPath) + "/" + modulePath;
}

std::optional<kj::Promise<std::expected<std::string, WireError>>> ModuleStore::piece(LoadedModule& module,
                                                                                     uint64_t offset) {
  if (module.file == nullptr || offset % kSourcePieceBytes != 0 || offset >= module.size) return std::nullopt;
  auto task = [file = module.file, hashes = module.pieceHashes, offset,
               guest = "/" + module.path]() -> std::expected<std::string, WireError> {
    auto bytes = readPiece(file->get(), offset);
    if (!bytes) return std::unexpected(failure(bytes.error(), guest));
    if (sha256Hex(*bytes) != hashes->at(offset / kSourcePieceBytes)) {
      return std::unexpected(WireError{"EIO", "", "", guest, "the file was changed while it was being loaded"});
    }
    return std::move(*bytes);
  };
  if (offset + kSourcePieceBytes >= module.size) {
    module.file = nullptr;
    module.pieceHashes = nullptr;
    --undelivered_;
  }
  return lane_.run(std::move(task));
}

bool ModuleStore::writable(const std::string& realPath) const {
  const std::string host = hostPath(realPath);
  for (const std::string& path : prepared_.writable) {
    if (host == path || path == "/" || host.starts_with(path + "/")) return true;
  }
  return false;
}

}  // namespace runtime::supervisor
