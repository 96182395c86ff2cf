// SIGKILL, SIGSTOP and cancel() for workers and zygotes of a Runtime, at any instant.
#include <signal.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>

#include "tests/sandbox/faults/crowd.h"
#include "tests/sandbox/faults/processes.h"
#include "tests/sandbox/report/attack_report.h"

namespace runtime::tests {
namespace {

using std::chrono::milliseconds;

constexpr size_t kWidth = 4;

size_t jobsOf(size_t quick, size_t thorough) { return longForm() ? thorough : quick; }

void reportEnds(const char* attack, const Ends& ends, size_t harmed) {
  report(AttackRow{.area = "faults",
                   .attack = attack,
                   .tried = ends.jobs,
                   .refused = ends.jobs - std::min(ends.jobs, ends.wrong.size()),
                   .detail = std::to_string(harmed) + " signals; " + ends.text()});
}

// Until the workers, lanes and pipes of what has ended are gone too.
void requireNothingLeft(const Holdings& before) {
  Holdings after;
  const bool settled = eventually(std::chrono::seconds(20), [&] {
    after = holdings();
    return after.within(before);
  });
  BOOST_TEST(settled, "before: " << before.text() << "; after: " << after.text());
  BOOST_TEST(ownWorkers().empty());
}

struct Scene {
  Programs programs;
  std::unique_ptr<Runtime> runtime = makeRuntime();
  Holdings before;

