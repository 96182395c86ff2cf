#include "supervisor/module_store.h"

#include <utility>
#include <variant>

#include "loader/resolve.h"
#include "supervisor/sha256.h"

namespace runtime::supervisor {

using ipc::WireError;

ModuleStore::ModuleStore(const PreparedJob& prepared, capabilities::Lane& lane, loader::ExtensionSpecifiers extensions,
                         std::shared_ptr<FileIntegrity> integrity)
    : prepared_(prepared),
      lane_(lane),
      files_(std::make_shared<ModuleFiles>(ModuleFiles::Parts{prepared.root, prepared.rootPath, prepared.writable,
                                                              std::move(extensions), std::move(integrity)})) {}

kj::Promise<std::expected<ModuleStore::Found, WireError>> ModuleStore::load(ModuleRequest request) {
  if (const auto known = byName_.find(request.path); known != byName_.end()) {
    co_return Found{modules_[known->second - 1].get(), true, "", ""};
  }
  const std::string asked = request.path.empty() ? request.specifier : "/" + request.path;
  std::expected<ModuleFiles::Found, WireError> found =
      std::unexpected(WireError{"EAGAIN", "", "", asked, "too many operations are waiting"});
  try {
    found = co_await lane_.run([files = files_, request = std::move(request)] { return files->find(request); });
  } catch (const kj::Exception& exception) {
    if (exception.getType() != kj::Exception::Type::OVERLOADED) throw;
  }
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (const auto* extension = std::get_if<ModuleFiles::ExtensionName>(&*found)) {
    co_return Found{nullptr, true, "", extension->specifier};
  }
  ModuleFiles::File& file = std::get<ModuleFiles::File>(*found);
  if (const auto known = byName_.find(file.realPath); known != byName_.end()) {
    const uint32_t id = known->second;
    remember(std::move(file.named), id);
    co_return Found{modules_[id - 1].get(), true, "", ""};
  }
  // What was found before and is not here was more than could be taken.
  if (file.known || (file.file != nullptr && undelivered_ >= kMaxUndelivered)) {
    co_await lane_.run([files = files_, path = file.realPath] { return files->forget(path); });
    co_return std::unexpected(WireError{"ENOMEM", "", "", asked, "too many modules are being loaded at once"});
  }
  auto module = std::make_unique<LoadedModule>();
  module->id = static_cast<uint32_t>(modules_.size() + 1);
  module->path = file.realPath;
  module->url = loader::urlOf(file.realPath);
  module->format = file.format;
  module->size = file.size;
  module->sha256 = std::move(file.sha256);
  module->file = std::move(file.file);
  module->pieceHashes = std::move(file.pieceHashes);
  if (module->file != nullptr) ++undelivered_;
  nameBytes_ += module->path.size();
  byName_.emplace(module->path, module->id);
  remember(std::move(file.named), module->id);
  modules_.push_back(std::move(module));
  co_return Found{modules_.back().get(), false, std::move(file.firstPiece), ""};
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
    if (!bytes) return std::unexpected(moduleFailure(bytes.error(), guest));
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

}  // namespace runtime::supervisor
