#include "tests/sandbox/faults/command.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>

#include "tests/sandbox/faults/processes.h"

namespace runtime::tests {
namespace {

// Files without a name: the child never waits for a reader.
os::UniqueFd makeOutput(const char* name) { return os::UniqueFd(::memfd_create(name, MFD_CLOEXEC)); }

std::string contentOf(int fd) {
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t n; (n = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(text.size()))) > 0;) {
    text.append(buffer.data(), static_cast<size_t>(n));
  }
  return text;
}

}  // namespace

Command::Command(std::vector<std::string> arguments, const std::function<bool()>& prepare)
    : out_(makeOutput("stdout")), err_(makeOutput("stderr")) {
  arguments.insert(arguments.begin(), COMMAND_LINE);
  std::vector<char*> line;
  for (std::string& argument : arguments) line.push_back(argument.data());
  line.push_back(nullptr);
  pid_ = ::fork();
  BOOST_REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (::dup2(nothing, 0) != 0 || ::dup2(out_.get(), 1) != 1 || ::dup2(err_.get(), 2) != 2) ::_exit(125);
    if (!prepare()) ::_exit(125);
    ::execv(line[0], line.data());
    ::_exit(126);
  }
}

Command::~Command() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::optional<int> Command::wait(std::chrono::milliseconds time) {
  int status = 0;
  if (!eventually(time, [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; })) return std::nullopt;
  pid_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string Command::standardOutput() { return contentOf(out_.get()); }
std::string Command::standardError() { return contentOf(err_.get()); }

bool nothingIsLeft(std::chrono::milliseconds time) {
  return eventually(time, [] {
    while (::waitpid(-1, nullptr, WNOHANG | __WALL) > 0) {
    }
    return errno == ECHILD;
  });
}

}  // namespace runtime::tests
