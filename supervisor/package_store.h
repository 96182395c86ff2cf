#pragma once
// What one job's modules find in folders named node_modules: the files that resolution asks for, looked up beneath
// modules.root on the walk that modules take. A package.json is read once for each job, and what was not there stays
// so. Lane thread, but for its making.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ipc/os/unique_fd.h"
#include "loader/packages.h"
#include "supervisor/file_integrity.h"

namespace runtime::supervisor {

class PackageStore {
 public:
  // Folders asked for their package.json, and what they hold in all.
  static constexpr size_t kMaxFolders = 20'000;
  static constexpr size_t kMaxBytes = 64 << 20;

  // `writable`: canonical host paths beneath which nothing is read.
  PackageStore(std::shared_ptr<const os::UniqueFd> root, std::string rootPath, std::vector<std::string> writable,
               std::shared_ptr<FileIntegrity> integrity)
      : root_(std::move(root)),
        rootPath_(std::move(rootPath)),
        writable_(std::move(writable)),
        integrity_(std::move(integrity)) {}

  // Whether a deny keeps the importing module from this path under root. Called on the lane.
  using Denied = std::function<bool(const std::string& path)>;

  // As loader::resolvePackage(). What is denied is as if it were not there, and EACCES where nothing else is found; a
  // package.json that is denied, or can be written by a grant, is EACCES; ERR_MODULE_INTEGRITY as
  // FileIntegrity::refuse() has it; ENOMEM past the bounds.
  std::expected<loader::Resolved, loader::ResolveError> resolve(const loader::Request& request,
                                                                const loader::ExtensionSpecifiers& extensions,
                                                                const Denied& denied);

  // What the package.json says that the module at this real path belongs to, whoever loads it.
  std::expected<loader::PackageJson::Type, loader::ResolveError> typeOf(const std::string& realPath);

  // The path under root of what is open; empty where it is not beneath.
  std::string beneath(int fd) const;
  bool writable(const std::string& path) const;

 private:
  class Files;
  struct Read {
    std::string realPath;                          // of the package.json under root
    std::unique_ptr<loader::PackageJson> package;  // null: there is none
    size_t size = 0;
  };

  std::expected<Read, loader::ResolveError> read(const std::string& path, const Denied& denied) const;

  std::shared_ptr<const os::UniqueFd> root_;
  std::string rootPath_;
  std::vector<std::string> writable_;
  std::shared_ptr<FileIntegrity> integrity_;
  std::map<std::string, Read> known_;  // by folder
  size_t bytes_ = 0;
};

}  // namespace runtime::supervisor
