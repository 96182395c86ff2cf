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
  std::string bytes;
  std::string sha256;
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

std::expected<std::string, int> readAll(int fd, uint64_t size) {
  std::string bytes(size, '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = read(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(errno);
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  bytes.resize(done);
  return bytes;
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
  const os::UniqueFd file(open(procPath(found.get()).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::unexpected(failure(errno, guest));
  auto bytes = readAll(file.get(), static_cast<uint64_t>(status.st_size));
  if (!bytes) return std::unexpected(failure(bytes.error(), guest));
  ReadModule module{real->substr(prefix.size()), std::move(*bytes), ""};
  module.sha256 = sha256Hex(module.bytes);
  return module;
}

}  // namespace

kj::Promise<std::expected<ModuleStore::Found, WireError>> ModuleStore::load(std::string path, std::string type) {
  if (const auto known = byName_.find(path); known != byName_.end()) {
    co_return Found{modules_[known->second - 1].get(), true};
  }
  if (modules_.size() >= kMaxModules)
    co_return std::unexpected(WireError{"ENOMEM", "", "", "/" + path, "too many modules"});
  if (undelivered_ > kMaxUndeliveredBytes) {
    co_return std::unexpected(WireError{"ENOMEM", "", "", "/" + path, "too many modules are being loaded at once"});
  }
  auto read = co_await lane_.run([root = prepared_.root, rootPath = prepared_.rootPath, path] {
    return readModule(root->get(), rootPath, path, "/" + path);
  });
  if (!read) co_return std::unexpected(read.error());
  if (undelivered_ > kMaxUndeliveredBytes) {  // by what was read since
    co_return std::unexpected(WireError{"ENOMEM", "", "", "/" + path, "too many modules are being loaded at once"});
  }
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
    byName_.emplace(std::move(path), known->second);
    co_return Found{modules_[known->second - 1].get(), true};
  }
  auto module = std::make_unique<LoadedModule>();
  module->id = static_cast<uint32_t>(modules_.size() + 1);
  module->path = read->realPath;
  module->url = loader::urlOf(read->realPath);
  module->format = *format;
  module->size = read->bytes.size();
  module->sha256 = std::move(read->sha256);
  module->source = std::move(read->bytes);
  undelivered_ += module->size;
  byName_.emplace(std::move(path), module->id);
  byName_.emplace(module->path, module->id);
  modules_.push_back(std::move(module));
  co_return Found{modules_.back().get(), false};
}

LoadedModule* ModuleStore::byId(uint32_t id) {
  return id == 0 || id > modules_.size() ? nullptr : modules_[id - 1].get();
}

std::string ModuleStore::hostPath(const std::string& modulePath) const {
  return (prepared_.rootPath == "/" ? "" : prepared_.rootPath) + "/" + modulePath;
}

void ModuleStore::delivered(LoadedModule& module) {
  undelivered_ -= module.source.size();
  module.source = std::string();
}

bool ModuleStore::writable(const std::string& realPath) const {
  const std::string host = hostPath(realPath);
  for (const std::string& path : prepared_.writable) {
    if (host == path || path == "/" || host.starts_with(path + "/")) return true;
  }
  return false;
}

}  // namespace runtime::supervisor
