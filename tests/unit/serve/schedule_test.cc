#include "supervisor/serve/schedule.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <vector>

namespace runtime::serve {
namespace {

constexpr uint64_t kMs = 1'000'000;

Schedule::Terms terms(uint32_t weight, uint32_t running = 1000, uint32_t queued = 10'000) {
  return {weight, running, queued, std::nullopt};
}

// Runs all that is queued, `slots` at once, each job for what `tookMs` says; the time each tenant had while all waited.
template <typename Took>
std::map<std::string, double> sharesOf(Schedule& schedule, uint32_t slots, Took tookMs, uint64_t untilMs) {
  struct Running {
    uint64_t end;
    Schedule::Picked job;
    uint64_t took;
  };
  std::vector<Running> running;
  std::map<std::string, double> had;
  for (uint64_t now = 0; now < untilMs; ++now) {
    std::erase_if(running, [&](const Running& each) {
      if (each.end > now) return false;
      schedule.ended(each.job.tenant, each.job.ticket, now * kMs);
      had[each.job.tenant] += static_cast<double>(each.took);
      return true;
    });
    while (auto picked = schedule.pick(now * kMs)) {
      const uint64_t took = tookMs(*picked);
      running.push_back({now + took, *picked, took});
    }
    BOOST_REQUIRE(running.size() <= slots);
  }
  return had;
}

BOOST_AUTO_TEST_SUITE(schedule)

BOOST_AUTO_TEST_CASE(time_is_shared_by_weight_whatever_the_jobs_take) {
  Schedule schedule(4);
  schedule.setTerms("a", terms(3));
  schedule.setTerms("b", terms(1));
  Ticket ticket = 1;
  for (int i = 0; i < 5000; ++i) {
    for (const char* tenant : {"a", "b"}) schedule.enqueue(tenant, ticket++, 0);
  }
  std::mt19937 random(1);
  // b's jobs take ten times as long: that gives it no more time.
  const auto had = sharesOf(
      schedule, 4,
      [&](const Schedule::Picked& job) { return job.tenant == "a" ? 1 + random() % 9 : 10 + random() % 90; }, 5000);
  BOOST_TEST(had.at("a") / had.at("b") > 2.7);
  BOOST_TEST(had.at("a") / had.at("b") < 3.3);
}

BOOST_AUTO_TEST_CASE(who_was_idle_has_saved_nothing_up) {
  Schedule schedule(1);
  for (const char* tenant : {"a", "b"}) schedule.setTerms(tenant, terms(1));
  for (Ticket ticket = 1; ticket <= 100; ++ticket) {
    schedule.enqueue("a", ticket, 0);
    const auto picked = schedule.pick(ticket * 10 * kMs);
    BOOST_REQUIRE(picked.has_value());
    schedule.ended("a", picked->ticket, (ticket * 10 + 10) * kMs);
  }
  for (Ticket ticket = 1000; ticket < 1020; ++ticket) schedule.enqueue(ticket % 2 == 0 ? "a" : "b", ticket, 0);
  int ofA = 0;
  for (int i = 0; i < 10; ++i) {
    const auto picked = schedule.pick((2000 + i * 10) * kMs);
    BOOST_REQUIRE(picked.has_value());
    ofA += picked->tenant == "a" ? 1 : 0;
    schedule.ended(picked->tenant, picked->ticket, (2010 + i * 10) * kMs);
  }
  BOOST_TEST(ofA >= 4);
}

BOOST_AUTO_TEST_CASE(priority_goes_first_then_age) {
  Schedule schedule(1);
  schedule.setTerms("a", terms(1));
  const std::vector<std::pair<Ticket, int>> jobs{{1, 0}, {2, 5}, {3, -5}, {4, 5}, {5, 0}};
  for (const auto& [ticket, priority] : jobs) schedule.enqueue("a", ticket, priority);
  std::vector<Ticket> order;
  while (auto picked = schedule.pick(0)) {
    order.push_back(picked->ticket);
    schedule.ended("a", picked->ticket, 0);
  }
  BOOST_TEST(order == (std::vector<Ticket>{2, 4, 1, 5, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_tenant_at_its_most_holds_up_nobody) {
  Schedule schedule(4);
  schedule.setTerms("a", terms(100, 1));
  schedule.setTerms("b", terms(1, 2));
  for (Ticket ticket = 1; ticket <= 6; ++ticket) schedule.enqueue(ticket % 2 == 0 ? "a" : "b", ticket, 0);
  std::map<std::string, int> running;
  while (auto picked = schedule.pick(0)) ++running[picked->tenant];
  BOOST_TEST(running["a"] == 1);
  BOOST_TEST(running["b"] == 2);
  BOOST_TEST(schedule.queued() == 3u);
  BOOST_TEST(schedule.running() == 3u);
}

BOOST_AUTO_TEST_CASE(what_is_removed_is_not_picked) {
  Schedule schedule(2);
  schedule.setTerms("a", terms(1, 2, 2));
  schedule.enqueue("a", 1, 0);
  schedule.enqueue("a", 2, 0);
  BOOST_TEST(schedule.isFull("a"));
  BOOST_TEST(schedule.remove("a", 1, 0));
  BOOST_TEST(!schedule.remove("a", 1, 0));
  BOOST_TEST(!schedule.remove("a", 2, 7));
  BOOST_TEST(!schedule.isFull("a"));
  BOOST_TEST(schedule.pick(0)->ticket == 2u);
  BOOST_TEST(!schedule.pick(0).has_value());
}

BOOST_AUTO_TEST_CASE(a_new_job_is_free_only_where_it_passes_nobody) {
  Schedule schedule(2);
  schedule.setTerms("a", terms(1, 1));
  schedule.setTerms("b", terms(1));
  BOOST_TEST(schedule.isFree("a"));
  schedule.enqueue("a", 1, 0);
  BOOST_TEST(!schedule.isFree("b"));
  schedule.pick(0);
  BOOST_TEST(!schedule.isFree("a"));
  BOOST_TEST(schedule.isFree("b"));
  schedule.enqueue("b", 2, 0);
  schedule.pick(0);
  schedule.setTerms("c", terms(1));
  BOOST_TEST(!schedule.isFree("c"));
}

BOOST_AUTO_TEST_CASE(a_rate_holds_on_average_and_at_once) {
  Schedule schedule(1);
  schedule.setTerms("a", {1, 1, 10, Rate{4, 60'000 * kMs}});
  for (int i = 0; i < 4; ++i) BOOST_TEST(!schedule.overRate("a", 0).has_value());
  BOOST_TEST(schedule.overRate("a", 0).value() == 15u);
  BOOST_TEST(schedule.overRate("a", 14'000 * kMs).value() == 1u);
  BOOST_TEST(!schedule.overRate("a", 15'001 * kMs).has_value());
  BOOST_TEST(schedule.overRate("a", 15'002 * kMs).value() == 15u);
  // Never more at once than in its time.
  int granted = 0;
  for (int i = 0; i < 10; ++i) granted += schedule.overRate("a", 10'000'000 * kMs) ? 0 : 1;
  BOOST_TEST(granted == 4);
  schedule.setTerms("b", terms(1));
  for (int i = 0; i < 10'000; ++i) BOOST_REQUIRE(!schedule.overRate("b", 0).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::serve
