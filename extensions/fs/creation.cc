#include "extensions/fs/creation.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "extensions/fs/accounting.h"

namespace runtime::extensions::fs {
namespace {

using capabilities::failed;
using capabilities::FinalLink;
using capabilities::Lookup;
using capabilities::Missing;
using capabilities::Reached;
using capabilities::Result;
using capabilities::Wait;

constexpr int kMaxTries = 8;
constexpr mode_t kPermissionBits = 0777;

// One opening: what it spends, it spends once, however often names come and go beneath it.
class Opening {
 public:
  Opening(const Lookup& lookup, const Intent& intent) : lookup_(lookup), intent_(intent) {
    // What exists is not replaced then, so the right to do so is not asked for, but that to make it is: EEXIST.
    if (intent.ifPresent == IfPresent::kRefuse) {
      lookup_.needs.ifPresent = {};
      lookup_.needs.all = lookup_.needs.all | lookup_.needs.ifAbsent;
    }
  }

  Result<OpenedFile> perform() {
    const bool exclusive = intent_.ifPresent == IfPresent::kRefuse;
    if (exclusive) {
      const auto right = lookup_.needs.missing(lookup_.path.rights, capabilities::Effect::kMake);
      if (right) return capabilities::refused(*right);
    }
    for (int i = 0; i < kMaxTries; ++i) {
      auto found = capabilities::reachOrMissing(lookup_, exclusive ? FinalLink::kKeep : FinalLink::kFollow, Wait::kMay);
      if (!found) return std::unexpected(std::move(found.error()));
      if (auto* reached = std::get_if<Reached>(&*found)) return openExisting(*reached);
      auto made = make(std::get<Missing>(*found));
      if (made || made.error().error != EEXIST || exclusive) return made;
    }
    return failed(EEXIST);
  }

 private:
  Result<OpenedFile> openExisting(const Reached& reached) {
    if (intent_.ifPresent == IfPresent::kRefuse) return failed(EEXIST);
    if (reached.status.isFolder()) return failed(EISDIR);
    if (auto spent = spend(); !spent) return std::unexpected(std::move(spent.error()));
    const int truncate = intent_.ifPresent == IfPresent::kTruncate ? O_TRUNC : 0;
    auto fd = capabilities::reopen(reached.fd.get(), intent_.access | truncate, Wait::kMay);
    if (!fd) return std::unexpected(std::move(fd.error()));
    return OpenedFile{std::move(*fd), std::nullopt, intent_.naming == Naming::kWhenComplete, reached.rights};
  }

  Result<OpenedFile> make(Missing& missing) {
    if (auto spent = spend(); !spent) return std::unexpected(std::move(spent.error()));
    if (!entrySpent_) {
      if (auto spent = spendEntry(lookup_.path); !spent) return std::unexpected(std::move(spent.error()));
      entrySpent_ = true;
    }
    const mode_t mode = intent_.mode & kPermissionBits;
    if (intent_.naming == Naming::kWhenComplete) {
      // Readable too: its content may have to be copied, see giveName().
      os::UniqueFd fd(::openat(missing.folder.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
      if (fd) {
        return OpenedFile{std::move(fd), FutureName{lookup_, intent_.ifPresent}, true, missing.rights};
      }
      const bool unsupported = errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT;
      if (!unsupported) return failed();
    }
    os::UniqueFd fd(::openat(missing.folder.get(), missing.name.c_str(),
                             intent_.access | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, mode));
    if (!fd) return failed();
    return OpenedFile{std::move(fd), std::nullopt, intent_.naming == Naming::kWhenComplete, missing.rights};
  }

  Result<void> spend() {
    if (storageSpent_) return {};
    storageSpent_ = true;
    return spendStorage(lookup_.path, intent_.storage);
  }

  Lookup lookup_;
  const Intent& intent_;
  bool storageSpent_ = false;
  bool entrySpent_ = false;
};

Result<void> copyInto(int from, int to, const capabilities::StopSign& stop) {
  std::array<unsigned char, 64 * 1024> buffer;
  off_t offset = 0;
  for (;;) {
    if (stop.isUp()) return failed(ECANCELED);
    const ssize_t size = ::pread(from, buffer.data(), buffer.size(), offset);
    if (size == 0) return {};
    if (size < 0) return failed();
    const auto piece = std::span(buffer).first(static_cast<size_t>(size));
    if (auto written = writeAll(to, piece, offset); !written) return written;
    offset += size;
  }
}

}  // namespace

Result<OpenedFile> openForWriting(const Lookup& lookup, const Intent& intent) {
  return Opening(lookup, intent).perform();
}

Result<void> giveName(OpenedFile& file, const capabilities::StopSign& stop) {
  if (!file.unnamed) return {};
  if (stop.isUp()) return failed(ECANCELED);
  const FutureName future = std::move(*file.unnamed);
  file.unnamed.reset();
  const bool exclusive = future.ifPresent == IfPresent::kRefuse;
  const FinalLink link = exclusive ? FinalLink::kKeep : FinalLink::kFollow;
  for (int i = 0; i < kMaxTries; ++i) {
    const auto found = capabilities::reachOrMissing(future.lookup, link, Wait::kMay);
    if (!found) return std::unexpected(found.error());
    const auto* missing = std::get_if<Missing>(&*found);
    if (missing == nullptr) break;
    if (::linkat(AT_FDCWD, capabilities::descriptorPath(file.fd.get()).c_str(), missing->folder.get(),
                 missing->name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      return {};
    }
    if (errno != EEXIST) return failed();
  }
  if (exclusive) return failed(EEXIST);
  auto existing = openForWriting(future.lookup, {.access = O_WRONLY, .ifPresent = IfPresent::kTruncate});
  if (!existing) return std::unexpected(std::move(existing.error()));
  return copyInto(file.fd.get(), existing->fd.get(), stop);
}

Result<void> writeAll(int fd, std::span<const unsigned char> bytes, off_t offset) {
  while (!bytes.empty()) {
    const ssize_t size =
        offset < 0 ? ::write(fd, bytes.data(), bytes.size()) : ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failed();
    if (size == 0) return failed(EIO);
    bytes = bytes.subspan(static_cast<size_t>(size));
    if (offset >= 0) offset += size;
  }
  return {};
}

}  // namespace runtime::extensions::fs
