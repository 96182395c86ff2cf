#include "policies/explain.h"

#include <stdlib.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "policies/decide.h"
#include "policies/parse.h"

namespace runtime::policies {
namespace {

namespace fs = std::filesystem;
using capabilities::Right;
using How = Turn::How;
using Reason = Decision::Reason;

// A folder with h/a/b and a policy in it, gone at the end.
struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "explain_test.XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    root = fs::canonical(pattern).string();
    fs::create_directories(root + "/h/a/b");
  }
  ~Folder() { fs::remove_all(root); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(root + "/" + name, std::ios::binary) << "version = 1\n" + text;
  }
  auto read(const std::string& text) const {
    write("p", text);
    return parseFile(root + "/p");
  }
  Policy parsed(const std::string& text) const {
    auto policy = read(text);
    BOOST_REQUIRE_MESSAGE(policy, (policy ? "" : render(policy.error())));
    return *std::move(policy);
  }
  static Question may(const std::string& module, Right right, const std::string& path) { return {module, right, path}; }
  // "p:3".
  std::string line(const Place& place) const { return place.line == 0 ? "" : place.rule().substr(root.size() + 1); }
  std::string root;
};

const std::string kRules =
    "[[grant]]\n"                                                                       // 2
    "to = \"main.mjs\"\n"                                                               //
    "fs = [{ path = \"h\", at = \"/x\", rights = [\"read\", \"list\", \"write\"] }]\n"  // 4
    "env = [\"LANG\"]\n"                                                                //
    "[[deny]]\n"                                                                        // 6
    "to = \"**\"\n"                                                                     //
    "fs = [{ at = \"/x/a/**\", rights = [\"write\"] }]\n";                              // 8

BOOST_FIXTURE_TEST_SUITE(explain, Folder)

BOOST_AUTO_TEST_CASE(a_row_for_each_right_with_its_rule_and_what_is_taken_from_it) {
  const Table table = tableOf(parsed(kRules), "");
  BOOST_REQUIRE(table.rows.size() == 4u);
  for (const Row& row : table.rows) BOOST_TEST(row.modules == "main.mjs");
  BOOST_TEST((table.rows[0].right == Right::kRead));
  BOOST_TEST((table.rows[0].extent == Row::Extent::kAll));
  BOOST_TEST(line(table.rows[0].rule) == "p:4");
  BOOST_TEST((table.rows[2].right == Right::kWrite));
  BOOST_TEST((table.rows[2].extent == Row::Extent::kPart));
  BOOST_REQUIRE(table.rows[2].exceptions.size() == 1u);
  BOOST_TEST(table.rows[2].exceptions[0].what == "/x/a/**");
  BOOST_TEST(line(table.rows[2].exceptions[0].rule) == "p:8");
  BOOST_TEST(!table.rows[3].right.has_value());
  BOOST_TEST(table.rows[3].resource == "LANG");
  BOOST_TEST(line(table.rows[3].rule) == "p:2");
  // Of a module that is asked for alone.
  BOOST_TEST(tableOf(parsed(kRules), "other.mjs").rows.empty());
  BOOST_TEST(tableOf(parsed(kRules), "main.mjs").rows.size() == 4u);
}

BOOST_AUTO_TEST_CASE(what_decides_and_what_would_change_it) {
  const Policy policy = parsed(kRules);
  const auto ask = [&](const Question& question) { return answer(policy, question); };
  const Answer granted = ask(may("main.mjs", Right::kRead, "/x/a/f"));
  BOOST_TEST(granted.allowed());
  BOOST_TEST(line(granted.rule) == "p:4");
  BOOST_REQUIRE(granted.nearest);
  BOOST_TEST((granted.nearest->how == How::kDenyOfRight));
  BOOST_TEST(line(granted.nearest->rule) == "p:8");

  const Answer denied = ask(may("main.mjs", Right::kWrite, "/x/a/f"));
  BOOST_TEST((denied.reason == Reason::kDenied));
  BOOST_TEST(line(denied.rule) == "p:8");
  BOOST_REQUIRE(denied.nearest);
  BOOST_TEST((denied.nearest->how == How::kWithoutDeny));

  const Answer lacking = ask(may("main.mjs", Right::kDelete, "/x/f"));
  BOOST_TEST((lacking.reason == Reason::kNoRight));
  BOOST_REQUIRE(lacking.nearest);
  BOOST_TEST((lacking.nearest->how == How::kEntryHadRight));
  BOOST_TEST(line(lacking.nearest->rule) == "p:4");

  const Answer other = ask(may("other.mjs", Right::kRead, "/x/f"));
  BOOST_TEST((other.reason == Reason::kNoEntry));
  BOOST_REQUIRE(other.nearest);
  BOOST_TEST((other.nearest->how == How::kRuleForModule));

  const Answer nowhere = ask(may("main.mjs", Right::kRead, "/y"));
  BOOST_TEST((nowhere.reason == Reason::kNoEntry));
  BOOST_TEST(!nowhere.nearest);

  BOOST_TEST(ask({"main.mjs", std::nullopt, "LANG"}).allowed());
  BOOST_TEST(!ask({"main.mjs", std::nullopt, "HOME"}).allowed());
  BOOST_TEST(!ask({"other.mjs", std::nullopt, "LANG"}).allowed());
}