  Scene() {
    constexpr size_t kJobs = 12;
    const Ends ends = runCrowd(*runtime, programs, kJobs, kWidth, [] { std::this_thread::sleep_for(milliseconds(1)); });
    BOOST_REQUIRE_MESSAGE(ends.whole == kJobs, ends.text());
    eventually(std::chrono::seconds(5), [] { return ownWorkers().empty(); });
    std::this_thread::sleep_for(milliseconds(50));  // their lanes end by themselves
    before = holdings();
  }
};

bool killOne(Chance& chance, const std::vector<pid_t>& list, int signal) {
  return !list.empty() && ::kill(chance.oneOf(list), signal) == 0;
}

}  // namespace

BOOST_AUTO_TEST_CASE(workers_are_killed) {
  const Scene scene;
  Chance chance(1);
  std::atomic<size_t> kills{0};
  const Ends ends = runCrowd(*scene.runtime, scene.programs, jobsOf(100, 3000), kWidth, [&] {
    chance.sleepUpTo(milliseconds(50));
    if (killOne(chance, ownWorkers(), SIGKILL)) ++kills;
  });
  BOOST_TEST(ends.wrong.empty(), ends.text());
  BOOST_TEST(ends.notBegun == 0u);
  // Only those that were met, and never a neighbour.
  BOOST_TEST(ends.cutShort > 0u);
  BOOST_TEST(ends.cutShort <= kills.load());
  requireNothingLeft(scene.before);
  reportEnds("SIGKILL to workers", ends, kills);
}

// As soon as it is born: before the supervisor has heard of it.
BOOST_AUTO_TEST_CASE(workers_are_killed_at_birth) {
  const Scene scene;
  std::set<pid_t> seen;
  const Ends ends = runCrowd(*scene.runtime, scene.programs, jobsOf(40, 1000), 2, [&] {
    for (const pid_t worker : ownWorkers()) {
      if (seen.insert(worker).second) ::kill(worker, SIGKILL);
    }
  });
  BOOST_TEST(ends.wrong.empty(), ends.text());
  BOOST_TEST(ends.cutShort > 0u);
  requireNothingLeft(scene.before);
  reportEnds("SIGKILL to workers at birth", ends, seen.size());
}

BOOST_AUTO_TEST_CASE(zygotes_are_killed) {
  const Scene scene;
  Chance chance(2);
  std::atomic<size_t> kills{0};
  const Ends ends = runCrowd(*scene.runtime, scene.programs, jobsOf(60, 3000), kWidth, [&] {
    chance.sleepUpTo(milliseconds(500));
    if (killOne(chance, ownZygotes(), SIGKILL)) ++kills;
  });
  BOOST_TEST(ends.wrong.empty(), ends.text());
  BOOST_TEST(ends.cutShort > 0u);
  BOOST_TEST(scene.runtime->run(scene.programs.job(1))->standardOutput == Programs::output(1));
  requireNothingLeft(scene.before);
  reportEnds("SIGKILL to zygotes", ends, kills);
}

// A job that comes when its zygote has just died has lost nothing: it runs in another.
BOOST_AUTO_TEST_CASE(a_job_right_after_its_zygote_was_killed_runs) {
  const Scene scene;
  const size_t rounds = jobsOf(10, 200);
  size_t whole = 0;
  for (size_t i = 0; i < rounds; ++i) {
    const auto zygotes = ownZygotes();
    BOOST_REQUIRE(zygotes.size() == 1u);
    ::kill(zygotes.front(), SIGKILL);
    const Completion completion = scene.runtime->run(scene.programs.job(i));
    if (completion && completion->standardOutput == Programs::output(i)) ++whole;
    BOOST_TEST(completion.has_value(), (completion ? "" : completion.error().message));
  }
  BOOST_TEST(whole == rounds);
  requireNothingLeft(scene.before);
  report(AttackRow{.area = "faults",
                   .attack = "a job right after SIGKILL to its zygote",
                   .tried = rounds,
                   .refused = whole,
                   .detail = "ran in a new one"});
}

// A stop and a continue are nothing to a job: no call is interrupted, no filter is hurt.
BOOST_AUTO_TEST_CASE(workers_and_zygotes_are_stopped_and_continued) {
  const Scene scene;
  Chance chance(3);
  std::atomic<size_t> stops{0};
  const Ends ends = runCrowd(*scene.runtime, scene.programs, jobsOf(50, 3000), kWidth, [&] {
    chance.sleepUpTo(milliseconds(5));
    auto all = ownWorkers();
    for (const pid_t zygote : ownZygotes()) all.push_back(zygote);
    if (all.empty()) return;
    const pid_t one = chance.oneOf(all);
    if (::kill(one, SIGSTOP) != 0) return;
    ++stops;
    chance.sleepUpTo(milliseconds(10));
    ::kill(one, SIGCONT);
  });
  BOOST_TEST(ends.whole == ends.jobs, ends.text());
  BOOST_TEST(stops.load() > 0u);
  requireNothingLeft(scene.before);
  reportEnds("SIGSTOP and SIGCONT to workers and zygotes", ends, stops);
}

// All of it together, and cancel().
BOOST_AUTO_TEST_CASE(everything_at_random) {
  const Scene scene;
  Chance chance(4), choice(5);
  std::atomic<size_t> signals{0};
  const Ends ends = runCrowd(
      *scene.runtime, scene.programs, jobsOf(150, 10'000), 6,
      [&] {
        chance.sleepUpTo(milliseconds(40));
        const unsigned which = chance.below(40);
        if (which == 0) {
          signals += killOne(chance, ownZygotes(), SIGKILL) ? 1 : 0;
        } else if (which < 20) {
          signals += killOne(chance, ownWorkers(), SIGKILL) ? 1 : 0;
        } else {
          const auto all = which < 24 ? ownZygotes() : ownWorkers();
          if (all.empty()) return;
          const pid_t one = chance.oneOf(all);
          signals += ::kill(one, SIGSTOP) == 0 ? 1 : 0;
          chance.sleepUpTo(milliseconds(5));
          ::kill(one, SIGCONT);
        }
      },
      [&](JobId id) {
        if (choice.below(10) != 0) return;
        choice.sleepUpTo(milliseconds(10));
        scene.runtime->cancel(id);
      });
  BOOST_TEST(ends.wrong.empty(), ends.text());
  BOOST_TEST(ends.whole + ends.cutShort + ends.notBegun + ends.cancelled == ends.jobs);
  requireNothingLeft(scene.before);
  BOOST_TEST(scene.runtime->run(scene.programs.job(2))->standardOutput == Programs::output(2));
  reportEnds("random kills, stops and cancellations", ends, signals);
}

}  // namespace runtime::tests
