#include "supervisor/audit/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace runtime::audit {
namespace {

constexpr size_t kReadBytes = 1 << 20;

}  // namespace

std::expected<Lines, std::string> Lines::open(const std::string& path) {
  os::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status;
  if (!fd || ::fstat(fd.get(), &status) != 0) return std::unexpected(path + ": " + ::strerror(errno));
  if (!S_ISREG(status.st_mode)) return std::unexpected(path + ": it is not a regular file");
  return Lines(path, std::move(fd), {status.st_dev, status.st_ino});
}

std::expected<bool, std::string> Lines::fill() {
  if (begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<ptrdiff_t>(begin_), buffer_.begin() + static_cast<ptrdiff_t>(end_),
              buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < end_ + kReadBytes) buffer_.resize(end_ + kReadBytes);
  for (;;) {
    const ssize_t n = ::read(fd_.get(), buffer_.data() + end_, kReadBytes);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(path_ + ": it cannot be read: " + ::strerror(errno));
    end_ += static_cast<size_t>(n);
    return n > 0;
  }
}

std::expected<std::optional<Line>, std::string> Lines::next() {
  Line line;
  size_t searched = 0;  // of what is held, and no newline there
  for (;;) {
    const size_t held = end_ - begin_;
    const char* const from = buffer_.data() + begin_;
    const void* const newline = held > searched ? ::memchr(from + searched, '\n', held - searched) : nullptr;
    if (newline != nullptr) {
      const auto size = static_cast<size_t>(static_cast<const char*>(newline) - from);
      line.text = {from, size};
      begin_ += size + 1;
      break;
    }
    searched = held;
    if (held > kMaxHeldBytes) {  // goes on beyond what is held: its rest is passed over
      line.cut = true;
      end_ = begin_ + kMaxHeldBytes;
      searched = kMaxHeldBytes;
    }
    const auto more = fill();
    if (!more) return std::unexpected(more.error());
    if (*more) continue;
    if (begin_ == end_) return std::nullopt;
    line.text = std::string_view(buffer_).substr(begin_, end_ - begin_);
    line.ended = false;
    begin_ = end_;
    break;
  }
  line.number = ++number_;
  return line;
}

}  // namespace runtime::audit
