#include "supervisor/cli/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <format>
#include <string>
#include <system_error>

#include "supervisor/cli/terminal_text.h"

namespace runtime::cli {

void holdStandardDescriptors() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    // The lowest free number is this one; read-only, so that writing fails as it would on a closed descriptor.
    if (::open("/dev/null", O_RDONLY | O_CLOEXEC) != descriptor) std::abort();
  }
}

std::expected<void, int> writeAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      return std::unexpected(errno);
    }
  }
  return {};
}

void complain(std::string_view line) {
  std::string text(line);
  if (::isatty(STDERR_FILENO) == 1) {
    TerminalText terminal;
    text = terminal.show(text);
    text += terminal.finish();
  }
  if (!text.ends_with('\n')) text += '\n';
  static_cast<void>(writeAll(STDERR_FILENO, text));
}

void complainOfStdout(int error) {
  complain(std::format("secure-runtime: standard output could not be written ({}); the rest of it is lost",
                       error == EPIPE ? "its reader has closed it" : std::generic_category().message(error)));
}

int exitCodeOfStdout(int error) { return error == EPIPE ? 141 : 1; }

}  // namespace runtime::cli
