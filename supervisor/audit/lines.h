#pragma once
// A file by lines, whatever is in it: memory is bounded by the longest line that is held.
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "ipc/os/unique_fd.h"

namespace runtime::audit {

// Of a longer line only the beginning is held.
inline constexpr size_t kMaxHeldBytes = 4 << 20;

struct Line {
  std::string_view text;  // without its newline; valid until the next call
  uint64_t number = 0;    // from 1
  bool ended = true;      // false: the file ends without a newline
  bool cut = false;       // it is longer than is held
};

struct FileIdentity {
  uint64_t device = 0, inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

class Lines {
 public:
  // The error is a sentence for a person.
  static std::expected<Lines, std::string> open(const std::string& path);

  // Nothing at the end. The error is a sentence for a person.
  std::expected<std::optional<Line>, std::string> next();
  const FileIdentity& identity() const { return identity_; }

 private:
  Lines(std::string path, os::UniqueFd fd, FileIdentity identity)
      : path_(std::move(path)), fd_(std::move(fd)), identity_(identity) {}
  // False at the end of the file.
  std::expected<bool, std::string> fill();

  std::string path_;
  os::UniqueFd fd_;
  FileIdentity identity_;
  std::string buffer_;
  size_t begin_ = 0, end_ = 0;  // of what is held and not handed out
  uint64_t number_ = 0;
};

}  // namespace runtime::audit
