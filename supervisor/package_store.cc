#include "supervisor/package_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "capabilities/beneath.h"

namespace runtime::supervisor {
namespace {

using capabilities::Wait;
using loader::ResolveError;

std::unexpected<ResolveError> fail(std::string code, const std::string& path, std::string message) {
  return std::unexpected(ResolveError{std::move(code), "/" + path, std::move(message)});
}

ResolveError deniedError(const std::string& path) {
  return {"EACCES", "/" + path, "a deny of the policy keeps this from being loaded"};
}

// At most `max` bytes and one more.
std::optional<std::string> contentOf(int fd, size_t max) {
  std::string bytes;
  while (bytes.size() <= max) {
    const size_t before = bytes.size();
    bytes.resize(std::min(before + (size_t{64} << 10), max + 1));
    const ssize_t n = ::read(fd, bytes.data() + before, bytes.size() - before);
    bytes.resize(before + (n > 0 ? static_cast<size_t>(n) : 0));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::nullopt;
    if (n == 0) break;
  }
  return bytes;
}

}  // namespace

// The files as one module sees them.
class PackageStore::Files final : public loader::PackageFiles {
 public:
  Files(PackageStore& store, const Denied& denied) : store_(store), denied_(denied) {}

  bool isFolder(const std::string& path) override { return stands(path, true); }
  bool isFile(const std::string& path) override { return stands(path, false); }

  std::expected<const loader::PackageJson*, ResolveError> packageIn(const std::string& folder) override {
    const std::string path = folder.empty() ? "package.json" : folder + "/package.json";
    if (denied_(path)) return std::unexpected(deniedError(path));
    auto known = store_.known_.find(folder);
    if (known == store_.known_.end()) {
      if (store_.known_.size() >= kMaxFolders || store_.bytes_ >= kMaxBytes) {
        return fail("ENOMEM", path, "too many packages");
      }
      auto read = store_.read(path, denied_);
      if (!read) return std::unexpected(read.error());
      known = store_.known_.emplace(folder, std::move(*read)).first;
      store_.bytes_ += folder.size() + known->second.size;
    }
    // A link may lead to what is denied.
    if (denied_(known->second.realPath)) return std::unexpected(deniedError(path));
    return known->second.package.get();
  }

  std::optional<std::string> firstDenied;

 private:
  bool stands(const std::string& path, bool folder) {
    const auto refused = [&] {
      if (!firstDenied) firstDenied = path;
      return false;
    };
    if (denied_(path)) return refused();
    const auto found =
        capabilities::openBeneath(store_.root_->get(), path, folder ? O_PATH | O_DIRECTORY : O_PATH, Wait::kMay);
    if (!found) return false;
    const auto status = capabilities::statusOf(found->get());
    if (!status || !(folder ? status->isFolder() : status->isRegular())) return false;
    const std::string real = store_.beneath(found->get());
    return !real.empty() && (!denied_(real) || refused());
  }

  PackageStore& store_;
  const Denied& denied_;
};

std::expected<loader::Resolved, ResolveError> PackageStore::resolve(const loader::Request& request,
                                                                    const loader::ExtensionSpecifiers& extensions,
                                                                    const Denied& denied) {
  Files files(*this, denied);
  auto resolved = loader::resolvePackage(request, extensions, files);
  if (!resolved && resolved.error().code == "ERR_MODULE_NOT_FOUND" && files.firstDenied) {
    return std::unexpected(deniedError(*files.firstDenied));
  }
  return resolved;
}

std::expected<loader::PackageJson::Type, ResolveError> PackageStore::typeOf(const std::string& realPath) {
  const Denied nothing = [](const std::string&) { return false; };
  Files files(*this, nothing);
  const auto scope = loader::scopeOf(realPath, files);
  if (!scope) return std::unexpected(scope.error());
  return *scope == nullptr ? loader::PackageJson::Type::kNone : (*scope)->type;
}

std::expected<PackageStore::Read, ResolveError> PackageStore::read(const std::string& path,
                                                                   const Denied& denied) const {
  const auto found = capabilities::openBeneath(root_->get(), path, O_PATH, Wait::kMay);
  if (!found) {
    // What is not to be had is not there: so Node takes it.
    return Read{path, nullptr, 0};
  }
  const auto status = capabilities::statusOf(found->get());
  const std::string real = beneath(found->get());
  if (!status || !status->isRegular() || real.empty()) return Read{path, nullptr, 0};
  if (denied(real)) return std::unexpected(deniedError(path));
  if (writable(real)) {
    return fail("EACCES", path, "a grant of the policy can write here, so no package.json is read from it");
  }
  const auto invalid = [&](const std::string& why) {
    return fail("ERR_INVALID_PACKAGE_CONFIG", path, "Invalid package config: " + why);
  };
  if (status->size() > loader::kMaxPackageJsonBytes) return invalid("it is larger than 1 MiB");
  const auto file = capabilities::reopen(found->get(), O_RDONLY, Wait::kMay);
  if (!file) return Read{path, nullptr, 0};
  const auto text = contentOf(file->get(), loader::kMaxPackageJsonBytes);
  if (!text) return fail("EIO", path, "the package.json cannot be read");
  const FileDigests digests = integrity_->of(*text);
  if (auto why = integrity_->refuse(path, real, digests)) return fail("ERR_MODULE_INTEGRITY", path, std::move(*why));
  auto package = loader::parsePackageJson(*text);
  if (!package) return invalid(package.error());
  return Read{real, std::make_unique<loader::PackageJson>(std::move(*package)), text->size()};
}

std::string PackageStore::beneath(int fd) const {
  const auto path = capabilities::hostPathOf(fd);
  const std::string prefix = rootPath_ == "/" ? rootPath_ : rootPath_ + "/";
  return path && path->starts_with(prefix) ? path->substr(prefix.size()) : std::string();
}

bool PackageStore::writable(const std::string& path) const {
  const std::string host = (rootPath_ == "/" ? "" : rootPath_) + "/" + path;
  return std::ranges::any_of(writable_, [&](const std::string& place) {
    return place == "/" || host == place || host.starts_with(place + "/");
  });
}

}  // namespace runtime::supervisor
