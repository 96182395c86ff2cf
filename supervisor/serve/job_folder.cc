#include "supervisor/serve/job_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "ipc/os/unique_fd.h"

namespace runtime::serve {
namespace {

// The error is an errno.
std::expected<void, int> writeFile(const std::string& path, std::string_view content) {
  const os::UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return std::unexpected(errno);
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return std::unexpected(written == 0 ? EIO : errno);
    content.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

std::expected<void, int> makeFolder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0) return std::unexpected(errno);
  return {};
}

}  // namespace

StorageFault storageFault(const std::string& what, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  return {full ? StorageTrouble::kFull : StorageTrouble::kOther, what + ": " + strerror(error)};
}

std::expected<std::unique_ptr<JobFolder>, StorageFault> JobFolder::make(const std::string& jobs, const std::string& id,
                                                                        const std::map<std::string, std::string>& files,
                                                                        const std::vector<std::string>& folders) {
  const std::string path = jobs + "/" + id;
  JobPlaces places{path + "/root", path + "/folders"};
  if (const auto made = makeFolder(path); !made) return std::unexpected(storageFault(path, made.error()));
  // From here on it is removed with the object.
  std::unique_ptr<JobFolder> folder(new JobFolder(path, places, folders));
  std::vector<std::string> wanted{places.root, places.folders};
  for (const std::string& name : folders) wanted.push_back(places.folders + "/" + name);
  std::set<std::string> parents;
  for (const auto& [file, content] : files) {
    for (size_t slash = file.find('/'); slash != std::string::npos; slash = file.find('/', slash + 1)) {
      parents.insert(places.root + "/" + file.substr(0, slash));
    }
  }
  wanted.insert(wanted.end(), parents.begin(), parents.end());  // a folder before those within it
  for (const std::string& each : wanted) {
    if (const auto made = makeFolder(each); !made) return std::unexpected(storageFault(each, made.error()));
  }
  for (const auto& [file, content] : files) {
    const std::string at = places.root + "/" + file;
    if (const auto written = writeFile(at, content); !written)
      return std::unexpected(storageFault(at, written.error()));
  }
  return folder;
}

JobFolder::~JobFolder() {
  std::error_code ignored;  // what is left is removed at the next start
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace runtime::serve
