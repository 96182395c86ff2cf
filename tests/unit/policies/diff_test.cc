#include "policies/diff.h"

#include <stdlib.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "policies/binding.h"
#include "policies/decide.h"
#include "policies/parse.h"

namespace runtime::policies {
namespace {

namespace fs = std::filesystem;
using capabilities::Right;
using Direction = Change::Direction;
using Subject = Change::Subject;

// A folder with h/, whose folders are a, a/b, a/b/c and d, gone at the end.
struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "diff_test.XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    root = fs::canonical(pattern).string();
    fs::create_directories(root + "/h/a/b/c");
    fs::create_directories(root + "/h/d");
    fs::create_directories(root + "/app");
  }
  ~Folder() { fs::remove_all(root); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(root + "/" + name, std::ios::binary) << "version = 1\n" + text;
  }
  auto read(const std::string& name) const { return parseFile(root + "/" + name); }
  Policy parsed(const std::string& name) const {
    auto policy = read(name);
    BOOST_REQUIRE_MESSAGE(policy, (policy ? "" : render(policy.error())));
    return *std::move(policy);
  }
  // Modules load from app/, where nothing is written, unless `text` says otherwise.
  Difference compared(const std::string& older, const std::string& newer) const {
    write("old", older);
    write("new", newer);
    return diff(parsed("old"), parsed("new"), root, root);
  }
  bool widens(const std::string& older, const std::string& newer) const { return compared(older, newer).widened(); }
  // The second takes something away, and the first is more.
  void narrows(const std::string& older, const std::string& newer) const {
    BOOST_TEST(!widens(older, newer), "widened: " + newer);
    BOOST_TEST(!compared(older, newer).changes.empty(), "no difference: " + newer);
    BOOST_TEST(widens(newer, older), "not widened: " + older);
  }
  std::string root;
};

constexpr const char* kApp = "[modules]\nroot = \"app\"\n";

std::string grant(const std::string& path, const std::string& at, const std::string& rights,
                  const std::string& to = "**", const std::string& more = "") {
  return "[[grant]]\nto = \"" + to + "\"\nfs = [{ path = \"" + path + "\", at = \"" + at + "\", rights = [" + rights +
         "]" + more + " }]\n";
}
std::string deny(const std::string& at, const std::string& to = "**", const std::string& rights = "\"read\"") {
  return "[[deny]]\nto = \"" + to + "\"\nfs = [{ at = \"" + at + "\", rights = [" + rights + "] }]\n";
}

BOOST_FIXTURE_TEST_SUITE(policy_diff, Folder)

BOOST_AUTO_TEST_CASE(settings) {
  for (const auto& [less, more] : std::vector<std::pair<std::string, std::string>>{
           {"[limits]\nwall = \"1s\"\n", ""},
           {"[limits]\nhandles = 3\n", "[limits]\nhandles = 4\n"},
           {"", "[limits]\naudit = \"1GiB\"\n"},
           {"", "[engine]\neval = true\n"},
           {"[engine]\njit = false\n", "[engine]\nwasm = false\n"},
           {"[engine]\nwasm = false\n", ""},
           {"[engine]\nclock = \"1s\"\n", "[engine]\nclock = \"999ms\"\n"},
           {"[engine]\nclock = \"frozen\"\n", "[engine]\nclock = \"1h\"\n"},
           {"[modules]\nroot = \"h/a\"\n", "[modules]\nroot = \"h\"\n"}}) {
    narrows(more, less);
  }
  BOOST_TEST(compared("", "").changes.empty());
  BOOST_TEST(widens("[limits]\nwall = \"1s\"\ncpu = \"2s\"\n", "[limits]\nwall = \"2s\"\ncpu = \"1s\"\n"));
}

