#include "supervisor/verdict.h"

#include <signal.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>

#include "policies/sandbox/exit_status.h"

namespace runtime::supervisor {
namespace {

constexpr int exited(int code) { return code << 8; }
constexpr int killedBy(int signal) { return signal; }

Verdict of(Ending ending) { return decide(ending).verdict; }

const SaidDone kCompleted{};
const KillReason kWall{Verdict::kWallLimit, "too long"};

}  // namespace

BOOST_AUTO_TEST_SUITE(verdict)

BOOST_AUTO_TEST_CASE(what_the_worker_said_counts_when_nothing_else_does) {
  BOOST_TEST((of({{}, exited(0), kCompleted}) == Verdict::kOk));
  BOOST_TEST((of({{}, exited(0), SaidDone{SaidDone::Kind::kException, 0}}) == Verdict::kException));
  const Decision decision = decide({{}, exited(0), SaidDone{SaidDone::Kind::kExited, 7}});
  BOOST_TEST((decision.verdict == Verdict::kExit));
  BOOST_TEST(decision.exitCode == 7);
}

BOOST_AUTO_TEST_CASE(precedence) {
  // Each line's first cause outranks all that follows it.
  BOOST_TEST((of({kWall, exited(sandbox::kExitOutOfMemory), kCompleted}) == Verdict::kWallLimit));
  BOOST_TEST((of({kWall, killedBy(SIGSYS), kCompleted}) == Verdict::kWallLimit));
  BOOST_TEST((of({kWall, std::nullopt, kCompleted}) == Verdict::kWallLimit));
  BOOST_TEST((of({{}, exited(sandbox::kExitOutOfMemory), kCompleted}) == Verdict::kMemoryLimit));
  BOOST_TEST((of({{}, killedBy(SIGSYS), kCompleted}) == Verdict::kViolation));
  BOOST_TEST((of({{}, killedBy(SIGXCPU), kCompleted}) == Verdict::kCpuLimit));
  BOOST_TEST((of({{}, killedBy(SIGKILL), kCompleted, true}) == Verdict::kMemoryLimit));
  BOOST_TEST((of({kWall, killedBy(SIGKILL), kCompleted, true}) == Verdict::kWallLimit));
  BOOST_TEST((of({{}, std::nullopt, kCompleted}) == Verdict::kInternalError));
  BOOST_TEST((of({{}, killedBy(SIGSEGV), kCompleted}) == Verdict::kViolation));
}

// The kernel for want of memory, or a person: no program can do it, so none is called hostile for it.
BOOST_AUTO_TEST_CASE(killed_from_outside) {
  BOOST_TEST((of({kWall, killedBy(SIGKILL), kCompleted}) == Verdict::kWallLimit));
  BOOST_TEST((of({{}, killedBy(SIGKILL), {}}) == Verdict::kInternalError));
  // On its way out: it had ended.
  BOOST_TEST((of({{}, killedBy(SIGKILL), kCompleted}) == Verdict::kOk));
}

BOOST_AUTO_TEST_CASE(a_worker_that_leaves_without_a_word_broke_the_protocol) {
  BOOST_TEST((of({{}, exited(0), {}}) == Verdict::kViolation));
  BOOST_TEST((of({{}, exited(1), kCompleted}) == Verdict::kViolation));
}

BOOST_AUTO_TEST_CASE(exit_codes_are_those_of_run) {
  BOOST_TEST(exitCodeOf(Verdict::kOk) == 0);
  BOOST_TEST(exitCodeOf(Verdict::kException) == 1);
  for (const Verdict limit : {Verdict::kCpuLimit, Verdict::kWallLimit, Verdict::kMemoryLimit, Verdict::kOutputLimit}) {
    BOOST_TEST(exitCodeOf(limit) == 4);
  }
  BOOST_TEST(exitCodeOf(Verdict::kViolation) == 5);
  BOOST_TEST(exitCodeOf(Verdict::kCancelled) == 130);
  BOOST_TEST(exitCodeOf(Verdict::kInternalError) == 70);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::supervisor
