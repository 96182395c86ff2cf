#include "extensions/fs/status.h"

#include <sys/stat.h>

#include <cmath>

namespace runtime::extensions::fs {
namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;
constexpr int64_t kNsPerMs = 1'000'000;
constexpr double kMaxMs = 8.64e15;  // of a JavaScript Date

// Whole milliseconds apart from the rest: a double cannot hold nanoseconds since 1970.
double inMs(int64_t ns) {
  const int64_t whole = ns / kNsPerMs;
  return static_cast<double>(whole) + static_cast<double>(ns % kNsPerMs) / static_cast<double>(kNsPerMs);
}

double toMs(const statx_timestamp& time, const capabilities::JobMeters& meters) {
  if (meters.clockResolutionNs == 0) return inMs(static_cast<int64_t>(meters.frozenNs));
  const auto resolution = static_cast<int64_t>(meters.clockResolutionNs);
  int64_t ns = 0;
  if (__builtin_mul_overflow(time.tv_sec, kNsPerSecond, &ns)) return static_cast<double>(time.tv_sec) * 1e3;
  ns += time.tv_nsec;
  int64_t rest = ns % resolution;
  if (rest < 0) rest += resolution;
  return inMs(ns - rest);
}

}  // namespace

FileType typeOfMode(uint32_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return FileType::FILE;
    case S_IFDIR:
      return FileType::DIRECTORY;
    case S_IFLNK:
      return FileType::SYMLINK;
    case S_IFIFO:
      return FileType::FIFO;
    case S_IFSOCK:
      return FileType::SOCKET;
    case S_IFCHR:
      return FileType::CHARACTER_DEVICE;
    case S_IFBLK:
      return FileType::BLOCK_DEVICE;
    default:
      return FileType::UNKNOWN;
  }
}

void fill(Stat::Builder stat, const capabilities::FileStatus& status, const capabilities::JobMeters& meters) {
  const struct statx& value = status.value;
  stat.setType(typeOfMode(value.stx_mode));
  stat.setMode(value.stx_mode);
  stat.setDevice(status.device());
  stat.setInode(value.stx_ino);
  stat.setLinks(value.stx_nlink);
  stat.setSize(value.stx_size);
  stat.setBlockSize(value.stx_blksize);
  stat.setBlocks(value.stx_blocks);
  stat.setAccessedMs(toMs(value.stx_atime, meters));
  stat.setModifiedMs(toMs(value.stx_mtime, meters));
  stat.setChangedMs(toMs(value.stx_ctime, meters));
  stat.setBornMs(toMs((value.stx_mask & STATX_BTIME) != 0 ? value.stx_btime : value.stx_ctime, meters));
}

capabilities::Result<timespec> toTimespec(double ms) {
  if (!std::isfinite(ms) || std::abs(ms) > kMaxMs) return capabilities::failed(EINVAL);
  const double seconds = std::floor(ms / 1e3);
  auto ns = static_cast<int64_t>(std::llround((ms - seconds * 1e3) * static_cast<double>(kNsPerMs)));
  auto whole = static_cast<int64_t>(seconds);
  if (ns >= kNsPerSecond) {
    ns -= kNsPerSecond;
    ++whole;
  }
  return timespec{.tv_sec = whole, .tv_nsec = ns};
}

}  // namespace runtime::extensions::fs