BOOST_AUTO_TEST_CASE(a_ceiling_decides_and_is_named) {
  write("c", "[[grant]]\nto = \"**\"\nfs = [{ path = \"h/a\", at = \"/all\", rights = [\"read\"] }]\n");
  const Policy policy = parsed("within = \"c\"\n" + kRules);
  const Answer beyond = answer(policy, may("main.mjs", Right::kRead, "/x/f"));
  BOOST_TEST((beyond.reason == Reason::kCeiling));
  BOOST_TEST(beyond.ceiling.ends_with("c"));
  BOOST_TEST(answer(policy, may("main.mjs", Right::kRead, "/x/a/f")).allowed());
  const Table table = tableOf(policy, "");
  BOOST_REQUIRE(!table.rows.empty());
  BOOST_TEST((table.rows[0].extent == Row::Extent::kPart));
  BOOST_REQUIRE(!table.rows[0].exceptions.empty());
  BOOST_TEST((table.rows[0].exceptions[0].kind == Exception::Kind::kCeiling));
}

BOOST_AUTO_TEST_CASE(two_paths_at_one_name_are_told) {
  // Which the file alone does not show: both match lib/b.mjs only.
  const Policy policy = parsed(
      "[[grant]]\nto = \"lib/*\"\nfs = [{ path = \"h\", at = \"/x\", rights = [\"read\"] }]\n"
      "[[grant]]\nto = \"*/b.mjs\"\nfs = [{ path = \"h/a\", at = \"/x\", rights = [\"read\"] }]\n");
  const Answer both = answer(policy, may("lib/b.mjs", Right::kRead, "/x"));
  BOOST_TEST(both.contradicted);
  BOOST_TEST(!both.allowed());
  BOOST_TEST(answer(policy, may("lib/a.mjs", Right::kRead, "/x")).allowed());
  BOOST_TEST(tableOf(policy, "lib/b.mjs").contradicted.size() == 1u);
}

// The answer is what the door decides, and the change that is said to turn it does.
BOOST_AUTO_TEST_CASE(random_policies_and_questions) {
  std::mt19937 random(20261126);
  const auto pick = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
  const auto rule = [&] {
    const std::string to = pick({"**", "m.mjs", "lib/**", "lib/*.mjs", "[l-n].mjs", "*/m.mjs"});
    if (random() % 3 == 0) {
      return "[[deny]]\nto = \"" + to + "\"\nfs = [{ at = \"" + pick({"/x/**", "/**/f", "/x/b", "/**", "/*/b/**"}) +
             "\", rights = [" + pick({"\"read\"", "\"write\", \"list\""}) + "] }]\n";
    }
    return "[[grant]]\nto = \"" + to + "\"\nfs = [{ path = \"" + pick({"h", "h/a", "h/a/b"}) + "\", at = \"" +
           pick({"/", "/x", "/x/b", "/y"}) + "\", rights = [" + pick({"\"read\"", "\"list\", \"read\"", "\"write\""}) +
           "] }]\n";
  };
  int asked = 0, allowed = 0, turns = 0;
  for (int round = 0; round < 300; ++round) {
    write("c", rule() + rule() + rule());
    std::string text = random() % 4 == 0 ? "within = \"c\"\n" : "";
    for (size_t i = 1 + random() % 4; i > 0; --i) text += rule();
    const auto policy = read(text);
    if (!policy) continue;
    for (const char* module : {"m.mjs", "n.mjs", "lib/m.mjs"}) {
      const auto grants = grantsOf(*policy, module);
      for (const char* path : {"/x", "/x/b", "/x/b/f", "/y/a", "/f"}) {
        for (const Right right : {Right::kRead, Right::kWrite}) {
          const Question question = may(module, right, path);
          const Answer got = answer(*policy, question);
          ++asked;
          const bool door = grants && decide(*grants, right, path).allowed();
          BOOST_REQUIRE_MESSAGE(got.allowed() == door, module << " " << path << "\n" << text);
          allowed += door ? 1 : 0;
          if (!got.nearest) continue;
          ++turns;
          const Policy other = turned(*policy, question, *got.nearest);
          const auto otherGrants = grantsOf(other, module);
          const bool otherDoor = otherGrants && decide(*otherGrants, right, path).allowed();
          BOOST_REQUIRE_MESSAGE(otherDoor != door, module << " " << path << "\n" << text);
        }
      }
    }
    // What the table says whole is had, at its top and beneath; of what it says is nothing, nothing is.
    const Table table = tableOf(*policy, "");
    for (const Row& row : table.rows) {
      if (!row.right || row.example.empty()) continue;
      const auto own = grantsOf(*policy, row.example);
      BOOST_REQUIRE(own);
      const bool at = decide(*own, *row.right, row.resource).allowed();
      if (row.extent == Row::Extent::kAll) BOOST_TEST(at, row.modules + " " + row.resource + "\n" + text);
      if (row.extent == Row::Extent::kNothing) BOOST_TEST(!at, row.modules + " " + row.resource + "\n" + text);
    }
  }
  BOOST_TEST(asked > 5'000);
  BOOST_TEST(allowed > 500);
  BOOST_TEST(turns > 1'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::policies
