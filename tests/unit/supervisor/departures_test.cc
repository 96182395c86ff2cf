#include "supervisor/departures.h"

#include <kj/async-io.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <vector>

namespace runtime::supervisor {

BOOST_AUTO_TEST_CASE(a_worker_is_made_only_when_few_are_leaving) {
  kj::AsyncIoContext io = kj::setupAsyncIo();
  kj::TimerImpl timer(kj::origin<kj::TimePoint>());
  Departures departures(timer);
  std::vector<kj::Own<kj::PromiseFulfiller<std::optional<WorkerEnd>>>> ends;
  for (size_t i = 0; i < Departures::kMost; ++i) {
    auto room = departures.room();
    BOOST_TEST(room.poll(io.waitScope), "with " << i << " leaving");
    auto end = kj::newPromiseAndFulfiller<std::optional<WorkerEnd>>();
    departures.add({.zygote = nullptr,
                    .worker = WorkerProcess(0, {}, {}, kj::NEVER_DONE),
                    .pipe = {},
                    .ended = kj::mv(end.promise),
                    .groups = nullptr,
                    .membership = {}});
    ends.push_back(kj::mv(end.fulfiller));
  }
  auto first = departures.room();
  auto second = departures.room();
  BOOST_TEST(!first.poll(io.waitScope));
  ends[3]->fulfill(WorkerEnd{});
  timer.advanceTo(timer.now() + 1 * kj::SECONDS);
  BOOST_TEST(first.poll(io.waitScope));
  BOOST_TEST(second.poll(io.waitScope));
  auto over = departures.over();
  for (size_t i = 0; i < ends.size(); ++i) {
    BOOST_TEST(!over.poll(io.waitScope));
    // A zygote that is lost says nothing.
    ends[i == 3 ? 0 : i]->fulfill(std::nullopt);
  }
  BOOST_TEST(over.poll(io.waitScope));
}

// A process that only waits is killed by them and by nothing else.
BOOST_AUTO_TEST_CASE(who_leaves_is_killed_in_a_moment_or_at_the_end_at_once) {
  for (const bool atTheEnd : {false, true}) {
    kj::AsyncIoContext io = kj::setupAsyncIo();
    kj::TimerImpl timer(kj::origin<kj::TimePoint>());
    Departures departures(timer);
    const pid_t child = fork();
    if (child == 0) {
      for (;;) pause();
    }
    auto end = kj::newPromiseAndFulfiller<std::optional<WorkerEnd>>();
    os::UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
    departures.add({.zygote = nullptr,
                    .worker = WorkerProcess(child, std::move(pidfd), {}, kj::NEVER_DONE),
                    .pipe = {},
                    .ended = kj::mv(end.promise),
                    .groups = nullptr,
                    .membership = {}});
    for (int i = 0; i < 10; ++i) kj::evalLater([] {}).wait(io.waitScope);
    int status = 0;
    BOOST_TEST(waitpid(child, &status, WNOHANG) == 0);
    kj::Maybe<kj::Promise<void>> over;
    if (atTheEnd) {
      over = departures.over();
    } else {
      timer.advanceTo(timer.now() + 10 * kj::MILLISECONDS);
    }
    for (int i = 0; i < 10; ++i) kj::evalLater([] {}).wait(io.waitScope);
    BOOST_TEST(waitpid(child, &status, 0) == child);
    BOOST_TEST((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL), status);
    end.fulfiller->fulfill(WorkerEnd{});
    KJ_IF_MAYBE (ended, over) {
      ended->wait(io.waitScope);
    } else {
      departures.over().wait(io.waitScope);
    }
  }
}

}  // namespace runtime::supervisor
