#include "supervisor/module_files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "capabilities/beneath.h"
#include "supervisor/sha256.h"

namespace runtime::supervisor {
namespace {

using capabilities::Wait;
using ipc::WireError;

std::unexpected<WireError> fail(std::string code, const std::string& path, std::string message) {
  return std::unexpected(WireError{std::move(code), "", "", "/" + path, std::move(message)});
}

WireError toWire(const loader::ResolveError& error) { return {error.code, "", "", error.resource, error.message}; }

// Hashes the whole and, where there is more than one, each piece.
std::expected<FileDigests, int> readThrough(os::UniqueFd file, ModuleFiles::File& module,
                                            FileIntegrity::Reading whole) {
  auto first = readPiece(file.get(), 0);
  if (!first) return std::unexpected(first.error());
  module.firstPiece = std::move(*first);
  module.size = module.firstPiece.size();
  whole.add(module.firstPiece);
  if (module.size < kSourcePieceBytes) return whole.finish();
  module.pieceHashes = std::make_shared<std::vector<std::string>>(1, sha256Hex(module.firstPiece));
  while (module.size % kSourcePieceBytes == 0 && module.size <= kMaxModuleBytes) {
    const auto piece = readPiece(file.get(), module.size);
    if (!piece) return std::unexpected(piece.error());
    if (piece->empty()) break;
    whole.add(*piece);
    module.pieceHashes->push_back(sha256Hex(*piece));
    module.size += piece->size();
  }
  if (module.size > kSourcePieceBytes) module.file = std::make_shared<const os::UniqueFd>(std::move(file));
  return whole.finish();
}

}  // namespace

WireError moduleFailure(int error, const std::string& guest) {
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

ModuleFiles::ModuleFiles(Parts parts)
    : parts_(std::move(parts)), packages_(parts_.root, parts_.rootPath, parts_.writable, parts_.integrity) {}

std::expected<ModuleFiles::Found, WireError> ModuleFiles::find(const ModuleRequest& request) {
  std::string path = request.path;
  if (path.empty()) {
    auto resolved = packages_.resolve({request.referrer, request.specifier, request.type, request.kind},
                                      parts_.extensions, request.denied);
    if (!resolved) return std::unexpected(toWire(resolved.error()));
    if (resolved->format == loader::Format::kExtension) return ExtensionName{std::move(resolved->name)};
    path = std::move(resolved->name);
  }
  auto file = read(std::move(path), request);
  if (!file) return std::unexpected(std::move(file.error()));
  return std::move(*file);
}

bool ModuleFiles::forget(const std::string& realPath) {
  if (known_.erase(realPath) == 0) return false;
  nameBytes_ -= realPath.size();
  return true;
}

std::expected<ModuleFiles::File, WireError> ModuleFiles::read(std::string path, const ModuleRequest& request) {
  const std::string guest = "/" + path;
  const auto isDenied = [&](const std::string& which) { return request.denied && request.denied(which); };
  const auto deniedAt = [](const std::string& which) {
    return fail("EACCES", which, "a deny of the policy keeps this module from being loaded");
  };
  if (isDenied(path)) return deniedAt(path);
  const auto found = capabilities::openBeneath(parts_.root->get(), path, O_PATH, Wait::kMay);
  if (!found) return std::unexpected(moduleFailure(found.error().error, guest));
  const auto status = capabilities::statusOf(found->get());
  if (!status) return std::unexpected(moduleFailure(status.error().error, guest));
  if (status->isFolder()) {
    return fail("ERR_UNSUPPORTED_DIR_IMPORT", path, "a folder is not a module; name the file");
  }
  if (!status->isRegular()) return fail("EACCES", path, "only regular files are modules");
  if (status->size() > kMaxModuleBytes) return fail("ERR_MODULE_TOO_LARGE", path, "a module has at most 64 MiB");
  File module;
  module.realPath = packages_.beneath(found->get());
  if (module.realPath.empty()) return std::unexpected(moduleFailure(EXDEV, guest));
  if (isDenied(module.realPath)) return deniedAt(module.realPath);
  module.named = std::move(path);
  // What a module is follows from its real name, not from that of a link to it.
  if (const auto format = loader::formatOf(module.realPath, request.type, request.kind); !format) {
    return std::unexpected(toWire(format.error()));
  }
  if (packages_.writable(module.realPath)) {
    return fail("EACCES", module.realPath, "a grant of the policy can write here, so no module is loaded from it");
  }
  if (const auto known = known_.find(module.realPath); known != known_.end()) {
    if (auto why = parts_.integrity->refuse(module.named, module.realPath, known->second.digests)) {
      return fail("ERR_MODULE_INTEGRITY", module.named, std::move(*why));
    }
    module.known = true;
    module.format = known->second.format;
    return module;
  }
  const auto format = formatOf(module.realPath, request);
  if (!format) return std::unexpected(format.error());
  module.format = *format;
  if (known_.size() >= kMaxModules || nameBytes_ + module.realPath.size() > kMaxNameBytes) {
    return fail("ENOMEM", module.named, "too many modules");
  }
  auto file = capabilities::reopen(found->get(), O_RDONLY, Wait::kMay);
  if (!file) return std::unexpected(moduleFailure(file.error().error, guest));
  const auto digests = readThrough(std::move(*file), module, parts_.integrity->begin());
  if (!digests) return std::unexpected(moduleFailure(digests.error(), guest));
  if (auto why = parts_.integrity->refuse(module.named, module.realPath, *digests)) {
    return fail("ERR_MODULE_INTEGRITY", module.named, std::move(*why));
  }
  module.sha256 = digests->sha256Hex();
  nameBytes_ += module.realPath.size();
  known_.emplace(module.realPath, Known{module.format, *digests});
  return module;
}

std::expected<loader::Format, WireError> ModuleFiles::formatOf(const std::string& realPath,
                                                               const ModuleRequest& request) {
  const auto format = loader::formatOf(realPath, request.type, request.kind);
  if (!format) return std::unexpected(toWire(format.error()));
  if (*format != loader::Format::kBySyntax) return *format;
  const auto type = packages_.typeOf(realPath);
  if (!type) return std::unexpected(toWire(type.error()));
  switch (*type) {
    case loader::PackageJson::Type::kModule:
      return loader::Format::kJavaScript;
    case loader::PackageJson::Type::kCommonJs:
      return loader::Format::kCommonJs;
    case loader::PackageJson::Type::kNone:
      break;
  }
  return loader::Format::kBySyntax;
}

}  // namespace runtime::supervisor
