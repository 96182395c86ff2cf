#include "supervisor/cli/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "ipc/os/unique_fd.h"
#include "supervisor/cli/standard_streams.h"

namespace runtime::cli {

std::expected<void, std::string> replaceFile(const std::string& path, std::string_view text, mode_t mode) {
  std::string pattern = path + ".XXXXXX";
  const os::UniqueFd file(::mkostemp(pattern.data(), O_CLOEXEC));
  if (!file) return std::unexpected(std::strerror(errno));
  auto written = writeAll(file.get(), text);
  if (written && (::fchmod(file.get(), mode) != 0 || ::rename(pattern.c_str(), path.c_str()) != 0)) {
    written = std::unexpected(errno);
  }
  if (written) return {};
  ::unlink(pattern.c_str());
  return std::unexpected(std::strerror(written.error()));
}

}  // namespace runtime::cli
