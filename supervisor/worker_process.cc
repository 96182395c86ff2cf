#include "supervisor/worker_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace runtime::supervisor {

std::expected<std::string, int> readStatus(pid_t pid) {
  const os::UniqueFd file(::open(("/proc/" + std::to_string(pid) + "/status").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> text;
  const ssize_t size = file ? ::read(file.get(), text.data(), text.size()) : -1;
  if (size <= 0) return std::unexpected(size == 0 ? ENODATA : errno);
  return std::string(text.data(), static_cast<size_t>(size));
}

std::string_view fieldOf(std::string_view status, std::string_view field) {
  const std::string label = "\n" + std::string(field) + ":\t";
  const size_t at = status.find(label);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = status.substr(at + label.size());
  return rest.substr(0, rest.find('\n'));
}

void killByPidfd(int pidfd) { ::syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0); }

WorkerProcess::WorkerProcess(pid_t pid, os::UniqueFd pidfd, sandbox::MemoryUse atFork,
                             kj::Promise<std::optional<WorkerEnd>> ended)
    : pid_(pid), pidfd_(std::move(pidfd)), atFork_(atFork), ended_(kj::mv(ended)) {}

WorkerProcess::~WorkerProcess() { kill(); }

bool WorkerProcess::hasEnded() const {
  pollfd end{pidfd_.get(), POLLIN, 0};
  return ::poll(&end, 1, 0) != 0;
}

void WorkerProcess::kill() {
  if (pidfd_) killByPidfd(pidfd_.get());
}

std::optional<uint64_t> WorkerProcess::cpuNs() const {
  clockid_t clock{};
  timespec time{};
  if (pid_ == 0 || ::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return std::nullopt;
  // Still unreaped, so the number was its own.
  if (::syscall(SYS_pidfd_send_signal, pidfd_.get(), 0, nullptr, 0) != 0) return std::nullopt;
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

std::optional<uint64_t> WorkerProcess::peakBytes() const {
  const auto status = pid_ == 0 ? std::unexpected(ESRCH) : readStatus(pid_);
  if (!status) return std::nullopt;
  // "VmHWM:    1234 kB" (proc_pid_status(5)); none in a process that is leaving.
  std::string_view text = fieldOf(*status, "VmHWM");
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  uint64_t kib = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), kib).ec != std::errc{}) return std::nullopt;
  if (::syscall(SYS_pidfd_send_signal, pidfd_.get(), 0, nullptr, 0) != 0) return std::nullopt;
  return kib * 1024;
}

kj::Promise<std::optional<WorkerEnd>> WorkerProcess::ended() { return kj::mv(ended_); }

}  // namespace runtime::supervisor
