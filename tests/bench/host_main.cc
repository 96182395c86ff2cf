// host-bench: what the host itself takes, the yardsticks. A program of its own and small, for what a fork costs depends
// on the size of the process that forks.
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>

#include "ipc/os/unique_fd.h"
#include "tests/bench/bench.h"

namespace runtime::bench {
namespace {

constexpr uint64_t kSevenNamespaces =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

double forkExitWait(uint64_t flags) {
  const auto start = Clock::now();
  clone_args arguments{};
  arguments.flags = flags;
  arguments.exit_signal = SIGCHLD;
  const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid == 0) ::_exit(0);
  if (pid < 0) failWith("clone3");
  int status = 0;
  if (::waitpid(static_cast<pid_t>(pid), &status, 0) != pid) failWith("waitpid");
  return microsecondsSince(start);
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) failWith("pipe2");
    readEnd = os::UniqueFd(ends[0]);
    writeEnd = os::UniqueFd(ends[1]);
  }
  os::UniqueFd readEnd, writeEnd;
};

double runToEnd(const std::vector<std::string>& command, const posix_spawn_file_actions_t& actions) {
  std::vector<char*> values;
  for (const std::string& word : command) values.push_back(const_cast<char*>(word.c_str()));
  values.push_back(nullptr);
  const auto start = Clock::now();
  pid_t pid = 0;
  if ((errno = ::posix_spawnp(&pid, values[0], &actions, nullptr, values.data(), environ)) != 0) failWith(command[0]);
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid) failWith("waitpid");
  const double took = microsecondsSince(start);
  if (status != 0) throw std::runtime_error(command[0] + " failed with wait status " + std::to_string(status));
  return took;
}

// fork + exit + wait of an empty process, as it is and with the seven namespaces of a zygote.
Figures measureFork(int rounds) {
  std::vector<double> plain, confined;
  for (int i = 0; i < rounds; ++i) {
    plain.push_back(forkExitWait(0));
    confined.push_back(forkExitWait(kSevenNamespaces));
  }
  return {{"plainUs", median(plain)}, {"namespacesUs", median(confined)}};
}

// 64 bytes there and back between two processes over two pipes.
Figures measurePipe(int rounds) {
  std::array<char, 64> bytes{};
  Pipe there, back;
  const pid_t pid = ::fork();
  if (pid < 0) failWith("fork");
  if (pid == 0) {
    there.writeEnd = os::UniqueFd();
    while (::read(there.readEnd.get(), bytes.data(), bytes.size()) == 64 &&
           ::write(back.writeEnd.get(), bytes.data(), bytes.size()) == 64) {
    }
    ::_exit(0);
  }
  std::vector<double> samples;
  for (int i = 0; i < rounds; ++i) {
    const auto start = Clock::now();
    if (::write(there.writeEnd.get(), bytes.data(), bytes.size()) != 64 ||
        ::read(back.readEnd.get(), bytes.data(), bytes.size()) != 64)
      failWith("pipe");
    samples.push_back(microsecondsSince(start));
  }
  there.writeEnd = os::UniqueFd();
  ::waitpid(pid, nullptr, 0);
  return {{"roundTripUs", median(samples)}};
}

// Two commands run in turn to their end: argument vectors separated by "--".
Figures measureCommands(int rounds, const std::vector<std::string>& arguments) {
  const auto separator = std::ranges::find(arguments, "--");
  if (separator == arguments.end()) throw std::runtime_error("commands: A... -- B...");
  const std::vector<std::string> first(arguments.begin(), separator), second(separator + 1, arguments.end());
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<double> a, b;
  runToEnd(first, actions);  // files into the page cache
  runToEnd(second, actions);
  for (int i = 0; i < rounds; ++i) {
    a.push_back(runToEnd(first, actions));
    b.push_back(runToEnd(second, actions));
  }
  ::posix_spawn_file_actions_destroy(&actions);
  return {{"firstUs", median(a)}, {"secondUs", median(b)}};
}

}  // namespace
}  // namespace runtime::bench

int main(int count, char** values) {
  using namespace runtime::bench;
  return measureByName(
      {{"fork", [](const Words& words) { return measureFork(words.number(0)); }},
       {"pipe", [](const Words& words) { return measurePipe(words.number(0)); }},
       {"commands", [](const Words& words) { return measureCommands(words.number(0), words.from(1)); }}},
      count, values);
}
