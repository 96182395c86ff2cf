#include "policies/sandbox/entry.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "policies/sandbox/capability_sets.h"
#include "policies/sandbox/descriptors.h"
#include "policies/sandbox/empty_root.h"
#include "policies/sandbox/inspection.h"
#include "policies/sandbox/landlock.h"

namespace runtime::sandbox {
namespace {

void hideFromTracers() {
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) dieAt(Step::kNotDumpable);
}

Mdwe denyNewCode() {
  return ::prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0 ? Mdwe::kInForce : Mdwe::kAbsent;
}

// A zygote is PID 1 of its namespace; a worker whose parent is another was orphaned before dieWithParent().
void requireLivingZygote() {
  if (::getppid() != 1) dieAt(SetupError{Step::kParentDeath, ESRCH});
}

// The zygote's handlers mean nothing here. A worker whose supervisor is gone hears it from write(2).
void resetSignals() {
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  if (::sigaction(SIGCHLD, &action, nullptr) != 0) dieAt(Step::kSignals);
  action.sa_handler = SIG_IGN;
  if (::sigaction(SIGPIPE, &action, nullptr) != 0) dieAt(Step::kSignals);
  sigset_t none;
  ::sigemptyset(&none);
  if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0) dieAt(Step::kSignals);
}

}  // namespace

void dieWithParent() noexcept {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) dieAt(Step::kParentDeath);
}

OptionalLayers confineZygote(Jit jit) noexcept {
  OptionalLayers layers;
  enterEmptyRoot();
  layers.keyring = joinOwnKeyring();
  dropAllCapabilities();
  forbidNewPrivileges();
  hideFromTracers();
  limitZygote();
  requireConfinedZygote();
  layers.landlockAbi = forbidByLandlock();
  layers.speculation = disableSpeculation();
  if (jit == Jit::kOff) layers.mdwe = denyNewCode();
  return layers;
}

void enterWorker(const WorkerEntry& entry) noexcept {
  dieWithParent();
  requireLivingZygote();
  keepExactly(entry.readEnd, entry.writeEnd);
  resetSignals();
  limitWorker(entry.limits);
  requireConfinedWorker(entry.limits);
}

}  // namespace runtime::sandbox
