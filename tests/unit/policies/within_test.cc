#include <stdlib.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "policies/binding.h"
#include "policies/parse.h"

namespace runtime::policies {
namespace {

namespace fs = std::filesystem;
using capabilities::Right;

// A folder with h/, whose folders are a, a/b, a/b/c and d, gone at the end.
struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "within_test.XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    root = fs::canonical(pattern).string();
    fs::create_directories(root + "/h/a/b/c");
    fs::create_directories(root + "/h/d");
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
  static bool allows(const Policy& policy, Right right, const std::string& guest) {
    return decide(grantsOf(policy, "m.mjs").value(), right, guest).allowed();
  }
  std::string root;
};

std::string grant(const std::string& path, const std::string& at, const std::string& rights) {
  return "[[grant]]\nto = \"**\"\nfs = [{ path = \"" + path + "\", at = \"" + at + "\", rights = [" + rights + "] }]\n";
}

BOOST_FIXTURE_TEST_SUITE(within, Folder)

BOOST_AUTO_TEST_CASE(compares_host_files_and_not_guest_paths) {
  write("p", "within = \"c\"\n" + grant("h/a", "/x", "\"read\", \"list\""));
  write("c", grant("h/a/b", "/y", "\"read\"") + "[[deny]]\nto = \"**\"\nfs = [{ at = \"/y/c/**\" }]\n");
  const Policy policy = parsed("p");
  BOOST_TEST(!allows(policy, Right::kRead, "/x/f"));
  BOOST_TEST(allows(policy, Right::kRead, "/x/b/f"));
  BOOST_TEST(!allows(policy, Right::kList, "/x/b"));
  BOOST_TEST(!allows(policy, Right::kRead, "/x/b/c/f"));
  BOOST_TEST(!allows(policy, Right::kRead, "/y/f"));
  BOOST_REQUIRE(policy.warnings.size() == 2u);
  BOOST_TEST(policy.warnings[0].message.contains("`read` at `/x` to every module of this rule, or not on all"));
  BOOST_TEST(policy.warnings[1].message.contains("`list` at `/x`"));
  const Binding binding(grantsOf(policy, "m.mjs").value());
  BOOST_TEST(binding.couldDenyBeneath("/x"));
  BOOST_TEST(binding.couldDenyBeneath("/x/b"));
  BOOST_TEST(!binding.couldDenyBeneath("/x/d"));
  BOOST_TEST(policy.files.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_symlink_does_not_lead_past_a_ceiling) {
  fs::create_directory_symlink(root + "/h/d", root + "/h/a/link");
  write("p", "within = \"c\"\n" + grant("h/a/link", "/x", "\"read\""));
  write("c", grant("h/a", "/y", "\"read\""));
  BOOST_TEST(!allows(parsed("p"), Right::kRead, "/x/f"));
}

BOOST_AUTO_TEST_CASE(a_dropped_entry_uncovers_nothing) {
  write("p", "within = \"c\"\n" + grant("h/a", "/x", "\"read\"") + grant("h/d", "/x/b", "\"read\""));
  write("c", grant("h/a", "/y", "\"read\""));
  BOOST_TEST(!allows(parsed("p"), Right::kRead, "/x/b/f"));
  BOOST_TEST(allows(parsed("p"), Right::kRead, "/x/f"));
}

BOOST_AUTO_TEST_CASE(settings_and_environment_are_lowered) {
  write("p",
        "within = \"c\"\n[limits]\nwall = \"1h\"\ncpu = \"1s\"\n[engine]\neval = true\n"
        "[[grant]]\nto = \"**\"\nenv = [\"A\", \"B\"]\n");
  write("c", "[limits]\nwall = \"5s\"\n[engine]\njit = false\nclock = \"1s\"\n[[grant]]\nto = \"**\"\nenv = [\"B\"]\n");
  const Policy policy = parsed("p");
  BOOST_TEST(policy.limits.wallNs == 5'000'000'000u);
  BOOST_TEST(policy.limits.cpuNs == 1'000'000'000u);
  BOOST_TEST((!policy.engine.eval && !policy.engine.jit && !policy.engine.wasm));
  BOOST_TEST(policy.engine.clockResolutionNs == 1'000'000'000u);
  BOOST_TEST(environmentOfEveryModule(policy) == std::vector<std::string>{"B"});
  BOOST_TEST(grantsOf(policy, "m.mjs")->env == std::vector<std::string>{"B"});
  BOOST_TEST(policy.warnings.size() == 6u);
}

BOOST_AUTO_TEST_CASE(roots_and_faults) {
  fs::create_directories(root + "/sub");
  write("sub/p", "within = \"../c\"\n[[grant]]\nto = \"**\"\nenv = [\"A\"]\n");
  write("c", "[modules]\nroot = \".\"\n[[grant]]\nto = \"sub/a.mjs\"\nenv = [\"A\"]\n");
  BOOST_TEST(grantsOf(parsed("sub/p"), "a.mjs")->env.size() == 1u);
  BOOST_TEST(grantsOf(parsed("sub/p"), "sub/a.mjs")->env.empty());
  write("c", "[modules]\nroot = \"h\"\n");
  BOOST_TEST(!read("sub/p"));
  write("c", "[limits]\nwall = 1\n");
  BOOST_REQUIRE(!read("sub/p"));
  BOOST_TEST(read("sub/p").error()[0].place.text() == root + "/sub/../c:3:8");
  write("c", "within = \"c\"\n");
  BOOST_TEST(!read("sub/p"));
  BOOST_TEST(!read("c"));
  fs::remove(root + "/c");
  BOOST_TEST(!read("sub/p"));
}

// What a random policy within a random ceiling allows is what both allow on the host file, and no more.
BOOST_AUTO_TEST_CASE(random_policies_and_questions) {
  std::mt19937 random(20261126);
  const auto pick = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
  const std::vector<std::string> hosts = {"h", "h/a", "h/a/b", "h/a/b/c", "h/d"};
  const std::vector<std::string> guests = {"/", "/x", "/x/b", "/x/b/c", "/y", "/y/a"};
  const std::vector<std::string> denies = {"/x/**", "/**/c/**", "/y/*", "/**/f", "/x/b"};
  const auto policyText = [&] {
    std::string text;
    for (size_t i = 1 + random() % 3; i > 0; --i)
      text += grant(pick(hosts), pick(guests), pick({"\"read\"", "\"list\", \"read\"", "\"write\""}));
    if (random() % 2 == 0)
      text += "[[deny]]\nto = \"**\"\nfs = [{ at = \"" + pick(denies) + "\", rights = [\"read\"] }]\n";
    return text;
  };
  int asked = 0, allowed = 0, narrowed = 0;
  for (int round = 0; round < 400; ++round) {
    const std::string text = policyText();
    write("p", text);
    write("c", policyText());
    write("q", "within = \"c\"\n" + text);
    const auto alone = read("p");
    const auto above = read("c");
    const auto both = read("q");
    if (!alone || !above) continue;
    BOOST_REQUIRE(both);
    const auto own = grantsOf(*alone, "m.mjs").value();
    const auto ceiling = grantsOf(*above, "m.mjs").value();
    const auto effective = grantsOf(*both, "m.mjs").value();
    const Binding binding(effective);
    for (const std::string& base : guests) {
      for (const std::string rest : {"", "/f", "/b/f", "/a/b/c/f", "/c", "/d/f"}) {
        const std::string guest = base == "/" ? (rest.empty() ? "/" : rest) : base + rest;
        for (const Right right : {Right::kRead, Right::kList, Right::kWrite}) {
          const Decision byOwn = decide(own, right, guest);
          bool byCeiling = false, denied = false;
          if (byOwn.entry) {
            const std::string tail = guest.substr(byOwn.entry->at == "/" ? 0 : byOwn.entry->at.size());
            const std::string host = byOwn.entry->path + (tail == "/" ? "" : tail);
            for (const FsGrant& entry : ceiling.fs) {
              if (host != entry.path && !host.starts_with(entry.path + "/")) continue;
              const std::string name = (entry.at == "/" ? "" : entry.at) + host.substr(entry.path.size());
              const Decision decision = decide(ceiling, right, name.empty() ? "/" : name);
              denied = denied || (decision.reason == Decision::Reason::kDenied && decision.entry->at == entry.at);
              byCeiling = byCeiling || (decision.allowed() && decision.entry->at == entry.at);
            }
          }
          const bool expected = byOwn.allowed() && byCeiling && !denied;
          BOOST_TEST(decide(effective, right, guest).allowed() == expected, guest);
          // The door asks for what binds, under every name of the file.
          if (byOwn.allowed()) BOOST_TEST(binding.deniedAt(guest).has(right) == !expected, guest);
          ++asked, allowed += expected ? 1 : 0, narrowed += byOwn.allowed() && !expected ? 1 : 0;
        }
      }
    }
  }
  BOOST_TEST(asked > 10'000);
  BOOST_TEST(allowed > 300);
  BOOST_TEST(narrowed > 300);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::policies
