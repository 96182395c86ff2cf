#include "policies/sandbox/setup_error.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policies/sandbox/exit_status.h"

namespace runtime::sandbox {

const char* name(Step step) {
  switch (step) {
    case Step::kParentDeath:
      return "end with the supervisor";
    case Step::kNamespaces:
      return "enter namespaces of its own";
    case Step::kIdentity:
      return "become an unprivileged user";
    case Step::kExecute:
      return "execute the zygote";
    case Step::kControl:
      return "speak with the supervisor";
    case Step::kBoot:
      return "read what the supervisor sent";
    case Step::kSameBuild:
      return "be of the same build as the supervisor";
    case Step::kEngine:
      return "start the JavaScript engine";
    case Step::kOneThread:
      return "have one thread only";
    case Step::kForkableHeap:
      return "keep the engine's memory across a fork";
    case Step::kEmptyRoot:
      return "make an empty root";
    case Step::kCapabilities:
      return "give up all capabilities";
    case Step::kNoNewPrivileges:
      return "forbid new privileges";
    case Step::kNotDumpable:
      return "hide from tracers";
    case Step::kLimits:
      return "set resource limits";
    case Step::kDescriptors:
      return "keep exactly the listed descriptors";
    case Step::kSignals:
      return "reset signals";
    case Step::kMemoryUse:
      return "measure memory in use";
    case Step::kFilterCompile:
      return "compile the system-call filter";
    case Step::kFilter:
      return "install the system-call filter";
  }
  return "an unknown step";
}

std::string describe(SetupError error) {
  std::string text = name(error.step);
  if (error.error != 0) text.append(": ").append(strerrordesc_np(error.error) ? strerrordesc_np(error.error) : "?");
  return text;
}

int exitStatusOf(Step step) { return kExitSetup + static_cast<int>(step); }

std::optional<Step> stepOfExitStatus(int status) {
  if (status < kExitSetup || status > exitStatusOf(Step::kFilter)) return std::nullopt;
  return static_cast<Step>(status - kExitSetup);
}

void dieAt(SetupError error) noexcept {
  // Not getpid(): an engine may answer that itself.
  if (::syscall(SYS_getpid) == 1) {
    const FailurePacket packet{FailurePacket::kMagic, static_cast<uint32_t>(error.step),
                               static_cast<uint32_t>(error.error)};
    // Where even this cannot be said, the exit status says enough.
    (void)::send(STDIN_FILENO, &packet, sizeof packet, MSG_NOSIGNAL);
  }
  ::_exit(exitStatusOf(error.step));
}

void dieAt(Step step) noexcept { dieAt(SetupError{step, errno}); }

}  // namespace runtime::sandbox