BOOST_AUTO_TEST_CASE(rights_modules_and_globs) {
  const std::string app = kApp;
  const std::string read = grant("h/a", "/x", "\"read\"");
  narrows(app + grant("h/a", "/x", "\"read\", \"list\""), app + read);
  narrows(app + read, app + grant("h/a", "/x", "\"read\"", "lib/**"));
  narrows(app + grant("h/a", "/x", "\"read\"", "lib/**"), app + grant("h/a", "/x", "\"read\"", "lib/*.mjs"));
  narrows(app + grant("h/a", "/x", "\"read\"", "lib/{a,b}.mjs"), app + grant("h/a", "/x", "\"read\"", "lib/a.mjs"));
  narrows(app + grant("h/a", "/x", "\"read\"", "[a-c].mjs"), app + grant("h/a", "/x", "\"read\"", "[ab].mjs"));
  narrows(app + grant("h", "/x", "\"read\""), app + grant("h/a/b", "/y", "\"read\""));
  // The same in other words, and under another name.
  BOOST_TEST(compared(app + grant("h/a", "/x", "\"read\"", "{a,b}.mjs"),
                      app + grant("h/a", "/x", "\"read\"", "a.mjs") + grant("h/a", "/x", "\"read\"", "[b].mjs"))
                 .changes.empty());
  BOOST_TEST(compared(app + read, app + grant("h/a", "/y", "\"read\"")).changes.empty());
  // Only what can be loaded is a module.
  BOOST_TEST(
      compared(app + grant("h/a", "/x", "\"read\"", "lib/**"), app + grant("h/a", "/x", "\"read\"", "lib/**/*.*"))
          .changes.empty());
  const Difference one = compared(app, app + grant("h/a", "/x", "\"read\", \"write\"", "lib/*.mjs"));
  BOOST_REQUIRE(one.changes.size() == 1u);
  BOOST_TEST((one.changes[0].subject == Subject::kFs));
  BOOST_TEST(one.changes[0].module == "lib/a.mjs");
  BOOST_TEST(one.changes[0].resource == "/x");
  BOOST_TEST((one.changes[0].rights == capabilities::RightSet{Right::kRead, Right::kWrite}));
  BOOST_TEST(one.changes[0].newRule.rule() == root + "/new:6");
}

BOOST_AUTO_TEST_CASE(denies) {
  const std::string x = kApp + grant("h", "/x", "\"read\", \"delete\"");
  narrows(x, x + deny("/x/a"));
  narrows(x + deny("/x/a/*"), x + deny("/x/a/**"));
  narrows(x + deny("/x/**", "lib/**"), x + deny("/x/**"));
  narrows(x + deny("/x/**/c"), x + deny("/x/**/[cd]"));
  // One that binds nothing is one all the same, so is one under the old name of what is moved.
  narrows(kApp, kApp + deny("/y/**"));
  BOOST_TEST(widens(x + deny("/x/a"), kApp + grant("h", "/y", "\"read\"") + deny("/y/a")));
  BOOST_TEST(!widens(x + deny("/x/a"), x + deny("/x/{a,b}")));
  BOOST_TEST(compared(x + deny("/x/a") + deny("/x/b"), x + deny("/x/[ab]")).changes.empty());
  narrows(kApp, std::string(kApp) + "[[deny]]\nto = \"**\"\nenv = [\"A\"]\n");
}

BOOST_AUTO_TEST_CASE(a_longer_at_hides_and_shows) {
  const std::string outer = kApp + grant("h/a", "/x", "\"read\"");
  // What was hidden is shown again; what hides shows something else.
  narrows(outer, outer + grant("h/a/b/c", "/x/b", "\"read\""));
  BOOST_TEST(widens(outer, outer + grant("h/d", "/x/b", "\"read\"")));
  BOOST_TEST(
      widens(outer + grant("h/a/b/c", "/x/b", "\"read\""), outer + grant("h/a/b/c", "/x/b", "\"read\"", "a.mjs")));
  // The same folder within itself hides nothing.
  BOOST_TEST(compared(outer, outer + grant("h/a", "/x/b", "\"read\"")).changes.empty());
}

BOOST_AUTO_TEST_CASE(a_folder_can_be_moved_where_no_rule_is_beneath) {
  const std::string x = kApp + grant("h", "/x", "\"delete\"");
  const Difference moved = compared(x + grant("h/a", "/x/a", "\"delete\""), x);
  BOOST_TEST(moved.widened());
  BOOST_TEST((moved.changes[0].subject == Subject::kMove));
}

BOOST_AUTO_TEST_CASE(environment) {
  const auto env = [](const std::string& to, const std::string& names) {
    return "[[grant]]\nto = \"" + to + "\"\nenv = [" + names + "]\n";
  };
  narrows(env("**", "\"A\", \"B\""), env("**", "\"A\""));
  narrows(env("**", "\"A\""), env("a.mjs", "\"A\""));
  // Every module has it either way, but process.env shows what is granted to all.
  BOOST_TEST(widens(env("{**,x}", "\"A\""), env("**", "\"A\"")));
}

BOOST_AUTO_TEST_CASE(storage) {
  const auto out = [](const std::string& at, const std::string& bytes) {
    return grant("h" + at, at, "\"write\"", "**", bytes.empty() ? "" : ", storage = \"" + bytes + "\"");
  };
  narrows(kApp + out("/a", "2MiB"), kApp + out("/a", "1MiB"));
  narrows(kApp + out("/a", ""), kApp + out("/a", "1MiB"));
  // Two budgets of a size are more than one of it.
  BOOST_TEST(widens(kApp + out("/a", "1MiB"), kApp + out("/a", "1MiB") + out("/a/b", "1MiB")));
  BOOST_TEST(!widens(kApp + out("/a", "2MiB"), kApp + out("/a", "1MiB") + out("/a/b", "1MiB")));
}

