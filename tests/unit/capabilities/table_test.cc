#include "capabilities/table.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

using namespace runtime::capabilities;

namespace {

class Thing final : public Object {
 public:
  RightSet rights() const override { return {}; }
  const std::string& resource() const override { return text_; }
  const std::string& module() const override { return text_; }
  const std::string& rule() const override { return text_; }

 private:
  std::string text_;
};

std::shared_ptr<Object> thing() { return std::make_shared<Thing>(); }

bool ended(const Table& table, Token token) {
  const auto found = table.find(token);
  return !found && found.error() == Table::Miss::kEnded;
}

bool neverMinted(const Table& table, Token token) {
  const auto found = table.find(token);
  return !found && found.error() == Table::Miss::kNeverMinted;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(table)

BOOST_AUTO_TEST_CASE(a_minted_token_finds_its_object) {
  Table table;
  const auto object = thing();
  const Token token = table.mint(object).value();
  BOOST_TEST(table.find(token).value() == object);
  BOOST_TEST(table.live() == 1u);
  BOOST_TEST(neverMinted(table, Token{}));
  BOOST_TEST(neverMinted(table, Token{token.high, token.low ^ 1}));
  BOOST_TEST(neverMinted(table, Token{token.high ^ 1, token.low}));
}

BOOST_AUTO_TEST_CASE(a_million_guesses_never_hit) {
  Table table;
  for (int i = 0; i < 1000; ++i) BOOST_REQUIRE(table.mint(thing()).has_value());
  std::mt19937_64 random(std::random_device{}());
  size_t hits = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    if (!neverMinted(table, Token{random(), random()})) ++hits;
  }
  BOOST_TEST(hits == 0u);
}

BOOST_AUTO_TEST_CASE(tokens_of_another_table_are_never_minted_here) {
  Table mine;
  Table theirs;
  const Token token = theirs.mint(thing()).value();
  BOOST_REQUIRE(mine.mint(thing()).has_value());
  BOOST_TEST(neverMinted(mine, token));
}

BOOST_AUTO_TEST_CASE(an_ended_token_stays_as_a_tombstone) {
  Table table;
  std::weak_ptr<Object> watched;
  Token token;
  {
    const auto object = thing();
    watched = object;
    token = table.mint(object).value();
  }
  BOOST_TEST(table.end(token).size() == 1u);
  BOOST_TEST(watched.expired());
  BOOST_TEST(ended(table, token));
  BOOST_TEST(table.end(token).empty());
  BOOST_TEST(table.live() == 0u);
  BOOST_TEST(table.end(Token{1, 2}).empty());
}

BOOST_AUTO_TEST_CASE(ending_a_token_ends_all_that_came_from_it) {
  Table table;
  const auto first = thing();
  const Token view = table.mint(first).value();
  const Token other = table.mint(thing()).value();
  const Token folder = table.mint(thing(), view).value();
  const Token file = table.mint(thing(), folder).value();
  const auto objects = table.end(view);
  BOOST_REQUIRE(objects.size() == 3u);
  BOOST_TEST(objects.front() == first);
  for (const Token token : {view, folder, file}) BOOST_TEST(ended(table, token));
  BOOST_TEST(table.find(other).has_value());
  BOOST_TEST(table.live() == 1u);
}

BOOST_AUTO_TEST_CASE(what_derives_from_an_ended_token_is_born_ended) {
  Table table;
  const Token view = table.mint(thing()).value();
  table.end(view);
  const Token late = table.mint(thing(), view).value();
  BOOST_TEST(ended(table, late));
  BOOST_TEST(table.live() == 0u);
}

BOOST_AUTO_TEST_CASE(ended_tokens_count_against_the_mints) {
  Table table;
  for (size_t i = 0; i < Table::kMaxMints; ++i) {
    const auto token = table.mint(thing());
    if (!token) BOOST_FAIL("table full after " << i);
    table.end(*token);
  }
  BOOST_TEST((table.mint(thing()).error() == Table::MintError::kTableFull));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_worker_ends_everything) {
  Table table;
  const Token view = table.mint(thing()).value();
  const Token file = table.mint(thing(), view).value();
  BOOST_TEST(table.endAll().size() == 2u);
  BOOST_TEST(ended(table, view));
  BOOST_TEST(ended(table, file));
  BOOST_TEST(table.live() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
