// The supervisor's end of a zygote: forks, ends, faults.
#include <signal.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>

#include "policies/sandbox/exit_status.h"
#include "tests/sandbox/wall/confined.h"

using namespace runtime::tests;

BOOST_AUTO_TEST_CASE(itSaysHello) {
  Confined confined(EngineMode::kJit);
  BOOST_TEST(confined.zygote().hello().v8 == "probe");
  BOOST_TEST(confined.zygote().hello().namespaces.size() == 7u);
  BOOST_TEST(!confined.zygote().hello().mdwe);
}

BOOST_AUTO_TEST_CASE(aWorkerEndsWhenItsPipeEnds) {
  Confined confined(EngineMode::kJit);
  Probe probe = confined.spawn();
  BOOST_TEST(probe.lives());
  BOOST_TEST(probe.process().pid() > 0);
  BOOST_TEST(probe.process().cpuNs().has_value());
  probe.hangUp();
  const int status = probe.status();
  BOOST_REQUIRE(WIFEXITED(status));
  BOOST_TEST(WEXITSTATUS(status) == runtime::sandbox::kExitLostSupervisor);
  BOOST_TEST(!probe.process().cpuNs().has_value());
}

BOOST_AUTO_TEST_CASE(killed) {
  Confined confined(EngineMode::kJit);
  Probe probe = confined.spawn();
  probe.process().kill();
  const int status = probe.status();
  BOOST_REQUIRE(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == SIGKILL);
}

BOOST_AUTO_TEST_CASE(manyWorkersAtOnce) {
  Confined confined(EngineMode::kJit);
  std::vector<Probe> probes;
  for (int i = 0; i < 100; ++i) probes.push_back(confined.spawn());
  for (Probe& probe : probes) BOOST_TEST(probe.lives());
  for (Probe& probe : probes) probe.hangUp();
  for (Probe& probe : probes) BOOST_TEST(WEXITSTATUS(probe.status()) == runtime::sandbox::kExitLostSupervisor);
}

BOOST_AUTO_TEST_CASE(retiredItEndsWithItsLastWorker) {
  Confined confined(EngineMode::kJit);
  Probe probe = confined.spawn();
  confined.zygote().retire();
  BOOST_TEST(probe.lives());
  const auto refused = confined.wait(confined.zygote().fork(1 << 20, 1, {}, {}));
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error() == ESRCH);
  probe.hangUp();
  confined.wait(confined.zygote().onEnd());
  BOOST_TEST(WEXITSTATUS(probe.status()) == runtime::sandbox::kExitLostSupervisor);
}

BOOST_AUTO_TEST_CASE(aLostZygoteAnswersEveryone) {
  Confined confined(EngineMode::kJit);
  Probe probe = confined.spawn();
  ::kill(confined.zygote().pid(), SIGKILL);
  confined.wait(confined.zygote().onEnd());
  BOOST_TEST(!confined.wait(probe.process().ended()).has_value());
  const auto refused = confined.wait(confined.zygote().fork(1 << 20, 1, {}, {}));
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error() == ESRCH);
}

BOOST_AUTO_TEST_CASE(noExecutable) {
  Confined confined(EngineMode::kJit);
  BOOST_TEST(confined.startFault("/nonexistent/zygote") ==
             "the zygote could not execute the zygote: No such file or directory");
}

BOOST_AUTO_TEST_CASE(notAZygote) {
  Confined confined(EngineMode::kJit);
  BOOST_TEST(confined.startFault("/bin/true") == "the zygote ended before it was ready: exit status 0");
}

BOOST_AUTO_TEST_CASE(aZygoteThatSaysNothing) {
  Confined confined(EngineMode::kJit);
  BOOST_TEST(confined.startFault("/bin/sleep", 200 * kj::MILLISECONDS).starts_with("the zygote "));
}

BOOST_AUTO_TEST_CASE(aZygoteOfAnotherBuildIsRefused) {
  Confined confined(EngineMode::kJit);
  BOOST_TEST(confined.startFault(STRANGER_ZYGOTE) == "the zygote could not be of the same build as the supervisor");
}

BOOST_AUTO_TEST_CASE(noPipesNoWorker) {
  Confined confined(EngineMode::kJit);
  const auto refused = confined.wait(confined.zygote().fork(1 << 20, 1, {}, {}));
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error() == EBADF);
  BOOST_TEST(confined.spawn().lives());
}