BOOST_AUTO_TEST_CASE(what_is_no_longer_written_or_shown_can_be_loaded) {
  const std::string w = grant("h/a", "/x", "\"write\"");
  const Difference difference = compared("[modules]\nroot = \"h\"\n" + w, "[modules]\nroot = \"h\"\n");
  BOOST_REQUIRE(difference.widened());
  BOOST_TEST((difference.changes[0].subject == Subject::kLoad));
  BOOST_TEST(difference.changes[0].resource == "a");
  BOOST_TEST(!widens(kApp + w, kApp));
  // A deny binds the import of what some entry shows.
  const std::string root = "[modules]\nroot = \"h\"\n" + deny("/x/b");
  BOOST_TEST(widens(root + grant("h/a", "/x", "\"list\""), root));
}

BOOST_AUTO_TEST_CASE(ceilings_and_includes) {
  write("c", grant("h/a", "/y", "\"read\""));
  write("d", grant("h/a", "/y", "\"read\", \"write\""));
  write("i", grant("h/a", "/x", "\"read\""));
  write("j", grant("h/a", "/x", "\"read\"", "lib/**"));
  const std::string x = kApp + grant("h", "/x", "\"read\", \"write\"");
  narrows(x, "within = \"c\"\n" + x);
  narrows("within = \"d\"\n" + x, "within = \"c\"\n" + x);
  narrows("include = [\"i\"]\n" + std::string(kApp), "include = [\"j\"]\n" + std::string(kApp));
  // A ceiling that takes nothing away is one all the same.
  write("all",
        "[limits]\nwall = \"1h\"\n[engine]\neval = true\nclock = \"1ns\"\n" + grant("h", "/", "\"read\", \"write\""));
  BOOST_TEST(widens("within = \"all\"\n" + x, x));
}

BOOST_AUTO_TEST_CASE(workers) {
  const auto walled = [](const std::string& to) {
    return "[[grant]]\nto = \"" + to + "\"\nenv = [\"A\"]\nisolate = true\n";
  };
  const std::string open = "[[grant]]\nto = \"v.mjs\"\nenv = [\"A\"]\n";
  narrows(open, walled("v.mjs"));
  // Two walls are more than one around both.
  narrows(walled("{v,w}.mjs"), walled("v.mjs") + walled("w.mjs"));
  const Difference difference = compared(walled("v.mjs"), open);
  BOOST_TEST(std::ranges::any_of(difference.changes, [](const Change& c) { return c.subject == Subject::kIsolate; }));
}

BOOST_AUTO_TEST_CASE(integrity) {
  for (const char* file : {"a.mjs", "b.mjs"}) write(file, "");
  const std::string one = "sha256-" + std::string(43, 'A') + "=", other = "sha256-" + std::string(42, 'A') + "E=";
  const auto held = [&](const std::string& file, const std::string& digest) {
    return "[modules.integrity]\n\"./" + file + "\" = \"" + digest + "\"\n";
  };
  narrows("", held("a.mjs", one));
  BOOST_TEST(widens(held("a.mjs", one), held("a.mjs", other)));
  BOOST_TEST(widens(held("a.mjs", one), held("b.mjs", one)));
  BOOST_TEST(compared(held("a.mjs", one), held("a.mjs", one)).changes.empty());
}

BOOST_AUTO_TEST_CASE(in_another_checkout) {
  for (const std::string tree : {"/one/site", "/two/site"}) {
    fs::create_directories(root + tree + "/docs");
    fs::create_directories(root + tree + "/../shared");
  }
  const std::string text = grant("docs", "/docs", "\"read\"") + grant("../shared", "/s", "\"read\"");
  const auto compare = [&](const std::string& newer) {
    write("one/site/p", text);
    write("two/site/p", newer);
    return diff(parsed("one/site/p"), parsed("two/site/p"), root + "/one/site", root + "/two/site");
  };
  BOOST_TEST(compare(text).changes.empty());
  BOOST_TEST(compare(text + grant("../../one", "/o", "\"read\"")).widened());
  BOOST_TEST(compare(grant("..", "/docs", "\"read\"")).widened());
}

