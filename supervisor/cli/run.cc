#include "supervisor/cli/run.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <format>
#include <memory>
#include <mutex>
#include <optional>

#include "ipc/os/unique_fd.h"
#include "supervisor/cli/output_queue.h"
#include "supervisor/cli/standard_streams.h"
#include "supervisor/result_json.h"
#include "supervisor/runtime.h"

namespace runtime::cli {
namespace {

void notify(const os::UniqueFd& event) {
  const uint64_t one = 1;
  static_cast<void>(::write(event.get(), &one, sizeof one));
}

os::UniqueFd makeEvent() { return os::UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

os::UniqueFd takeSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return os::UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

// What the Runtime's threads and the main thread share. Callbacks keep it alive.
struct Shared {
  OutputQueue output;
  os::UniqueFd wake = makeEvent();       // output came, or the job ended
  os::UniqueFd stopInput = makeEvent();  // a read of standard input must end
  std::mutex mutex;
  std::optional<Completion> completion;

  bool ended() {
    const std::lock_guard lock(mutex);
    return completion.has_value();
  }
};

// At most `size` bytes of standard input; 0 at its end, and once the job has ended.
size_t readInput(Shared& shared, char* buffer, size_t size) {
  while (true) {
    std::array<pollfd, 2> waits{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{shared.stopInput.get(), POLLIN, 0}};
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno == EINTR) continue;
    if (waits[1].revents != 0) return 0;
    const ssize_t count = ::read(STDIN_FILENO, buffer, size);
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EINTR && errno != EAGAIN) return 0;
  }
}

Job makeJob(const RunCommand& command, const std::shared_ptr<Shared>& shared) {
  Job job;
  if (!command.policy.empty()) job.policy = PolicyFile{command.policy};
  job.entry = command.entry;
  job.arguments = command.arguments;
  job.auditFile = command.audit.file;
  job.auditKeyFile = command.audit.key;
  job.auditRotateBytes = command.audit.rotateBytes;
  if (command.audit.sync == AuditOptions::Sync::kEachCall) job.auditDurability = AuditDurability::kEachCall;
  if (command.input == RunCommand::Stdin::kForwarded) {
    job.readStdin = [shared](char* buffer, size_t size) { return readInput(*shared, buffer, size); };
  }
  if (command.format == Format::kText) {
    job.onOutput = [shared](OutputStream stream, std::string_view bytes) {
      shared->output.push(stream, bytes);
      notify(shared->wake);
    };
  }
  return job;
}

// The job under way, seen from the main thread: its output, its end, and the signals that cancel it.
class Watch {
 public:
  Watch(Runtime& runtime, JobId job, std::shared_ptr<Shared> shared, os::UniqueFd signals)
      : runtime_(runtime),
        job_(job),
        shared_(std::move(shared)),
        signals_(std::move(signals)),
        writer_(shared_->output) {}

  // Until the job has ended and all of its output is written.
  void wait() {
    while (true) {
      // In this order: output that came before the end is in the queue when the end is seen.
      const bool ended = shared_->ended();
      const int blocked = writer_.waitingFor();
      if (!ended || blocked >= 0) {
        turn(blocked);
      } else if (!writer_.finishText()) {
        return;
      }
    }
  }

  Completion takeCompletion() {
    const std::lock_guard lock(shared_->mutex);
    return std::move(*shared_->completion);
  }
  // The signal that asked for the end, or 0.
  int signal() const { return signal_; }
  std::optional<int> outputFailure() const { return writer_.failure(); }

 private:
  void turn(int blocked) {
    std::array<pollfd, 3> waits{pollfd{shared_->wake.get(), POLLIN, 0}, pollfd{signals_.get(), POLLIN, 0},
                                pollfd{blocked, POLLOUT, 0}};
    if (::poll(waits.data(), waits.size(), -1) < 0) return;
    if (waits[0].revents != 0) {
      uint64_t count = 0;
      static_cast<void>(::read(shared_->wake.get(), &count, sizeof count));
    }
    if (waits[1].revents != 0) takeSignal();
    if (waits[2].revents != 0) {
      writer_.writeSome();
      if (writer_.failure()) end();
    }
  }

  void takeSignal() {
    signalfd_siginfo info;
    if (::read(signals_.get(), &info, sizeof info) != sizeof info) return;
    if (signal_ != 0) ::_exit(128 + signal_);
    signal_ = static_cast<int>(info.ssi_signo);
    end();
  }

  void end() {
    notify(shared_->stopInput);
    runtime_.cancel(job_);
  }

