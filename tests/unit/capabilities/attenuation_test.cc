// Tokens with terms: what derives from one has them too, whatever is added; budgets are charged whole or not at all.
#include "capabilities/attenuation.h"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "capabilities/table.h"

using namespace runtime::capabilities;
using namespace std::chrono_literals;
using Lack = Budget::Lack;

namespace {

constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();

class Thing final : public Object {
 public:
  explicit Thing(std::string resource = "/docs") : resource_(std::move(resource)) {}
  RightSet rights() const override { return {}; }
  const std::string& resource() const override { return resource_; }
  const std::string& module() const override { return module_; }
  const std::string& rule() const override { return rule_; }

 private:
  std::string resource_, module_ = "main.mjs", rule_ = "p:1";
};

std::shared_ptr<Object> thing(std::string resource = "/docs") { return std::make_shared<Thing>(std::move(resource)); }

std::shared_ptr<Budget> budget(Budget::Terms terms, std::shared_ptr<Budget> outer = nullptr,
                               Clock::time_point now = {}) {
  return Budget::within(std::move(outer), terms, now);
}

bool isEnded(const Table& table, Token token, Ended how) {
  return !table.find(token) && table.tombstone(token).ended == how;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(attenuation)

BOOST_AUTO_TEST_CASE(a_budget_gives_exactly_what_it_has) {
  const auto ours = budget({.calls = 3, .bytes = 10, .perSecond = {}});
  BOOST_TEST(!ours->spend({.calls = 1, .bytes = 10}, {}));
  BOOST_TEST((ours->spend({.calls = 1, .bytes = 1}, {}) == Lack::kBytes));
  BOOST_TEST(!ours->spend({.calls = 2}, {}));
  BOOST_TEST((ours->spend({.calls = 1}, {}) == Lack::kCalls));
  BOOST_TEST(!ours->spend({}, {}));
  BOOST_TEST(ours->bytesLeft() == 0u);
}

BOOST_AUTO_TEST_CASE(the_largest_numbers_do_not_wrap) {
  const auto ours = budget({.calls = kMost, .bytes = kMost, .perSecond = {}});
  BOOST_TEST(!ours->spend({.calls = kMost, .bytes = kMost}, {}));
  BOOST_TEST((ours->spend({.calls = 1}, {}) == Lack::kCalls));
  BOOST_TEST((ours->spend({.bytes = kMost}, {}) == Lack::kBytes));
  const auto none = budget({.calls = 0, .bytes = 0, .perSecond = 0});
  BOOST_TEST((none->spend({.calls = 1}, {}) == Lack::kCalls));
  BOOST_TEST((none->spend({.bytes = 1}, {}) == Lack::kBytes));
  BOOST_TEST(
      (budget({.calls = {}, .bytes = {}, .perSecond = 0})->spend({.calls = 1}, Clock::now()) == Lack::kPerSecond));
  BOOST_TEST(budget({.calls = 1, .bytes = {}, .perSecond = {}})->bytesLeft() == kMost);
}

BOOST_AUTO_TEST_CASE(a_bucket_begins_full_and_fills_at_its_rate) {
  const Clock::time_point start{1h};
  const auto ours = budget({.calls = {}, .bytes = {}, .perSecond = 4}, nullptr, start);
  const auto call = [&](Clock::duration after) { return !ours->spend({.calls = 1}, start + after); };
  for (int i = 0; i < 4; ++i) BOOST_TEST(call(0ms), i);
  BOOST_TEST(!call(0ms));
  BOOST_TEST(!call(249ms));
  BOOST_TEST(call(250ms));
  BOOST_TEST(!call(250ms));
  BOOST_TEST(call(750ms));
  BOOST_TEST(call(750ms));
  BOOST_TEST(!call(750ms));
  // It holds no more than a second's worth, however long nobody calls.
  for (int i = 0; i < 4; ++i) BOOST_TEST(call(100h), i);
  BOOST_TEST(!call(100h));
  // A clock that stands still, or one that is behind, gives nothing.
  BOOST_TEST(!call(0ms));
}

BOOST_AUTO_TEST_CASE(no_rate_is_exceeded_on_average) {
  for (const uint32_t perSecond : {1u, 3u, 7u, 999u, Budget::kMaxPerSecond}) {
    const auto ours = budget({.calls = {}, .bytes = {}, .perSecond = perSecond});
    uint64_t done = 0;
    // Asked for all the time, for three seconds.
    const Clock::duration step = std::max<Clock::duration>(1ns, std::chrono::nanoseconds(500'000'000 / perSecond));
    for (Clock::duration at{}; at < 3s; at += step) {
      while (!ours->spend({.calls = 1}, Clock::time_point(at))) ++done;
      if (perSecond == Budget::kMaxPerSecond && at > 10ms) break;
    }
    const uint64_t most = perSecond == Budget::kMaxPerSecond ? perSecond + 11'000 : uint64_t{perSecond} * 4;
    BOOST_TEST(done <= most, perSecond);
    BOOST_TEST(done >= perSecond, perSecond);
  }
}

BOOST_AUTO_TEST_CASE(every_outer_budget_is_charged_or_none) {
  const auto outer = budget({.calls = 5, .bytes = 100, .perSecond = {}});
  const auto one = budget({.calls = 10, .bytes = {}, .perSecond = {}}, outer);
  const auto other = budget({.calls = 3, .bytes = 50, .perSecond = {}}, outer);
  BOOST_TEST(!one->spend({.calls = 2, .bytes = 60}, {}));
  BOOST_TEST(other->bytesLeft() == 40u);
  BOOST_TEST((other->spend({.bytes = 41}, {}) == Lack::kBytes));
  BOOST_TEST(outer->bytesLeft() == 40u);
  BOOST_TEST(!other->spend({.calls = 3, .bytes = 40}, {}));
  BOOST_TEST((other->spend({.calls = 1}, {}) == Lack::kCalls));
  BOOST_TEST((one->spend({.calls = 1}, {}) == Lack::kCalls));
  BOOST_TEST((outer->spend({.calls = 1}, {}) == Lack::kCalls));
}

BOOST_AUTO_TEST_CASE(random_budgets_within_budgets_never_give_more_than_any_of_them) {
  std::mt19937_64 random(20);
  for (int round = 0; round < 300; ++round) {
    struct Kept {
      std::shared_ptr<Budget> budget;
      Budget::Terms terms;
      int outer;
      uint64_t calls = 0, bytes = 0;
    };
    std::vector<Kept> all;
    for (int i = 0; i < 8; ++i) {
      Budget::Terms terms;
      if (random() % 2) terms.calls = random() % 20;
      if (random() % 2) terms.bytes = random() % 200;
      const int outer = all.empty() ? -1 : static_cast<int>(random() % (all.size() + 1)) - 1;
      all.push_back({budget(terms, outer < 0 ? nullptr : all[static_cast<size_t>(outer)].budget), terms, outer});
    }
    for (int i = 0; i < 200; ++i) {
      const size_t chosen = random() % all.size();
      const Budget::Cost cost{.calls = random() % 2, .bytes = random() % 30};
      if (all[chosen].budget->spend(cost, {})) continue;
      for (int at = static_cast<int>(chosen); at >= 0; at = all[static_cast<size_t>(at)].outer) {
        all[static_cast<size_t>(at)].calls += cost.calls;
        all[static_cast<size_t>(at)].bytes += cost.bytes;
      }
    }
    for (const Kept& kept : all) {
      BOOST_TEST(kept.calls <= kept.terms.calls.value_or(kMost));
      BOOST_TEST(kept.bytes <= kept.terms.bytes.value_or(kMost));
      if (kept.terms.bytes) BOOST_TEST(kept.budget->bytesLeft() <= *kept.terms.bytes - kept.bytes);
    }
  }
}

BOOST_AUTO_TEST_CASE(two_threads_get_no_more_than_one) {
  const auto outer = budget({.calls = {}, .bytes = 100'000, .perSecond = {}});
  std::atomic<uint64_t> got{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, inner = budget({.calls = {}, .bytes = 90'000, .perSecond = {}}, outer)] {
      for (int j = 0; j < 40'000; ++j) {
        if (!inner->spend({.bytes = 3}, {})) got += 3;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(got.load() == 99'999u);
  BOOST_TEST(outer->bytesLeft() == 1u);
}

BOOST_AUTO_TEST_CASE(budgets_nest_so_deep_and_no_deeper) {
  std::shared_ptr<Budget> innermost;
  for (size_t i = 0; i < Budget::kMaxDepth; ++i) {
    innermost = budget({.calls = 2, .bytes = {}, .perSecond = {}}, innermost);
    BOOST_REQUIRE(innermost != nullptr);
  }
  BOOST_TEST(!innermost->spend({.calls = 2}, {}));
  BOOST_TEST(budget({.calls = 9, .bytes = {}, .perSecond = {}}, innermost) == nullptr);
}

BOOST_AUTO_TEST_CASE(what_derives_from_a_token_is_within_its_budget) {
  Table table;
  const Token view = table.mint(thing()).value();
  const auto ours = budget({.calls = 1, .bytes = {}, .perSecond = {}});
  const Token limited = table.mint(thing(), view, {.until = {}, .budget = ours}).value();
  const Token folder = table.mint(thing(), limited).value();
  const Token file = table.mint(thing(), folder).value();
  BOOST_TEST(table.hold(view)->budget == nullptr);
  for (const Token token : {limited, folder, file}) BOOST_TEST(table.hold(token)->budget == ours);
}

BOOST_AUTO_TEST_CASE(a_token_that_is_given_time_ends_with_all_that_came_from_it) {
  Table table;
  const Token view = table.mint(thing()).value();
  const Token past = table.mint(thing(), view, {.until = Clock::now(), .budget = {}}).value();
  const Token folder = table.mint(thing("/docs/sub"), past).value();
  // A later end within an earlier one, and the other way round.
  const Token longer = table.mint(thing(), folder, {.until = Clock::now() + 1h, .budget = {}}).value();
  const Token future = table.mint(thing(), view, {.until = Clock::now() + 1h, .budget = {}}).value();
  const Token shorter = table.mint(thing(), future, {.until = Clock::now(), .budget = {}}).value();
  BOOST_TEST((*table.hold(longer)->lease->term()->until() <= Clock::now()));
  BOOST_TEST(table.hold(longer)->lease->term()->over());
  const Token late = table.mint(thing(), longer).value();
  table.expire();
  for (const Token token : {past, folder, longer, shorter, late}) BOOST_TEST(isEnded(table, token, Ended::kExpired));
  BOOST_TEST(table.find(view).has_value());
  BOOST_TEST(table.find(future).has_value());
  BOOST_TEST(!table.hold(future)->lease->term()->over());
  BOOST_TEST(table.tombstone(folder).remains->resource == "/docs/sub");
  BOOST_TEST(table.tombstone(folder).remains->module == "main.mjs");
  BOOST_TEST(table.tombstone(longer).remains->rule == "p:1");
  BOOST_TEST(table.live() == 2u);
  const Token born = table.mint(thing(), past).value();
  BOOST_TEST(isEnded(table, born, Ended::kExpired));
}

BOOST_AUTO_TEST_CASE(a_lease_is_over_when_its_token_is_revoked_and_not_when_it_is_closed) {
  kj::EventLoop loop;
  kj::WaitScope scope(loop);
  Table table;
  const Token view = table.mint(thing()).value();
  BOOST_TEST(table.hold(view)->lease == nullptr);
  const Token folder = table.mint(thing(), view).value();
  const Token file = table.mint(thing(), folder).value();
  const auto lease = table.hold(file)->lease;
  const auto term = lease->term();
  bool over = false;
  auto waiting = lease->over().then([&] { over = true; }).eagerlyEvaluate(nullptr);
  table.end(file);
  scope.poll();
  BOOST_TEST(!over);
  BOOST_TEST(!term->over());
  BOOST_TEST((lease->ended() == Ended::kNot));
  // A call that is under way with a closed file came by the folder all the same.
  table.end(folder, Ended::kRevoked);
  BOOST_TEST(term->over());
  scope.poll();
  BOOST_TEST(over);
  BOOST_TEST((lease->ended() == Ended::kRevoked));
  BOOST_TEST(isEnded(table, file, Ended::kClosed));
  BOOST_TEST(isEnded(table, folder, Ended::kRevoked));
  lease->over().wait(scope);
}

BOOST_AUTO_TEST_CASE(so_many_live_tokens_have_terms_of_their_own) {
  Table table;
  const Token view = table.mint(thing()).value();
  const auto until = Clock::now() + std::chrono::hours(1);
  std::vector<Token> tokens;
  for (size_t i = 0; i < Table::kMaxAttenuated; ++i)
    tokens.push_back(table.mint(thing(), view, {.until = until}).value());
  BOOST_TEST((table.mint(thing(), view, {.until = until}).error() == Table::MintError::kTableFull));
  BOOST_TEST((table.mint(thing(), view, {.budget = budget({.calls = 1, .bytes = {}, .perSecond = {}})}).error() ==
              Table::MintError::kTableFull));
  BOOST_TEST(table.mint(thing(), tokens.front()).has_value());
  table.end(tokens.back());
  BOOST_TEST(table.mint(thing(), view, {.budget = budget({.calls = 1, .bytes = {}, .perSecond = {}})}).has_value());
  BOOST_TEST(!table.mint(thing(), view, {.until = until}).has_value());
  BOOST_TEST(table.mint(thing(), tokens.back(), {.until = until}).has_value());  // born ended
}

BOOST_AUTO_TEST_CASE(what_is_lent_from_elsewhere_has_terms_too) {
  Table table;
  const auto ours = budget({.calls = 1, .bytes = {}, .perSecond = {}});
  const Token lent = table.mint(thing(), {}, {.until = {}, .budget = ours, .mayEnd = true}).value();
  const Token own = table.mint(thing()).value();
  BOOST_TEST(table.hold(own)->lease == nullptr);
  const auto lease = table.hold(lent)->lease;
  BOOST_REQUIRE(lease != nullptr);
  BOOST_TEST(table.hold(table.mint(thing(), lent).value())->budget == ours);
  table.end(lent, Ended::kRevoked);
  BOOST_TEST(lease->term()->over());
  BOOST_TEST((lease->ended() == Ended::kRevoked));
}

BOOST_AUTO_TEST_CASE(what_is_kept_of_the_ended_is_short) {
  Table table;
  const Token token = table.mint(thing(std::string(4096, 'x'))).value();
  table.end(token, Ended::kRevoked);
  BOOST_TEST(table.tombstone(token).remains->resource.size() <= 256u);
  const Token closed = table.mint(thing()).value();
  table.end(closed);
  BOOST_TEST(table.tombstone(closed).remains == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