BOOST_AUTO_TEST_CASE(what_is_too_much_to_decide_is_a_widening) {
  // The classes of segments that twenty of these tell apart are too many.
  std::string text = kApp;
  for (int i = 0; i < 20; ++i) {
    const std::string letters = {static_cast<char>('a' + i), static_cast<char>('z' - i)};
    text += deny("/x/*" + letters.substr(0, 1) + "*" + letters.substr(1) + "*" + letters.substr(0, 1) + "*");
  }
  const Difference difference = compared(text, text + "[[deny]]\nto = \"**\"\nfs = [{ at = \"/y\" }]\n");
  BOOST_REQUIRE(difference.widened());
  BOOST_TEST((difference.changes[0].subject == Subject::kUndecided));
  // What says the same is never more.
  BOOST_TEST(compared(text, text).changes.empty());
}

// Random policies are asked random questions: where the newer one answers any with yes and the older one with no, the
// diff is a widening; and each change of rights that it names is one, by its example.
BOOST_AUTO_TEST_CASE(random_policies_and_questions) {
  std::mt19937 random(20261126);
  const auto pick = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
  const std::vector<std::string> hosts = {"h", "h/a", "h/a/b", "h/a/b/c", "h/d"};
  const std::vector<std::string> guests = {"/", "/x", "/x/b", "/x/b/c", "/y", "/y/a"};
  const std::vector<std::string> patterns = {"/x/**", "/**/c/**", "/y/*",      "/**/f",   "/x/b",
                                             "/**",   "/*/b",     "/x/[a-c]*", "/**/?c*", "/{x,y}/**/b/*"};
  const std::vector<std::string> modules = {"**",     "m.mjs",     "lib/**", "lib/*.mjs", "{m,n}.mjs",
                                            "**/m.*", "[l-n].mjs", "n.mjs",  "lib/a/**",  "*"};
  const std::vector<std::string> asked = {"m.mjs", "n.mjs", "k.mjs", "m.js", "lib/m.mjs", "lib/a/b.mjs", "lib/a.wasm"};
  const auto rule = [&] {
    if (random() % 3 == 0) return deny(pick(patterns), pick(modules), pick({"\"read\"", "\"write\", \"list\""}));
    return grant(pick(hosts), pick(guests), pick({"\"read\"", "\"list\", \"read\"", "\"write\""}), pick(modules));
  };
  int compared = 0, widened = 0, questions = 0;
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> rules;
    for (size_t i = 1 + random() % 4; i > 0; --i) rules.push_back(rule());
    const auto text = [&] {
      std::string all = random() % 4 == 0 ? "within = \"c\"\n" : "";
      all += kApp;
      for (const std::string& one : rules) all += one;
      return all;
    };
    write("c", rule() + rule());
    write("old", text());
    // Little is changed, so that often nothing is wider.
    switch (random() % 3) {
      case 0:
        rules.push_back(rule());
        break;
      case 1:
        rules.erase(rules.begin() + static_cast<ptrdiff_t>(random() % rules.size()));
        break;
      default:
        rules[random() % rules.size()] = rule();
    }
    write("new", text());
    const auto older = read("old"), newer = read("new");
    if (!older || !newer) continue;
    ++compared;
    const Difference difference = diff(*older, *newer, root, root);
    widened += difference.widened() ? 1 : 0;
    const auto answer = [&](const Policy& policy, const std::string& module, const std::string& host) {
      const auto grants = grantsOf(policy, module);
      return grants ? Binding(*grants).heldOn(host) : capabilities::RightSet();
    };
    for (const std::string& module : asked) {
      for (const std::string& base : hosts) {
        for (const std::string rest : {"", "/f", "/b", "/b/f", "/a/b/c/f", "/c", "/c/cc", "/d/f", "/ab"}) {
          const std::string host = root + "/" + base + rest;
          const auto more = answer(*newer, module, host) - answer(*older, module, host);
          if (!more.empty()) BOOST_TEST(difference.widened(), module + " on " + host);
          ++questions;
        }
      }
    }
    for (const Change& change : difference.changes) {
      BOOST_TEST((change.subject != Subject::kUndecided));
      if (change.subject != Subject::kFs) continue;
      const bool wider = change.direction == Direction::kWidened;
      const auto with = grantsOf(wider ? *newer : *older, change.module);
      BOOST_REQUIRE(with);
      const auto host = Binding(*with).hostOf(change.resource);
      BOOST_REQUIRE(host);
      const auto lacking = answer(wider ? *older : *newer, change.module, *host);
      bool isOne = false;
      for (int i = 0; i < capabilities::kRightCount; ++i) {
        const auto right = static_cast<Right>(i);
        isOne = isOne ||
                (change.rights.has(right) && decide(*with, right, change.resource).allowed() && !lacking.has(right));
      }
      BOOST_TEST(isOne, change.module + " on " + change.resource);
    }
  }
  BOOST_TEST(compared > 250);
  BOOST_TEST(widened > 50);
  BOOST_TEST(compared - widened > 50);
  BOOST_TEST(questions > 50'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::policies
