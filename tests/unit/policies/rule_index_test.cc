#include "policies/rule_index.h"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

#include "capabilities/guest_path.h"

namespace runtime::policies {
namespace {

using capabilities::covers;
using capabilities::Right;
using capabilities::RightSet;

FsGrant entry(std::string path, std::string at, RightSet rights) {
  FsGrant grant;
  grant.path = std::move(path);
  grant.at = std::move(at);
  grant.rights = rights;
  return grant;
}

FsDeny deny(const std::string& at, RightSet rights) {
  return {Glob::parse(at, Glob::Over::kGuestPaths).value(), rights, {}};
}

const FsGrant* ownerOf(const std::vector<FsGrant>& entries, const std::string& guest) {
  const FsGrant* owner = nullptr;
  for (const FsGrant& one : entries) {
    if (covers(one.at, guest) && (owner == nullptr || one.at.size() > owner->at.size())) owner = &one;
  }
  return owner;
}

BOOST_AUTO_TEST_SUITE(rule_index)

BOOST_AUTO_TEST_CASE(of_nothing_nothing) {
  const RuleIndex none({}, {});
  BOOST_TEST(none.ownerOf("/a") == nullptr);
  BOOST_TEST(none.namesOf("/").empty());
  BOOST_TEST(none.deniedAt("/a").empty());
}

// What is found is what a look at every rule finds.
BOOST_AUTO_TEST_CASE(random_rules_and_paths) {
  std::mt19937 random(20261126);
  const auto pick = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
  const std::vector<std::string> paths = {"/",  "/a",     "/a/b", "/a/b/c",      "/ab",       "/a/bc",
                                          "/b", "/b/a/b", "/a b", "/a/\xc3\xa4", "/a/\xff/x", "/a/b/c/d/e/f"};
  const std::vector<std::string> globs = {"/a/**", "/**",   "/a/b",     "/a/*",        "/{a,b}/**/b", "/a/{b,bc}",
                                          "/*",    "/**/c", "/[ab]/**", "/a/\xc3\xa4", "/a\\ b",      "/a/b/**/*.key",
                                          "/b/**", "/a*/b", "/a/?/c/**"};
  const RightSet some[] = {{Right::kRead}, {Right::kWrite, Right::kList}, RightSet::all()};
  size_t owned = 0, taken = 0, named = 0;
  for (int round = 0; round < 2'000; ++round) {
    std::vector<FsGrant> entries;
    for (const std::string& at : paths) {
      if (random() % 3 == 0) entries.push_back(entry(pick(paths), at, some[random() % 3]));
    }
    std::ranges::shuffle(entries, random);
    std::vector<FsDeny> denies;
    for (size_t i = random() % 4; i > 0; --i) denies.push_back(deny(pick(globs), some[random() % 3]));
    const RuleIndex index(entries, denies);
    for (const std::string& path : paths) {
      const FsGrant* owner = ownerOf(entries, path);
      const FsGrant* found = index.ownerOf(path);
      BOOST_REQUIRE((owner == nullptr) == (found == nullptr));
      if (owner != nullptr) BOOST_REQUIRE(owner->at == found->at);
      owned += owner != nullptr ? 1 : 0;

      RightSet rights;
      for (const FsDeny& one : denies) {
        if (one.at.matches(path)) rights = rights | one.rights;
      }
      BOOST_REQUIRE_MESSAGE((index.deniedAt(path) == rights), path);
      taken += rights.empty() ? 0 : 1;

      std::vector<std::pair<std::string, std::string>> names, got;
      RightSet granted;
      for (const FsGrant& one : entries) {
        const auto rest = capabilities::relativeTo(one.path, path);
        if (!rest) continue;
        const std::string guest = capabilities::join(one.at, *rest);
        if (ownerOf(entries, guest)->at != one.at) continue;
        names.emplace_back(guest, one.at);
        granted = granted | one.rights;
      }
      for (const auto& name : index.namesOf(path)) got.emplace_back(name.guest, name.entry->at);
      BOOST_REQUIRE((names == got));
      BOOST_REQUIRE((index.grantedOn(path) == granted));
      named += names.size();
    }
  }
  BOOST_TEST(owned > 5'000u);
  BOOST_TEST(taken > 5'000u);
  BOOST_TEST(named > 5'000u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::policies
