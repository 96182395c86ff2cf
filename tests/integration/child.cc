#include "tests/integration/child.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <format>
#include <fstream>
#include <system_error>
#include <thread>

#include "ipc/os/unique_fd.h"

namespace runtime::integration {
namespace {

using Clock = std::chrono::steady_clock;
using os::UniqueFd;

constexpr size_t kMaxKept = 64 << 20;
// The kernel ends the processes of a namespace a moment after its first process.
constexpr std::chrono::milliseconds kStrayGrace{2000};

struct Pipe {
  UniqueFd read, write;
};

// A terminal that passes each byte as it is; `read` is the side of the person before it.
Pipe makeTerminal() {
  UniqueFd person(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  std::array<char, 64> name{};
  if (!person || ::grantpt(person.get()) != 0 || ::unlockpt(person.get()) != 0 ||
      ::ptsname_r(person.get(), name.data(), name.size()) != 0)
    throw std::system_error(errno, std::generic_category(), "posix_openpt");
  UniqueFd terminal(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios settings{};
  if (!terminal || ::tcgetattr(terminal.get(), &settings) != 0)
    throw std::system_error(errno, std::generic_category(), name.data());
  ::cfmakeraw(&settings);
  if (::tcsetattr(terminal.get(), TCSANOW, &settings) != 0)
    throw std::system_error(errno, std::generic_category(), "tcsetattr");
  return {std::move(person), std::move(terminal)};
}

Pipe makePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environmentOf(const Case& testCase) {
  std::vector<std::string> out{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=/nonexistent"};
  for (const auto& [name, value] : testCase.environment) out.push_back(name + "=" + value);
  return out;
}

// In the child, between fork and exec.
struct Birth {
  StdoutKind stdoutKind;
  int in, out, err;
  const char* folder;
  Identity identity;
};

[[noreturn]] void become(const Birth& birth, char** line, char** environment) {
  ::dup2(birth.in, STDIN_FILENO);
  ::dup2(birth.err, STDERR_FILENO);
  switch (birth.stdoutKind) {
    case StdoutKind::kClosed:
      ::close(STDOUT_FILENO);
      break;
    case StdoutKind::kFullDevice:
      ::dup2(::open("/dev/full", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
      break;
    case StdoutKind::kReader:
    case StdoutKind::kReaderGone:
    case StdoutKind::kTerminal:
      ::dup2(birth.out, STDOUT_FILENO);
      break;
  }
  for (int signal : {SIGINT, SIGTERM, SIGPIPE}) ::signal(signal, SIG_DFL);
  if (birth.identity.uid != ::geteuid()) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(birth.identity.gid) != 0 || ::setuid(birth.identity.uid) != 0) {
      ::_exit(126);
    }
  }
  if (::chdir(birth.folder) != 0) ::_exit(126);
  ::execve(line[0], line, environment);
  ::_exit(127);
}

// Reads what is there; closes the descriptor at its end.
void take(UniqueFd& from, std::string& into) {
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
  if (count > 0 && into.size() < kMaxKept) into.append(buffer.data(), static_cast<size_t>(count));
  if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) from.reset();
}

std::string nameOfProcess(pid_t pid) {
  std::string name;
  std::ifstream file(std::format("/proc/{}/comm", pid));
  std::getline(file, name);
  return std::format("{} ({})", name, pid);
}

std::vector<pid_t> childrenOfThisProcess() {
  std::ifstream file(std::format("/proc/self/task/{}/children", ::getpid()));
  std::vector<pid_t> out;
  for (pid_t pid = 0; file >> pid;) out.push_back(pid);
  return out;
}

// Whatever the command left behind is a child of this process now.
std::vector<std::string> reapStrays() {
  const auto deadline = Clock::now() + kStrayGrace;
  while (Clock::now() < deadline) {
    const pid_t reaped = ::waitpid(-1, nullptr, WNOHANG | __WALL);
    if (reaped < 0 && errno == ECHILD) return {};
    if (reaped == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  std::vector<std::string> names;
  for (pid_t pid : childrenOfThisProcess()) {
    names.push_back(nameOfProcess(pid));
    ::kill(pid, SIGKILL);
  }
  while (::waitpid(-1, nullptr, __WALL) > 0) {
  }
  return names;
}

// The parent's side of one child until it ends.
class Conversation {
 public:
  Conversation(const Case& testCase, pid_t child, UniqueFd in, UniqueFd out, UniqueFd err)
      : case_(testCase), child_(child), in_(std::move(in)), out_(std::move(out)), err_(std::move(err)) {
    ::fcntl(in_.get(), F_SETFL, O_NONBLOCK);
    if (case_.stdinText.empty() && case_.stdinEnd == Case::StdinEnd::kCloses) in_.reset();
  }

  Ended finish() {
    const auto deadline = Clock::now() + case_.timeout;
    while (!reaped()) {
      if (Clock::now() > deadline) {
        ended_.timedOut = true;
        ::kill(child_, SIGKILL);
      }
      turn();
    }
    while (out_ || err_) {
      if (Clock::now() > deadline + kStrayGrace) break;
      turn();
    }
    return std::move(ended_);
  }

 private:
  bool reaped() {
    int status = 0;
    if (::waitpid(child_, &status, WNOHANG) != child_) return false;
    ended_.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return true;
  }

  void turn() {
    std::array<pollfd, 3> waits{pollfd{fed_ < case_.stdinText.size() ? in_.get() : -1, POLLOUT, 0},
                                pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0}};
    ::poll(waits.data(), waits.size(), 10);
    if (waits[0].revents != 0) feed();
    if (waits[1].revents != 0) take(out_, ended_.standardOutput);
    if (waits[2].revents != 0) take(err_, ended_.standardError);
    if (case_.stdoutKind == StdoutKind::kReaderGone && !ended_.standardOutput.empty()) out_.reset();
    if (case_.signal && !signalled_ && ended_.standardOutput.contains(case_.signal->afterOutput)) {
      signalled_ = true;
      ::kill(child_, case_.signal->signal);
    }
  }

  void feed() {
    const ssize_t count = ::write(in_.get(), case_.stdinText.data() + fed_, case_.stdinText.size() - fed_);
    if (count > 0) fed_ += static_cast<size_t>(count);
    const bool done = fed_ == case_.stdinText.size() && case_.stdinEnd == Case::StdinEnd::kCloses;
    if (done || (count < 0 && errno == EPIPE)) in_.reset();
  }

  const Case& case_;
  pid_t child_;
  UniqueFd in_, out_, err_;
  size_t fed_ = 0;
  bool signalled_ = false;
  Ended ended_;
};

}  // namespace

void becomeReaper() {
  ::signal(SIGPIPE, SIG_IGN);
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
    throw std::system_error(errno, std::generic_category(), "PR_SET_CHILD_SUBREAPER");
  }
}

Ended runCommand(const Case& testCase, const std::vector<std::string>& line, const std::filesystem::path& folder,
                 Identity identity) {
  std::vector<std::string> words = line;
  std::vector<std::string> variables = environmentOf(testCase);
  const std::vector<char*> arguments = pointers(words);
  const std::vector<char*> environment = pointers(variables);
  const auto makeOutput = testCase.stdoutKind == StdoutKind::kTerminal ? makeTerminal : makePipe;
  Pipe in = makePipe(), out = makeOutput(), err = makeOutput();
  const Birth birth{testCase.stdoutKind, in.read.get(), out.write.get(), err.write.get(), folder.c_str(), identity};
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) become(birth, const_cast<char**>(arguments.data()), const_cast<char**>(environment.data()));
  in.read.reset();
  out.write.reset();
  err.write.reset();
  Ended ended = Conversation(testCase, child, std::move(in.write), std::move(out.read), std::move(err.read)).finish();
  ended.strays = reapStrays();
  return ended;
}

}  // namespace runtime::integration
