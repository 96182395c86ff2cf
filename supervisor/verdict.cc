#include "supervisor/verdict.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "policies/sandbox/exit_status.h"

namespace runtime {

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return "ok";
    case Verdict::kException:
      return "exception";
    case Verdict::kExit:
      return "exit";
    case Verdict::kCpuLimit:
      return "cpu-limit";
    case Verdict::kWallLimit:
      return "wall-limit";
    case Verdict::kMemoryLimit:
      return "memory-limit";
    case Verdict::kOutputLimit:
      return "output-limit";
    case Verdict::kViolation:
      return "violation";
    case Verdict::kCancelled:
      return "cancelled";
    case Verdict::kInternalError:
      return "internal-error";
  }
  return "internal-error";
}

}  // namespace runtime

namespace runtime::supervisor {
namespace {

Decision decision(Verdict verdict, std::string reason) { return {verdict, exitCodeOf(verdict), std::move(reason)}; }

Decision fromWord(const SaidDone& done) {
  switch (done.kind) {
    case SaidDone::Kind::kCompleted:
      return decision(Verdict::kOk, "");
    case SaidDone::Kind::kExited:
      return {Verdict::kExit, done.exitCode, ""};
    case SaidDone::Kind::kException:
      return decision(Verdict::kException, "");
  }
  return decision(Verdict::kInternalError, "");
}

}  // namespace

int exitCodeOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return 0;
    case Verdict::kException:
      return 1;
    case Verdict::kExit:
      return 0;
    case Verdict::kCpuLimit:
    case Verdict::kWallLimit:
    case Verdict::kMemoryLimit:
    case Verdict::kOutputLimit:
      return 4;
    case Verdict::kViolation:
      return 5;
    case Verdict::kCancelled:
      return 130;
    case Verdict::kInternalError:
      return 70;
  }
  return 70;
}

Decision decide(const Ending& ending) {
  if (ending.killed) return decision(ending.killed->verdict, ending.killed->sentence);
  if (!ending.status) return decision(Verdict::kInternalError, "the zygote that the worker came from was lost");
  const int status = *ending.status;
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGSYS) {
      return decision(Verdict::kViolation, "the worker tried a system call that its filter does not allow");
    }
    if (signal == SIGKILL && ending.killedForMemory) {
      return decision(Verdict::kMemoryLimit,
                      "the kernel needed more memory for the job than it may use; `limits.memory` sets it");
    }
    if (signal == SIGKILL) {
      // No worker can send it, and where it was ours there is a reason.
      if (ending.done) return fromWord(*ending.done);
      return decision(Verdict::kInternalError,
                      "the worker was killed from outside: by the kernel for want of memory, or by somebody");
    }
    if (signal == SIGXCPU) return decision(Verdict::kCpuLimit, "the job used up its CPU time; `limits.cpu` sets it");
    return decision(Verdict::kViolation, std::string("the worker died of SIG") + sigabbrev_np(signal));
  }
  const int exit = WEXITSTATUS(status);
  if (exit == sandbox::kExitOutOfMemory) {
    return decision(Verdict::kMemoryLimit, "the job needed more memory than it may use; `limits.memory` sets it");
  }
  if (exit == sandbox::kExitDone && ending.done) return fromWord(*ending.done);
  return decision(Verdict::kViolation, "the worker ended without saying how");
}

}  // namespace runtime::supervisor
