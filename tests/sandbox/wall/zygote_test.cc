// The supervisor's end of a zygote: forks, ends, faults.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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

// Its process has no descriptor left for one more worker: the others live on.
BOOST_AUTO_TEST_CASE(noDescriptorForAWorker) {
  Confined confined(EngineMode::kJit);
  Probe neighbour = confined.spawn();
  std::array<int, 4> ends{};
  BOOST_REQUIRE((::pipe2(ends.data(), O_CLOEXEC) == 0 && ::pipe2(ends.data() + 2, O_CLOEXEC) == 0));
  const runtime::os::UniqueFd toWorker(ends[1]), fromWorker(ends[2]);
  auto answer = confined.zygote().fork(1 << 20, 1, runtime::os::UniqueFd(ends[0]), runtime::os::UniqueFd(ends[3]));
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{64, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &few);
  std::vector<runtime::os::UniqueFd> all;
  for (int fd; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) all.emplace_back(fd);
  const auto refused = confined.wait(kj::mv(answer));
  all.clear();
  ::setrlimit(RLIMIT_NOFILE, &before);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error() == EMFILE);
  BOOST_TEST(neighbour.lives());
  BOOST_TEST(confined.spawn().lives());
}

BOOST_AUTO_TEST_CASE(noPipesNoWorker) {
  Confined confined(EngineMode::kJit);
  const auto refused = confined.wait(confined.zygote().fork(1 << 20, 1, {}, {}));
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error() == EBADF);
  BOOST_TEST(confined.spawn().lives());
}
