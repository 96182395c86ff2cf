#include "extensions/fs/pieces.h"

#include <sys/uio.h>
#include <unistd.h>

#include <utility>

namespace runtime::extensions::fs {
namespace {

// The bytes of the UTF-8 sequence that `text` begins with; 0 where it begins with none.
size_t sequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto continues = [&](size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const bool overlong = lead == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = lead == 0xed && byte(1) > 0x9f;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const bool overlong = lead == 0xf0 && byte(1) < 0x90;
    const bool beyond = lead == 0xf4 && byte(1) > 0x8f;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

capabilities::Result<kj::Array<kj::byte>> readPiece(int fd, size_t length, int64_t offset, capabilities::Wait wait) {
  off_t from = offset;
  if (offset < 0) {
    from = ::lseek(fd, 0, SEEK_CUR);
    if (from < 0) return capabilities::failed();
  }
  const int flags = wait == capabilities::Wait::kNever ? RWF_NOWAIT : 0;
  auto bytes = kj::heapArray<kj::byte>(length);
  size_t filled = 0;
  while (filled < length) {
    const iovec piece{bytes.begin() + filled, length - filled};
    const ssize_t size = ::preadv2(fd, &piece, 1, from + static_cast<off_t>(filled), flags);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return capabilities::failed(flags != 0 && errno == EOPNOTSUPP ? EAGAIN : errno);
    if (size == 0) break;
    filled += static_cast<size_t>(size);
  }
  if (offset < 0 && ::lseek(fd, from + static_cast<off_t>(filled), SEEK_SET) < 0) return capabilities::failed();
  if (filled == length) return kj::mv(bytes);
  return kj::heapArray<kj::byte>(bytes.slice(0, filled));
}

std::string validUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const size_t length = sequenceLength(text);
    if (length == 0) {
      valid += "\xef\xbf\xbd";
      text.remove_prefix(1);
    } else {
      valid += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return valid;
}

}  // namespace runtime::extensions::fs
