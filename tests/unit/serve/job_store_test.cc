#include "supervisor/serve/job_store.h"

#include <stdlib.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

namespace runtime::serve {
namespace {

struct Folder {
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "runtime-test-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::unique_ptr<JobStore> open(uint64_t most = 1 << 20) const {
    auto store = JobStore::open(path, Durability::kProcessDeath, most);
    const std::string trouble = store ? "" : store.error().message;
    BOOST_REQUIRE_MESSAGE(store.has_value(), trouble);
    return std::move(*store);
  }
  static NewJob job(const std::string& id, const std::string& tenant = "a", const std::string& key = "",
                    const std::string& digest = "") {
    return {id, tenant, 0, 1000, std::nullopt, key, digest, "request of " + id};
  }
  std::string path;
};

BOOST_FIXTURE_TEST_SUITE(job_store, Folder)

BOOST_AUTO_TEST_CASE(what_ran_when_it_was_closed_is_queued_again_and_its_attempts_count) {
  JobNumber first, second;
  {
    const auto store = open();
    first = store->add(job("1"), JobStore::Begin::kNow)->number;
    second = store->add(job("2"), JobStore::Begin::kLater)->number;
    BOOST_TEST(store->begin(second)->value() == "request of 2");
    BOOST_TEST(!store->begin(second)->has_value());
    static_cast<void>(store->add(job("3"), JobStore::Begin::kLater));
    BOOST_TEST(store->find("a", "1")->value().attempts == 1);
  }
  const auto store = open();
  const auto queued = store->queued().value();
  BOOST_REQUIRE(queued.size() == 3u);
  BOOST_TEST(queued[0].id == "1");
  BOOST_TEST(queued[0].attempts == 1);
  BOOST_TEST(queued[2].attempts == 0);
  BOOST_TEST((store->find("a", "1")->value().state == JobState::kQueued));
  static_cast<void>(store->begin(first));
  BOOST_TEST(store->find("a", "1")->value().attempts == 2);
}

BOOST_AUTO_TEST_CASE(one_result_is_stored) {
  const auto store = open();
  const JobNumber number = store->add(job("1"), JobStore::Begin::kNow)->number;
  const std::vector<Artifact> artifacts{{"o/x", 3, "aa"}};
  BOOST_TEST(store->finish(number, JobState::kDone, "", "first", 2000, artifacts).value());
  BOOST_TEST(!store->finish(number, JobState::kCancelled, "late", "second", 3000, {}).value());
  BOOST_TEST(!store->requeue(number).value());
  const JobRecord record = store->find("a", "1")->value();
  BOOST_TEST(record.result == "first");
  BOOST_TEST(record.finishedMs.value() == 2000);
  BOOST_TEST(store->artifact("a", "aa")->value() == 3u);
  BOOST_TEST(!store->artifact("b", "aa")->has_value());
  BOOST_TEST(!store->find("b", "1")->has_value());
}

BOOST_AUTO_TEST_CASE(a_key_is_one_job_of_its_tenant) {
  const auto store = open();
  static_cast<void>(store->add(job("1", "a", "k", "digest"), JobStore::Begin::kLater));
  const auto same = store->add(job("2", "a", "k", "digest"), JobStore::Begin::kLater).value();
  BOOST_TEST((same.added == JobStore::Added::kSame));
  BOOST_TEST(same.existing.id == "1");
  BOOST_TEST((store->add(job("3", "a", "k", "other"), JobStore::Begin::kLater)->added == JobStore::Added::kConflict));
  BOOST_TEST((store->add(job("4", "b", "k", "other"), JobStore::Begin::kLater)->added == JobStore::Added::kNew));
  BOOST_TEST((store->add(job("5"), JobStore::Begin::kLater)->added == JobStore::Added::kNew));
  BOOST_TEST((store->add(job("6"), JobStore::Begin::kLater)->added == JobStore::Added::kNew));
}

BOOST_AUTO_TEST_CASE(the_size_bounds_what_is_stored_and_the_oldest_results_make_room) {
  const auto store = open(100'000);
  const std::string result(20'000, 'x');
  for (int i = 0; i < 5; ++i) {
    NewJob each = job(std::to_string(i));
    each.request = std::string(10'000, 'r');
    const auto added = store->add(each, JobStore::Begin::kNow).value();
    BOOST_REQUIRE((added.added == JobStore::Added::kNew));
    BOOST_TEST(store->finish(added.number, JobState::kDone, "", result, 1000 + i, {}).value());
  }
  NewJob large = job("large");
  large.request = std::string(30'000, 'r');
  BOOST_TEST((store->add(large, JobStore::Begin::kLater)->added == JobStore::Added::kFull));
  BOOST_TEST(store->bytes() == 100'000u);
  const auto expired = store->expire(0, 1000, large.request.size()).value();
  BOOST_TEST(expired.jobs == 2);
  BOOST_TEST(!store->find("a", "0")->has_value());
  BOOST_TEST(store->find("a", "4")->has_value());
  BOOST_TEST((store->add(large, JobStore::Begin::kLater)->added == JobStore::Added::kNew));
}

BOOST_AUTO_TEST_CASE(what_ended_before_is_removed_and_the_digests_that_nobody_has_are_told) {
  const auto store = open();
  for (int i = 0; i < 3; ++i) {
    const JobNumber number = store->add(job(std::to_string(i)), JobStore::Begin::kNow)->number;
    static_cast<void>(store->finish(number, JobState::kDone, "", "r", 1000 + i,
                                    {{"o/own", 1, "own" + std::to_string(i)}, {"o/all", 1, "all"}}));
  }
  static_cast<void>(store->add(job("queued"), JobStore::Begin::kLater));
  const auto expired = store->expire(1002, 1000, 0).value();
  BOOST_TEST(expired.jobs == 2);
  BOOST_TEST(expired.digests == (std::vector<std::string>{"own0", "own1"}), boost::test_tools::per_element());
  BOOST_TEST(store->isReferenced("all").value());
  BOOST_TEST(store->find("a", "queued")->has_value());
  const auto last = store->expire(INT64_MAX, 1000, 0).value();
  BOOST_TEST(last.digests == (std::vector<std::string>{"all", "own2"}), boost::test_tools::per_element());
  BOOST_TEST(store->find("a", "queued")->has_value());
}

BOOST_AUTO_TEST_CASE(lists_are_the_newest_first_and_of_one_tenant) {
  const auto store = open();
  for (int i = 0; i < 5; ++i) {
    static_cast<void>(store->add(job(std::to_string(i), i == 2 ? "b" : "a"), JobStore::Begin::kLater));
  }
  const auto ids = [&](std::optional<JobState> state, const std::string& before, size_t most) {
    std::string all;
    for (const JobRecord& record : store->list("a", state, before, most).value()) all += record.id;
    return all;
  };
  BOOST_TEST(ids(std::nullopt, "", 100) == "4310");
  BOOST_TEST(ids(std::nullopt, "", 2) == "43");
  BOOST_TEST(ids(std::nullopt, "3", 100) == "10");
  BOOST_TEST(ids(JobState::kDone, "", 100) == "");
  BOOST_TEST(ids(JobState::kQueued, "1", 100) == "0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::serve
