#include "supervisor/serve/artifact_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <deque>

#include "loader/integrity.h"
#include "loader/utf8.h"
#include "supervisor/file_integrity.h"
#include "supervisor/serve/job_folder.h"

namespace runtime::serve {
namespace {

constexpr size_t kMostArtifacts = 10'000;
constexpr size_t kPieceBytes = 128 << 10;

os::UniqueFd openBeneath(const os::UniqueFd& folder, const std::string& path, uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC | O_NOFOLLOW;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  return os::UniqueFd(static_cast<int>(::syscall(SYS_openat2, folder.get(), path.c_str(), &how, sizeof how)));
}

// Names in a folder, "." and ".." left out.
std::vector<std::string> namesIn(os::UniqueFd folder) {
  std::vector<std::string> names;
  DIR* stream = ::fdopendir(folder.get());
  if (stream == nullptr) return names;
  static_cast<void>(folder.release());
  while (const dirent* entry = ::readdir(stream)) {
    if (::strcmp(entry->d_name, ".") != 0 && ::strcmp(entry->d_name, "..") != 0) names.emplace_back(entry->d_name);
  }
  ::closedir(stream);
  return names;
}

// A file without a name until it has one, removed where it never gets it.
class NewFile {
 public:
  explicit NewFile(const std::string& folder) : path_(folder + "/new.XXXXXX") {
    fd_ = os::UniqueFd(::mkostemp(path_.data(), O_CLOEXEC));
  }
  ~NewFile() {
    if (fd_ && !kept_) ::unlink(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  bool isOpen() const { return static_cast<bool>(fd_); }
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return true;
  }
  bool keep(const std::string& path, Durability durability) {
    if (durability == Durability::kPowerLoss && ::fsync(fd_.get()) != 0) return false;
    kept_ = ::rename(path_.c_str(), path.c_str()) == 0;
    return kept_;
  }

 private:
  std::string path_;
  os::UniqueFd fd_;
  bool kept_ = false;
};

bool syncFolder(const std::string& path) {
  const os::UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder && ::fsync(folder.get()) == 0;
}

}  // namespace

ArtifactFiles::Pins::~Pins() {
  const std::lock_guard lock(files_.mutex_);
  for (const std::string& digest : digests_) files_.pinned_.erase(files_.pinned_.find(digest));
}

void ArtifactFiles::pin(const std::string& digest, Pins& pins) {
  const std::lock_guard lock(mutex_);
  pinned_.insert(digest);
  pins.digests_.push_back(digest);
}

std::string ArtifactFiles::pathOf(const std::string& digest) const {
  return folder_ + "/" + digest.substr(0, 2) + "/" + digest.substr(2);
}

os::UniqueFd ArtifactFiles::open(const std::string& digest) const {
  return os::UniqueFd(::open(pathOf(digest).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
}

void ArtifactFiles::remove(const std::string& digest) {
  const std::lock_guard lock(mutex_);
  if (!pinned_.contains(digest)) ::unlink(pathOf(digest).c_str());
}

std::expected<Artifact, StorageFault> ArtifactFiles::store(const os::UniqueFd& file, Pins& pins) {
  NewFile copy(folder_);
  if (!copy.isOpen()) return std::unexpected(storageFault("an artifact", errno));
  supervisor::Digest digest(loader::Integrity::Algorithm::kSha256);
  Artifact artifact;
  std::string piece(kPieceBytes, '\0');
  while (true) {
    const ssize_t count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(storageFault("an artifact", errno));
    if (count == 0) break;
    const std::string_view bytes(piece.data(), static_cast<size_t>(count));
    digest.add(bytes);
    if (!copy.write(bytes)) return std::unexpected(storageFault("an artifact", errno));
    artifact.size += bytes.size();
  }
  artifact.sha256 = supervisor::FileDigests{digest.finish(), {}}.sha256Hex();
  pin(artifact.sha256, pins);
  const std::string path = pathOf(artifact.sha256);
  const std::string folder = path.substr(0, path.rfind('/'));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return std::unexpected(storageFault("an artifact", errno));
  if (!copy.keep(path, durability_) || (durability_ == Durability::kPowerLoss && !syncFolder(folder))) {
    return std::unexpected(storageFault("an artifact", errno));
  }
  return artifact;
}

std::expected<ArtifactFiles::Collected, StorageFault> ArtifactFiles::collect(const std::string& folder,
                                                                             const std::vector<std::string>& names,
                                                                             uint64_t mostBytes) {
  Collected collected;
  collected.pins = std::make_unique<Pins>(*this);
  if (names.empty()) return collected;
  const os::UniqueFd base(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!base) return std::unexpected(storageFault("the folders of a job", errno));
  std::deque<std::string> waiting(names.begin(), names.end());
  uint64_t left = mostBytes;
  for (; !waiting.empty(); waiting.pop_front()) {
    const std::string path = waiting.front();
    struct stat status;
    const os::UniqueFd seen = openBeneath(base, path, O_PATH);
    if (!seen || ::fstat(seen.get(), &status) != 0) {
      ++collected.leftOut;
    } else if (S_ISDIR(status.st_mode)) {
      auto within = openBeneath(base, path, O_RDONLY | O_DIRECTORY);
      if (!within) ++collected.leftOut;
      for (const std::string& name : namesIn(std::move(within))) waiting.push_back(path + "/" + name);
    } else {
      const os::UniqueFd file =
          S_ISREG(status.st_mode) ? openBeneath(base, path, O_RDONLY | O_NONBLOCK) : os::UniqueFd();
      const bool keep = file && collected.artifacts.size() < kMostArtifacts &&
                        static_cast<uint64_t>(status.st_size) <= left && loader::wellFormedPrefix(path) == path.size();
      if (!keep) {
        ++collected.leftOut;
        continue;
      }
      auto stored = store(file, *collected.pins);
      if (!stored) return std::unexpected(std::move(stored.error()));
      stored->path = path;
      left -= std::min(left, stored->size);
      collected.artifacts.push_back(std::move(*stored));
    }
  }
  std::ranges::sort(collected.artifacts, {}, &Artifact::path);
  return collected;
}

}  // namespace runtime::serve
