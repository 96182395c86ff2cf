#include "extensions/fs/folder_stream.h"

#include <cerrno>
#include <string_view>
#include <utility>

#include "extensions/fs/status.h"

namespace runtime::extensions::fs {

capabilities::Result<FolderStream> FolderStream::open(os::UniqueFd folder) {
  DIR* stream = ::fdopendir(folder.get());
  if (stream == nullptr) return capabilities::failed();
  folder.release();
  return FolderStream(stream);
}

capabilities::Result<std::optional<FolderEntry>> FolderStream::next() {
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream_.get());
    if (entry == nullptr && errno != 0) return capabilities::failed();
    if (entry == nullptr) return std::nullopt;
    const std::string_view name(entry->d_name);
    if (name == "." || name == "..") continue;
    FolderEntry found{std::string(name), typeOfMode(DTTOIF(entry->d_type))};
    if (entry->d_type == DT_UNKNOWN) {
      const auto status = capabilities::statusAt(::dirfd(stream_.get()), found.name);
      if (status) found.type = typeOfMode(status->value.stx_mode);
    }
    return found;
  }
}

}  // namespace runtime::extensions::fs
