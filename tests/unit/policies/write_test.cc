#include "policies/write.h"

#include <stdlib.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "policies/parse.h"

namespace runtime::policies {
namespace {

namespace fs = std::filesystem;
using capabilities::Right;
using capabilities::RightSet;

// Pieces of names that mean something to TOML, to globs, to a terminal or to a reader's eye.
const std::vector<std::string> kPieces = {"a",
                                          "Ω",
                                          "\"",
                                          "\"\"\"",
                                          "'",
                                          "'''",
                                          "\\",
                                          "\n",
                                          "\t",
                                          "\r\n",
                                          "\x1b[2J",
                                          "#",
                                          "]]",
                                          "[[grant]]",
                                          "= 1",
                                          "{x}",
                                          "*",
                                          "?",
                                          "[!a]",
                                          "**",
                                          "\u202e",
                                          "\u200b",
                                          "\U000e0041",
                                          " ",
                                          "\x7f",
                                          "\\u0041",
                                          "\u2028",
                                          ",",
                                          "}",
                                          "^",
                                          "\xc2\x9b",
                                          ".policy.toml",
                                          "\"]\nfs = [{ path = \"/\", at = \"/\", rights = [\"read\"] }]\n#"};

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  size_t below(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(engine_); }
  bool sometimes() { return below(2) == 0; }
  std::string name() {
    std::string text = "n";
    for (size_t i = below(5); i > 0; --i) text += kPieces[below(kPieces.size())];
    return text;
  }
  // What `at` can hold.
  std::string guest() {
    std::string text = name();
    std::erase_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '/'; });
    return "/" + text;
  }
  // What a glob can hold.
  std::string module() { return guest().substr(1) + ".mjs"; }
  RightSet rights() {
    RightSet set{static_cast<Right>(below(capabilities::kRightCount))};
    for (int i = 0; i < capabilities::kRightCount; ++i) {
      if (sometimes()) set = set | RightSet{static_cast<Right>(i)};
    }
    return set;
  }

 private:
  std::mt19937 engine_;
};

struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "write_test.XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    root = fs::canonical(pattern).string();
  }
  ~Folder() { fs::remove_all(root); }
  std::string root;
};

Glob glob(const std::string& pattern, Glob::Over over) {
  auto parsed = Glob::parse(pattern, over);
  BOOST_REQUIRE_MESSAGE(parsed, pattern << ": " << (parsed ? "" : parsed.error()));
  return *parsed;
}

