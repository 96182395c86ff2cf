#include "supervisor/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "ipc/os/unique_fd.h"
#include "policies/sandbox/identity.h"
#include "policies/sandbox/setup_error.h"

namespace runtime::supervisor {
namespace {

constexpr int kPatienceMs = 5'000;

std::string errorText(int error) {
  const char* text = ::strerrordesc_np(error);
  return text != nullptr ? text : "error " + std::to_string(error);
}

Attempt failed(int error) { return {errorText(error), error}; }

struct Child {
  pid_t pid;
  os::UniqueFd pidfd;
};

// As fork(), in further namespaces; `pid` 0 in the child.
std::expected<Child, int> makeChild(uint64_t flags) {
  int pidfd = -1;
  clone_args arguments{};
  arguments.flags = flags | CLONE_PIDFD | CLONE_CLEAR_SIGHAND;
  arguments.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid < 0) return std::unexpected(errno);
  if (pid == 0) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    return Child{0, os::UniqueFd()};
  }
  return Child{static_cast<pid_t>(pid), os::UniqueFd(pidfd)};
}

// The status of the child's end, as of waitpid(2); nothing if it had to be killed.
std::optional<int> awaitEnd(const Child& child) {
  pollfd end{child.pidfd.get(), POLLIN, 0};
  const bool ended = ::poll(&end, 1, kPatienceMs) == 1;
  if (!ended) ::kill(child.pid, SIGKILL);
  int status = 0;
  while (::waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  return ended ? std::optional(status) : std::nullopt;
}

// In the new process, up to `act`.
[[noreturn]] void actInNamespaces(const os::UniqueFd& control, sandbox::NamespacesMade made,
                                  const std::function<void()>& act) {
  char packet = 'm';
  if (::dup2(control.get(), STDIN_FILENO) < 0) sandbox::dieAt(sandbox::Step::kDescriptors);
  if (made == sandbox::NamespacesMade::kAfterExec) sandbox::enterRemainingNamespaces();
  if (::send(STDIN_FILENO, &packet, 1, MSG_NOSIGNAL) != 1 || ::recv(STDIN_FILENO, &packet, 1, 0) != 1)
    sandbox::dieAt(sandbox::Step::kControl);
  if (made == sandbox::NamespacesMade::kAfterExec) sandbox::becomeMappedRoot();
  act();
  ::_exit(0);
}

// What the child says: 'm' or a FailurePacket. False at the end, or where it says nothing for too long.
bool hear(int control, std::optional<sandbox::FailurePacket>& failure) {
  pollfd words{control, POLLIN, 0};
  if (::poll(&words, 1, kPatienceMs) != 1) return false;
  sandbox::FailurePacket packet{};
  const ssize_t n = ::recv(control, &packet, sizeof packet, 0);
  if (n == sizeof packet && packet.magic == sandbox::FailurePacket::kMagic) failure = packet;
  return n == 1;
}

}  // namespace

Attempt attemptInChild(const std::function<int()>& act) {
  const auto child = makeChild(0);
  if (!child) return failed(child.error());
  if (child->pid == 0) ::_exit(act());
  const auto status = awaitEnd(*child);
  if (!status) return failed(ETIMEDOUT);
  if (WIFSIGNALED(*status)) return {std::string("ended by ") + ::strsignal(WTERMSIG(*status)), 0};
  if (WEXITSTATUS(*status) != 0) return failed(WEXITSTATUS(*status));
  return {};
}

Attempt attemptToDie(int signal, const std::function<void()>& act) {
  const auto child = makeChild(0);
  if (!child) return failed(child.error());
  if (child->pid == 0) {
    act();
    ::_exit(0);
  }
  const auto status = awaitEnd(*child);
  if (!status) return failed(ETIMEDOUT);
  if (WIFSIGNALED(*status) && WTERMSIG(*status) == signal) return {};
  return {"it went on", 0};
}

Attempt attemptInNamespaces(const std::function<void()>& act) {
  const auto identity = sandbox::chooseIdentity();
  if (!identity) return {identity.error(), 0};
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) return failed(errno);
  const os::UniqueFd ours(pair[0]);
  os::UniqueFd theirs(pair[1]);
  const auto child = makeChild(sandbox::cloneFlags(identity->made));
  if (!child) return failed(child.error());
  if (child->pid == 0) actInNamespaces(theirs, identity->made, act);
  theirs.reset();

  std::optional<sandbox::FailurePacket> failure;
  Attempt result;
  if (hear(ours.get(), failure)) {
    if (auto mapped = sandbox::writeIdMaps(child->pid, *identity); !mapped) {
      result = {sandbox::describe(mapped.error()), mapped.error().error};
      ::kill(child->pid, SIGKILL);
    } else {
      const char written = 'm';
      (void)::send(ours.get(), &written, 1, MSG_NOSIGNAL);
      hear(ours.get(), failure);
    }
  }
  const auto status = awaitEnd(*child);
  if (failure)
    return {sandbox::describe({static_cast<sandbox::Step>(failure->step), static_cast<int>(failure->error)}),
            static_cast<int>(failure->error)};
  if (!result.worked()) return result;
  if (!status) return failed(ETIMEDOUT);
  if (*status != 0) return {"the child ended with status " + std::to_string(*status), 0};
  return {};
}

}  // namespace runtime::supervisor
