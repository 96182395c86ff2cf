#pragma once
// The file that a run appends its records to. Opened on the caller's thread before the job starts; then the log's own
// thread only.
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/os/unique_fd.h"
#include "supervisor/audit/chain.h"
#include "supervisor/audit/record.h"

namespace runtime::audit {

struct FileSettings {
  std::string path;
  std::optional<Key> key = std::nullopt;
  // Before it would grow beyond, the next file is begun; 0: never. One write may be more than that.
  uint64_t rotateBytes = 0;
};

// A tail without the end of its line is that of a write that was cut short; a longer one is no such thing.
inline constexpr size_t kMaxTornBytes = 4 << 20;

class File {
 public:
  // Opens or makes it, and locks it. The error is a sentence for a person: it cannot be opened, another process holds
  // it, its end is not that of an audit log, or of one that is kept with another key.
  static std::expected<std::unique_ptr<File>, std::string> open(FileSettings settings);
  static std::expected<std::unique_ptr<File>, std::string> open(const std::string& path) {
    return open(FileSettings{path});
  }

  // What the log held when it was opened, for the record of the beginning: "nothing", "sealed", "unsealed", "torn".
  const std::string& previous() const { return previous_; }
  // SHA-256 of the torn line, or empty.
  const std::string& torn() const { return torn_; }
  // Of the last record that was appended whole with all that was to be written with it.
  std::string_view head() const { return view(head_); }
  // Records appended.
  uint64_t records() const { return records_; }
  // Bytes appended.
  uint64_t bytes() const { return bytes_; }

  // False: the file could not be written or rotated, and takes nothing any more.
  bool append(const std::vector<std::string>& bodies);
  // What was appended outlasts a loss of power. False as for append().
  bool sync();

 private:
  explicit File(FileSettings settings);
  // Each error is a sentence.
  std::expected<void, std::string> openLocked();
  std::expected<void, std::string> readEnd();
  std::expected<void, std::string> dropHalfRotation();
  bool rotate(std::string_view first);
  std::string rotatedName() const;
  bool writeAll(int fd, std::string_view text);

  const FileSettings settings_;
  std::string name_;  // in its folder
  Chain chain_;
  os::UniqueFd folder_;
  os::UniqueFd fd_;
  uint64_t size_ = 0;
  uint64_t firstSeq_ = 0;  // of this file
  uint64_t nextSeq_ = 0;
  Digits head_;
  std::string previous_ = "nothing";
  std::string torn_;
  bool endsTorn_ = false;  // a line must be ended before ours
  bool folderSynced_ = false;
  bool failed_ = false;
  uint64_t records_ = 0;
  uint64_t bytes_ = 0;
};

// The files of a log that were rotated, beside the one at `path`, by name.
std::vector<std::string> rotatedFiles(const std::string& path);

}  // namespace runtime::audit