// A policy of hostile names, all of them there in `folder`.
Policy randomPolicy(Chance& chance, const std::string& folder) {
  Policy policy = emptyPolicy(folder);
  if (chance.sometimes()) policy.limits.wallNs = 1 + chance.below(100'000'000'000);
  if (chance.sometimes()) policy.limits.memoryBytes = kLeastMemoryBytes + chance.below(1 << 30);
  if (chance.sometimes()) policy.limits.handles = 1 + chance.below(kMostHandles);
  if (chance.sometimes()) policy.engine.eval = true;
  if (chance.sometimes()) policy.engine.wasm = false;
  if (chance.below(4) == 0) policy.engine.jit = policy.engine.wasm = false;
  if (chance.sometimes()) policy.engine.clockResolutionNs = chance.below(3) * 1'000'000;
  if (chance.sometimes()) {
    policy.modules.root = folder + "/root";
    fs::create_directories(policy.modules.root + "/lib");
    BOOST_REQUIRE(policy.modules.imports.add("lib/", "./lib/"));
    if (chance.sometimes()) BOOST_REQUIRE(policy.modules.imports.add("q\"u'o#te/", "./lib/"));
    if (chance.sometimes()) BOOST_REQUIRE((*policy.modules.imports.addScope("./lib/"))->add("a\"]\n/", "./lib/"));
    if (chance.sometimes()) BOOST_REQUIRE(policy.modules.imports.addScope("./"));
    if (chance.sometimes()) {
      std::ofstream(policy.modules.root + "/lib/\"q'.mjs") << "1";
      BOOST_REQUIRE(policy.modules.integrity.add("./lib/\"q'.mjs", "sha384-" + std::string(64, 'a')));
    }
  }
  for (size_t number = chance.below(4); number > 0; --number) {
    Grant& grant = policy.grants.emplace_back();
    grant.to.push_back(glob(globOf(std::to_string(number) + chance.module()), Glob::Over::kModules));
    if (chance.sometimes()) grant.to.push_back(glob("lib/**/*.{mjs,js}", Glob::Over::kModules));
    for (size_t entries = chance.below(4); entries > 0; --entries) {
      FsGrant& entry = grant.fs.emplace_back();
      entry.path = folder + "/" + chance.name() + std::to_string(number * 10 + entries);
      std::ranges::replace(entry.path, '/', '_');
      entry.path = folder + "/" + entry.path;
      fs::create_directories(entry.path);
      entry.at = chance.guest() + std::to_string(number * 10 + entries);
      entry.rights = chance.rights();
      if (entry.rights.has(Right::kWrite) && chance.sometimes()) entry.storageBytes = 1 + chance.below(1 << 20);
    }
    if (chance.sometimes() || grant.fs.empty()) grant.env = {"LANG", "A\"B'C#\\"};
    grant.isolate = chance.sometimes();
  }
  for (size_t number = chance.below(3); number > 0; --number) {
    Deny& deny = policy.denies.emplace_back();
    deny.to.push_back(glob("**", Glob::Over::kModules));
    deny.fs.push_back(FsDeny{glob("/x/**", Glob::Over::kGuestPaths), chance.rights(), {}});
    deny.fs.push_back(FsDeny{glob("/**/*.k[e-f]y", Glob::Over::kGuestPaths), RightSet::all(), {}});
    if (chance.sometimes()) deny.env = {"HOME"};
  }
  return policy;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(write_test)

BOOST_AUTO_TEST_CASE(what_is_written_reads_back_the_same) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const Folder folder;
    Chance chance(seed);
    const Policy policy = randomPolicy(chance, folder.root);
    Remarks remarks;
    remarks.head = {chance.name(), "two\nlines"};
    remarks.tail = {chance.name()};
    for (size_t grant = 0; grant < policy.grants.size(); ++grant) {
      for (size_t entry = 0; entry < policy.grants[grant].fs.size(); ++entry) {
        remarks.entries[{grant, entry}] = {chance.name() + chance.name()};
      }
    }
    for (const std::string& base : {folder.root, std::string(), std::string("/")}) {
      const auto text = write(policy, base, remarks);
      BOOST_REQUIRE_MESSAGE(text, (text ? "" : text.error()));
      const auto read = parseText(*text, "p.toml", base.empty() ? "/nowhere" : base);
      BOOST_REQUIRE_MESSAGE(read, "seed " << seed << "\n" << *text << (read ? "" : render(read.error())));
      BOOST_REQUIRE_MESSAGE(sayTheSame(policy, *read), "seed " << seed << "\n" << *text);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_differs_in_scopes_or_integrity_does_not_say_the_same) {
  const Folder folder;
  const Policy plain = emptyPolicy(folder.root);
  const auto says = [&](auto change) {
    Policy policy = plain;
    change(policy.modules);
    return sayTheSame(plain, policy);
  };
  const std::string digest = "sha256-" + std::string(43, 'A') + "=";
  BOOST_TEST(says([](Modules&) {}));
  BOOST_TEST(!says([](Modules& modules) { BOOST_REQUIRE(modules.imports.addScope("./lib/")); }));
  BOOST_TEST(!says([&](Modules& modules) { BOOST_REQUIRE(modules.integrity.add("./a.mjs", digest)); }));
  Policy one = plain;
  Policy other = plain;
  BOOST_REQUIRE((*one.modules.imports.addScope("./lib/"))->add("a", "./a.mjs"));
  BOOST_REQUIRE((*other.modules.imports.addScope("./lib/"))->add("a", "./b.mjs"));
  BOOST_TEST(!sayTheSame(one, other));
}

BOOST_AUTO_TEST_CASE(nothing_hidden_stands_in_the_text) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    const Folder folder;
    Chance chance(seed);
    const Policy policy = randomPolicy(chance, folder.root);
    Remarks remarks;
    remarks.head = {chance.name() + "\x1b]0;title\x07\xff\u202e"};
    const auto text = write(policy, folder.root, remarks);
    BOOST_REQUIRE(text);
    for (const unsigned char c : *text) BOOST_REQUIRE((c == '\n' || (c >= 0x20 && c != 0x7f)));
    for (const std::string mark : {"\u202e", "\u200b", "\u2028", "\xc2\x9b", "\U000e0041"}) {
      BOOST_REQUIRE(!text->contains(mark));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_comment_cannot_become_a_rule) {
  const Folder folder;
  Remarks remarks;
  remarks.tail = {"x\r[[grant]]\rto = \"**\"", "y\n[[grant]]\nto = \"**\""};
  const auto text = write(emptyPolicy(folder.root), folder.root, remarks);
  BOOST_REQUIRE(text);
  const auto read = parseText(*text, "p.toml", folder.root);
  BOOST_REQUIRE(read);
  BOOST_TEST(read->grants.empty());
}

BOOST_AUTO_TEST_CASE(the_glob_of_a_module_matches_it_alone) {
  for (const std::string name : {"a*.mjs", "a?.mjs", "[ab].mjs", "{a,b}.mjs", "**", "x\\y.mjs", "!a.mjs"}) {
    const Glob exact = glob(globOf(name), Glob::Over::kModules);
    BOOST_TEST(exact.matches(name));
    BOOST_TEST(!exact.matchesEverything());
    for (const std::string other : {"ab.mjs", "a.mjs", "b.mjs", "main.mjs", "xy.mjs", "lib/a.mjs"}) {
      BOOST_TEST(!exact.matches(other), name << " matches " << other);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_utf8_is_refused) {
  const Folder folder;
  Policy policy = emptyPolicy(folder.root);
  policy.grants.emplace_back();
  policy.grants[0].to.push_back(glob("main.mjs", Glob::Over::kModules));
  policy.grants[0].fs.push_back(FsGrant{folder.root + "/caf\xe9", "/x", {Right::kRead}, {}, {}});
  const auto text = write(policy, folder.root, {});
  BOOST_REQUIRE(!text);
  BOOST_TEST(text.error() == "a policy is UTF-8, and this name is not: \"caf\xEF\xBF\xBD\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::policies
