#include "policies/host_path.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "policies/parse.h"

namespace runtime::policies {
namespace {

std::string reasonOf(int error) { return std::generic_category().message(error); }

std::expected<std::string, int> canonical(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (!real) return std::unexpected(errno);
  return std::string(real.get());
}

std::string parentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

std::expected<std::string, std::string> absoluteHostPath(const std::string& base, std::string_view written) {
  if (written.size() >= PATH_MAX) return std::unexpected("the path is too long");
  std::string path = written.starts_with('/') || base == "/" ? "" : base;
  while (!written.empty()) {
    const std::string_view name = written.substr(0, written.find('/'));
    written.remove_prefix(std::min(name.size() + 1, written.size()));
    if (name.empty() || name == ".") continue;
    if (name != "..") {
      path += '/';
      path += name;
      continue;
    }
    const auto real = canonical(path.empty() ? "/" : path);
    if (!real) return std::unexpected(quoted(path) + ": " + reasonOf(real.error()));
    path = parentOf(*real);
    if (path == "/") path.clear();
  }
  return path.empty() ? "/" : path;
}

std::expected<std::string, std::string> canonicalPath(const std::string& path) {
  auto real = canonical(path);
  if (real) return *std::move(real);
  if (real.error() != ENOENT || path == "/") return std::unexpected(reasonOf(real.error()));
  const auto folder = canonical(parentOf(path));
  if (!folder) return std::unexpected(reasonOf(folder.error()));
  return (*folder == "/" ? std::string() : *folder) + path.substr(path.rfind('/'));
}

HostLook lookAt(const std::string& path) {
  HostLook look;
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) {
    const int error = errno;
    look.reason = reasonOf(error);
    if (error != ENOENT) return look;
    if (::lstat(path.c_str(), &status) == 0) {
      look.kind = HostKind::kOther;
      look.reason = "it is a symlink that leads nowhere";
      return look;
    }
    const bool parentIsFolder = ::stat(parentOf(path).c_str(), &status) == 0 && S_ISDIR(status.st_mode);
    look.kind = parentIsFolder ? HostKind::kMissing : HostKind::kUnreachable;
    return look;
  }
  look.device = status.st_dev;
  look.inode = status.st_ino;
  look.kind = S_ISDIR(status.st_mode)   ? HostKind::kFolder
              : S_ISREG(status.st_mode) ? HostKind::kFile
                                        : HostKind::kOther;
  if (look.kind == HostKind::kOther) look.reason = "it is neither a folder nor a regular file";
  struct statfs fileSystem = {};
  if (::statfs(path.c_str(), &fileSystem) != 0) {
    look.kind = HostKind::kUnreachable;
    look.reason = reasonOf(errno);
    return look;
  }
  look.fileSystem = fileSystem.f_type;
  return look;
}

std::expected<std::string, std::string> folderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  auto real = canonical(folder);
  if (!real) return std::unexpected(reasonOf(real.error()));
  return *std::move(real);
}

bool isForbiddenFileSystem(int64_t type) {
  switch (type) {
    case PROC_SUPER_MAGIC:
    case SYSFS_MAGIC:
    case CGROUP_SUPER_MAGIC:
    case CGROUP2_SUPER_MAGIC:
    case DEBUGFS_MAGIC:
    case TRACEFS_MAGIC:
    case SECURITYFS_MAGIC:
    case BPF_FS_MAGIC:
    case DEVPTS_SUPER_MAGIC:
    case 0x19800202:  // mqueue, which linux/magic.h does not name
      return true;
    default:
      return false;
  }
}

}  // namespace runtime::policies
