#pragma once
// The names in a folder, as the file system gives them, without "." and "..". Any thread.
#include <dirent.h>

#include <memory>
#include <optional>
#include <string>

#include "capabilities/beneath.h"
#include "extensions/fs/fs.capnp.h"

namespace runtime::extensions::fs {

struct FolderEntry {
  std::string name;
  FileType type = FileType::UNKNOWN;
};

class FolderStream {
 public:
  // `folder` is open for reading.
  static capabilities::Result<FolderStream> open(os::UniqueFd folder);
  // Nothing at the end.
  capabilities::Result<std::optional<FolderEntry>> next();

 private:
  struct Close {
    void operator()(DIR* stream) const { ::closedir(stream); }
  };
  explicit FolderStream(DIR* stream) : stream_(stream) {}
  std::unique_ptr<DIR, Close> stream_;
};

}  // namespace runtime::extensions::fs
