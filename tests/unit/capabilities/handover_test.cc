// Capabilities that pass from worker to worker: what comes from one ends with it, wherever it went.
#include "capabilities/handover.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace runtime::capabilities;

namespace {

class Thing final : public Object {
 public:
  RightSet rights() const override { return {Right::kRead}; }
  const std::string& resource() const override { return text_; }
  const std::string& module() const override { return text_; }
  const std::string& rule() const override { return text_; }

 private:
  std::string text_;
};

struct Fixture {
  // In `to`, for what `token` names in `from`.
  Token pass(const std::shared_ptr<Table>& from, Token token, const std::shared_ptr<Table>& to) {
    return handover->pass(from, token, to).value();
  }
  static bool ended(const Table& table, Token token) {
    const auto found = table.find(token);
    BOOST_TEST((found || found.error() == Table::Miss::kEnded), "a token that was minted is never unknown");
    return !found;
  }

  std::shared_ptr<Handover> handover = std::make_shared<Handover>();
  std::shared_ptr<Table> parent = std::make_shared<Table>();
  std::shared_ptr<Table> child = std::make_shared<Table>();
  std::shared_ptr<Object> thing = std::make_shared<Thing>();
  Token origin = parent->mint(thing).value();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handover, Fixture)

BOOST_AUTO_TEST_CASE(the_receiver_has_the_object_under_a_token_of_its_own) {
  const Token received = pass(parent, origin, child);
  BOOST_TEST(child->find(received).value() == thing);
  BOOST_TEST(!(received == origin));
  BOOST_TEST((child->find(origin).error() == Table::Miss::kNeverMinted));
  BOOST_TEST((parent->find(received).error() == Table::Miss::kNeverMinted));
}

BOOST_AUTO_TEST_CASE(what_was_passed_on_ends_with_what_it_came_from) {
  const Token derived = parent->mint(thing, origin).value();
  const Token received = pass(parent, derived, child);
  const Token deeper = child->mint(thing, received).value();
  const Token back = pass(child, deeper, parent);
  parent->end(origin);
  BOOST_TEST(ended(*child, received));
  BOOST_TEST(ended(*child, deeper));
  BOOST_TEST(ended(*parent, back));
  BOOST_TEST(parent->live() == 0u);
  BOOST_TEST(child->live() == 0u);
  BOOST_TEST(thing.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(the_receiver_ends_its_own_alone) {
  const Token received = pass(parent, origin, child);
  child->end(received);
  BOOST_TEST(!ended(*parent, origin));
  BOOST_TEST(parent->find(origin).value() == thing);
}

BOOST_AUTO_TEST_CASE(what_has_ended_on_the_way_is_born_ended) {
  parent->end(origin);
  BOOST_TEST(ended(*child, pass(parent, origin, child)));
  const Token other = child->mint(thing).value();
  const std::weak_ptr<Table> gone = child;
  child = nullptr;
  BOOST_TEST(ended(*parent, handover->pass(gone, other, parent).value()));
}

BOOST_AUTO_TEST_CASE(what_a_worker_handed_out_ends_with_it) {
  const Token own = child->mint(thing).value();
  const Token received = pass(child, own, parent);
  BOOST_TEST(!ended(*parent, received));
  child->endAll();
  BOOST_TEST(ended(*parent, received));
  const Token again = pass(parent, origin, child = std::make_shared<Table>());
  const Token back = pass(child, again, parent);
  child = nullptr;  // without a word
  BOOST_TEST(ended(*parent, back));
  BOOST_TEST(!ended(*parent, origin));
}

BOOST_AUTO_TEST_CASE(a_chain_as_long_as_two_tables_hold_ends_at_once) {
  std::vector<std::pair<std::shared_ptr<Table>, Token>> chain{{parent, origin}};
  while (chain.size() < 60'000) {
    const auto& [table, token] = chain.back();
    const auto next = table == parent ? child : parent;
    chain.emplace_back(next, pass(table, token, next));
  }
  BOOST_TEST(!ended(*chain.back().first, chain.back().second));
  parent->end(origin);
  BOOST_TEST(ended(*chain.back().first, chain.back().second));
  BOOST_TEST(parent->live() + child->live() == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_passed_on_has_the_terms_of_what_it_came_from) {
  using std::chrono::hours;
  const auto now = Clock::now();
  const auto budget = Budget::within(nullptr, {.calls = 3, .bytes = {}, .perSecond = {}}, now);
  const Token limited = parent->mint(thing, origin, {.until = now + hours(1), .budget = budget}).value();
  const Token received = pass(parent, limited, child);
  const Token deeper = child->mint(thing, received, {.until = now + hours(2)}).value();
  const Token back = pass(child, deeper, parent);
  for (const auto& [table, token] : {std::pair(child, received), {child, deeper}, {parent, back}}) {
    const Held held = table->hold(token).value();
    BOOST_TEST(held.budget == budget);
    BOOST_REQUIRE(held.lease != nullptr);
    BOOST_TEST((held.lease->term()->until() == now + hours(1)));
  }
  const Token past = parent->mint(thing, origin, {.until = now}).value();
  const Token late = pass(parent, past, child);
  child->expire();  // whichever of the two tables is asked first
  BOOST_TEST((child->tombstone(late).ended == Ended::kExpired));
}

BOOST_AUTO_TEST_CASE(calls_under_way_end_with_what_the_sender_revokes_and_not_with_what_it_closes) {
  const Token revoked = parent->mint(thing, origin).value();
  const Token closed = parent->mint(thing, origin).value();
  const Token past = parent->mint(thing, origin, {.until = Clock::now()}).value();
  const auto leaseOf = [&](Token token) { return child->hold(token).value().lease; };
  const Token ours[] = {pass(parent, revoked, child), pass(parent, closed, child), pass(parent, past, child)};
  const std::shared_ptr<Lease> leases[] = {leaseOf(ours[0]), leaseOf(ours[1]), leaseOf(ours[2])};
  parent->end(revoked, Ended::kRevoked);
  parent->end(closed);
  parent->expire();
  BOOST_TEST((leases[0]->ended() == Ended::kRevoked));
  BOOST_TEST((leases[1]->ended() == Ended::kNot));
  BOOST_TEST((leases[2]->ended() == Ended::kExpired));
  for (const Token token : ours) BOOST_TEST(ended(*child, token));
  BOOST_TEST((child->tombstone(ours[2]).ended == Ended::kExpired));
}

BOOST_AUTO_TEST_CASE(a_full_table_hands_out_nothing_that_could_outlive_its_origin) {
  const auto full = std::make_shared<Table>(1);
  const Token own = full->mint(thing).value();
  BOOST_TEST(ended(*parent, pass(full, own, parent)));
  BOOST_TEST(!ended(*full, own));
  BOOST_TEST((handover->pass(parent, origin, full).error() == Table::MintError::kTableFull));
  BOOST_TEST(!ended(*parent, origin));
}

BOOST_AUTO_TEST_SUITE_END()
