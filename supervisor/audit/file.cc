#include "supervisor/audit/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <format>

namespace runtime::audit {
namespace {

constexpr size_t kSeqDigits = 12;
// A rotation may take the name away between opening and locking; not often in a row.
constexpr int kMaxOpenings = 8;

std::string folderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::string nameOf(const std::string& path) { return std::filesystem::path(path).filename().string(); }

bool sameFile(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// The bytes from `from` on; short where there are fewer.
std::expected<std::string, int> readFrom(int fd, uint64_t from, uint64_t size) {
  std::string bytes(size, '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::pread(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(from + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(errno);
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

bool isNotALog(std::string_view torn) { return !couldBegin(torn) && torn.find_first_not_of('\0') != torn.npos; }

constexpr std::string_view kNotALog = "its end is not that of an audit log; name another file for --audit";

}  // namespace

File::File(FileSettings settings)
    : settings_(std::move(settings)), name_(nameOf(settings_.path)), chain_(settings_.key) {
  std::ranges::copy(kNoHash, head_.begin());
}

std::expected<std::unique_ptr<File>, std::string> File::open(FileSettings settings) {
  auto file = std::unique_ptr<File>(new File(std::move(settings)));
  auto opened =
      file->openLocked().and_then([&] { return file->readEnd(); }).and_then([&] { return file->dropHalfRotation(); });
  if (!opened) return std::unexpected(file->settings_.path + ": " + opened.error());
  return file;
}

std::expected<void, std::string> File::openLocked() {
  folder_ = os::UniqueFd(::open(folderOf(settings_.path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < kMaxOpenings; ++i) {
    if (folder_) {
      fd_ = os::UniqueFd(::openat(folder_.get(), name_.c_str(),
                                  O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
    }
    if (!fd_) return std::unexpected(std::string("the audit file cannot be opened: ") + ::strerror(errno));
    struct stat status, named;
    if (::fstat(fd_.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
      return std::unexpected("the audit file is not a regular file");
    }
    if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
      return std::unexpected(errno == EWOULDBLOCK
                                 ? std::string("another run is writing to this audit file")
                                 : std::string("the audit file cannot be locked: ") + ::strerror(errno));
    }
    if (::fstat(fd_.get(), &status) != 0) return std::unexpected(std::string(::strerror(errno)));
    size_ = static_cast<uint64_t>(status.st_size);
    if (::fstatat(folder_.get(), name_.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 && sameFile(status, named)) return {};
  }
  return std::unexpected("another run is writing to this audit file");
}

std::expected<void, std::string> File::readEnd() {
  if (size_ == 0) return {};
  const uint64_t from = size_ - std::min<uint64_t>(size_, kMaxTornBytes + kMaxLineBytes + 2);
  auto end = readFrom(fd_.get(), from, size_ - from);
  if (!end) return std::unexpected(std::string(::strerror(end.error())));
  const size_t newline = end->rfind('\n');
  const std::string_view torn = newline == std::string::npos ? *end : std::string_view(*end).substr(newline + 1);
  if (torn.size() > kMaxTornBytes || isNotALog(torn)) return std::unexpected(std::string(kNotALog));
  endsTorn_ = !torn.empty();
  if (endsTorn_) {
    previous_ = "torn";
    torn_ = std::string(view(chain_.digest(torn)));
  }
  if (newline == std::string::npos) return {};
  std::string_view line = std::string_view(*end).substr(0, newline);
  if (const size_t before = line.rfind('\n'); before != line.npos) line.remove_prefix(before + 1);
  const auto last = frame(line);
  if (!last || view(chain_.hashOf(*last)) != last->hash) {
    return std::unexpected(last ? "its last record has been altered; `secure-runtime audit verify` tells more. Name "
                                  "another file for --audit"
                                : std::string(kNotALog));
  }
  if (chain_.hasKey() && (last->mac.empty() || view(chain_.macOf(*last)) != last->mac)) {
    return std::unexpected("it was not kept with this key; name another file for --audit, or the key that it has");
  }
  if (!chain_.hasKey() && !last->mac.empty()) {
    return std::unexpected("it is kept with a key; name it with --audit-key, or another file for --audit");
  }
  nextSeq_ = last->seq + 1;
  std::ranges::copy(last->hash, head_.begin());
  if (!endsTorn_) previous_ = isSeal(line) ? "sealed" : "unsealed";

  auto begin = readFrom(fd_.get(), 0, std::min<uint64_t>(size_, kMaxLineBytes + 1));
  if (!begin) return std::unexpected(std::string(::strerror(begin.error())));
  // Whether it is a record is not asked: it names the file, once it is rotated.
  const auto first = frame(std::string_view(*begin).substr(0, begin->find('\n')));
  firstSeq_ = first ? first->seq : nextSeq_;
  return {};
}

// A rotation that was cut short after its first step has left a second name.
std::expected<void, std::string> File::dropHalfRotation() {
  struct stat ours, rotated;
  if (::fstat(fd_.get(), &ours) != 0 || ours.st_nlink < 2) return {};
  const std::string name = rotatedName();
  if (::fstatat(folder_.get(), name.c_str(), &rotated, AT_SYMLINK_NOFOLLOW) == 0 && sameFile(ours, rotated)) {
    if (::unlinkat(folder_.get(), name.c_str(), 0) != 0) return std::unexpected(std::string(::strerror(errno)));
  }
  return {};
}

std::string File::rotatedName() const { return std::format("{}.{:0{}}", name_, firstSeq_, kSeqDigits); }

bool File::writeAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n > 0) {
      text.remove_prefix(static_cast<size_t>(n));
    } else if (n == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool File::append(const std::vector<std::string>& bodies) {
  if (failed_) return false;
  const uint64_t first = nextSeq_;
  const Digits before = head_;
  std::string text;
  if (endsTorn_) text += '\n';
  for (const std::string& body : bodies) chain_.append(text, nextSeq_++, body, head_);
  if (settings_.rotateBytes != 0 && size_ != 0 && size_ + text.size() > settings_.rotateBytes) {
    // A torn line stays with what was before it.
    if (endsTorn_ && !writeAll(fd_.get(), "\n")) return !(failed_ = true);
    failed_ = !rotate(std::string_view(text).substr(endsTorn_ ? 1 : 0));
    size_ = 0;
    firstSeq_ = first;
  } else {
    failed_ = !writeAll(fd_.get(), text);
  }
  if (failed_) {
    head_ = before;
    return false;
  }
  endsTorn_ = false;
  size_ += text.size();
  bytes_ += text.size();
  records_ += bodies.size();
  return true;
}

// At every moment the name of the log is that of a file that holds what comes last, and is locked.
bool File::rotate(std::string_view first) {
  const std::string unready = "." + name_ + ".next";
  if (::unlinkat(folder_.get(), unready.c_str(), 0) != 0 && errno != ENOENT) return false;
  os::UniqueFd next(
      ::openat(folder_.get(), unready.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
  struct stat status;
  if (!next || ::fstat(fd_.get(), &status) != 0 || ::flock(next.get(), LOCK_EX | LOCK_NB) != 0) return false;
  if (::fchmod(next.get(), status.st_mode & 0777) != 0) return false;
  const bool done = writeAll(next.get(), first) && ::fdatasync(fd_.get()) == 0 && ::fsync(next.get()) == 0 &&
                    ::linkat(folder_.get(), name_.c_str(), folder_.get(), rotatedName().c_str(), 0) == 0 &&
                    ::renameat(folder_.get(), unready.c_str(), folder_.get(), name_.c_str()) == 0 &&
                    ::fsync(folder_.get()) == 0;
  if (done) fd_ = std::move(next);
  return done;
}

bool File::sync() {
  if (failed_) return false;
  failed_ = ::fdatasync(fd_.get()) != 0;
  // A new name outlasts a loss of power with its folder.
  if (!failed_ && !folderSynced_) failed_ = !(folderSynced_ = ::fsync(folder_.get()) == 0);
  return !failed_;
}

std::vector<std::string> rotatedFiles(const std::string& path) {
  std::vector<std::string> files;
  const std::string prefix = nameOf(path) + ".";
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folderOf(path), error)) {
    const std::string name = entry.path().filename().string();
    if (name.size() == prefix.size() + kSeqDigits && name.starts_with(prefix) &&
        name.find_first_not_of("0123456789", prefix.size()) == std::string::npos) {
      files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace runtime::audit