  Runtime& runtime_;
  JobId job_;
  std::shared_ptr<Shared> shared_;
  os::UniqueFd signals_;
  OutputWriter writer_;
  int signal_ = 0;
};

// The line of the policy that the job ran into.
std::string limitOf(const Result& result) {
  switch (result.verdict) {
    case Verdict::kWallLimit:
      return "wall = \"" + result.limits.wall + "\"";
    case Verdict::kCpuLimit:
      return "cpu = \"" + result.limits.cpu + "\"";
    case Verdict::kMemoryLimit:
      return "memory = \"" + result.limits.memory + "\"";
    case Verdict::kOutputLimit:
      return "output = \"" + result.limits.output + "\"";
    default:
      return "";
  }
}

std::string signalName(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name == nullptr ? std::format("signal {}", signal) : std::format("SIG{}", name);
}

// The line for a person about how the job ended; empty where there is nothing to say.
std::string verdictLine(const Result& result, int signal) {
  const std::string reason = result.reason.empty() ? std::string() : ": " + result.reason;
  switch (result.verdict) {
    case Verdict::kOk:
    case Verdict::kExit:
      return "";
    case Verdict::kException: {
      if (!result.exception) return "Uncaught exception";
      const JobException& thrown = *result.exception;
      return "Uncaught " + (thrown.stack.empty() ? thrown.name + ": " + thrown.message : thrown.stack);
    }
    case Verdict::kWallLimit:
    case Verdict::kCpuLimit:
    case Verdict::kMemoryLimit:
    case Verdict::kOutputLimit:
      return std::format("secure-runtime: {} ({}){}", name(result.verdict), limitOf(result), reason);
    case Verdict::kViolation:
      return std::format(
          "secure-runtime: violation{}\nThe worker did what no program does through the language, and was killed. "
          "Treat the program as hostile.",
          reason);
    case Verdict::kCancelled:
      return signal == 0 ? "" : std::format("secure-runtime: cancelled by {}", signalName(signal));
    case Verdict::kInternalError:
      return std::format(
          "secure-runtime: internal error{}\nUnless something of it was killed from outside, this is a bug of "
          "secure-runtime: please report it with "
          "the program.",
          reason);
  }
  return "";
}

int reportFault(const Fault& fault, Format format) {
  if (format == Format::kJson) {
    const auto written = writeAll(STDOUT_FILENO, toJson(fault) + "\n");
    if (!written) complainOfStdout(written.error());
  } else {
    complain(fault.where.empty() || fault.message.starts_with(fault.where)
                 ? std::format("secure-runtime: {}", fault.message)
                 : std::format("secure-runtime: {}: {}", fault.where, fault.message));
  }
  return fault.exitCode;
}

int reportResult(Result result, Format format, const Watch& watch) {
  if (result.verdict == Verdict::kCancelled && watch.signal() != 0) result.exitCode = 128 + watch.signal();
  std::optional<int> failure = watch.outputFailure();
  const Characters characters = ::isatty(STDOUT_FILENO) == 1 ? Characters::kAscii : Characters::kUtf8;
  if (format == Format::kJson) {
    if (const auto written = writeAll(STDOUT_FILENO, toJson(result, characters) + "\n"); !written)
      failure = written.error();
  } else if (const std::string line = verdictLine(result, watch.signal()); !line.empty()) {
    complain(line);
  }
  if (failure && watch.signal() == 0) {
    complainOfStdout(*failure);
    return exitCodeOfStdout(*failure);
  }
  return result.exitCode;
}

// `makeJob` is given what the job's callbacks share.
template <typename MakeJob>
int runJob(const MakeJob& makeJob, Format format) {
  os::UniqueFd signals = takeSignals();
  const auto shared = std::make_shared<Shared>();
  if (!signals || !shared->wake || !shared->stopInput) {
    return reportFault({3, "confinement", std::format("no descriptors are left: {}", std::strerror(errno)), ""},
                       format);
  }

  auto runtime = Runtime::create(Options{});
  if (!runtime) return reportFault(runtime.error(), format);

  const JobId id = (*runtime)->start(makeJob(shared), [shared](Completion completion) {
    {
      const std::lock_guard lock(shared->mutex);
      shared->completion = std::move(completion);
    }
    notify(shared->stopInput);
    notify(shared->wake);
  });
  Watch watch(**runtime, id, shared, std::move(signals));
  watch.wait();

  Completion completion = watch.takeCompletion();
  runtime->reset();
  if (!completion) return reportFault(completion.error(), format);
  return reportResult(std::move(*completion), format, watch);
}

}  // namespace

int run(const RunCommand& command) {
  return runJob([&](const std::shared_ptr<Shared>& shared) { return makeJob(command, shared); }, command.format);
}

int runRecorded(Job job, Output output) {
  return runJob(
      [&](const std::shared_ptr<Shared>& shared) {
        job.onOutput = [shared, output](OutputStream stream, std::string_view bytes) {
          shared->output.push(output == Output::kAllToStderr ? OutputStream::kStderr : stream, bytes);
          notify(shared->wake);
        };
        return std::move(job);
      },
      Format::kText);
}

}  // namespace runtime::cli
