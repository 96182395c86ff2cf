#include "supervisor/serve/state_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <filesystem>

namespace runtime::serve {
namespace {

std::unexpected<std::string> because(const std::string& what, int error) {
  return std::unexpected(what + ": " + strerror(error));
}

}  // namespace

std::expected<StateFolder, std::string> StateFolder::open(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) return because("the folder that " + path + " is to be in cannot be made", error.value());
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return because(path + " cannot be made", errno);
  const std::string canonical = std::filesystem::canonical(path, error).string();
  struct stat status;
  if (error || ::stat(canonical.c_str(), &status) != 0) return because(path + " cannot be looked at", errno);
  if (!S_ISDIR(status.st_mode)) return std::unexpected(path + " is no folder");
  if (status.st_uid != ::geteuid()) return std::unexpected(path + " belongs to another user");
  if ((status.st_mode & 0077) != 0) {
    return std::unexpected(path + " is open to others, and holds what tenants send: chmod 700 " + path);
  }
  os::UniqueFd lock(::open((canonical + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return because(path + "/lock cannot be opened", errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::unexpected("another service has " + path + ": give each a folder of its own");
    return because(path + "/lock cannot be locked", errno);
  }
  StateFolder folder(canonical, std::move(lock));
  std::filesystem::remove_all(folder.jobs(), error);
  if (error) return because(folder.jobs() + " cannot be removed", error.value());
  for (const std::string& part : {folder.jobs(), folder.artifacts()}) {
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) return because(part + " cannot be made", errno);
  }
  return folder;
}

}  // namespace runtime::serve
