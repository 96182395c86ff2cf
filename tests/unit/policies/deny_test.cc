// Denies over random policies: one more takes what it names, under every name of the file, and gives nothing.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "policies/binding.h"
#include "policies/decide.h"
#include "policies/glob.h"
#include "policies/parse.h"

namespace runtime::policies {
namespace {

using capabilities::Right;
using capabilities::RightSet;

const std::vector<std::string> kHosts = {"/usr", "/usr/lib", "/usr/share", "/usr/bin", "/etc"};
const std::vector<std::string> kGuests = {"/", "/x", "/x/lib", "/x/lib/in", "/y", "/y/share"};
const std::vector<std::string> kModules = {"main.mjs", "lib/a.mjs", "lib/b.mjs"};
const std::vector<std::string> kTo = {"**", "main.mjs", "lib/*", "lib/a.mjs"};
const std::vector<std::string> kGlobs = {"/x/**", "/**/lib/**",       "/y/*",       "/**/f", "/x/lib",
                                         "/**",   "/x/{lib,share}/*", "/y/share/**"};

struct Rule {
  std::string to, at, right, variable;
  std::string text() const {
    return "[[deny]]\nto = \"" + to + "\"\nfs = [{ at = \"" + at + "\", rights = [\"" + right + "\"] }]\nenv = [\"" +
           variable + "\"]\n";
  }
};

struct Asking {
  explicit Asking(const Policy& policy, const std::string& module)
      : grants(grantsOf(policy, module).value()), binding(grants) {}
  bool allows(Right right, const std::string& guest) const { return decide(grants, right, guest).allowed(); }
  ModuleGrants grants;
  Binding binding;
};

const FsGrant* ownerOf(const ModuleGrants& grants, const std::string& guest) {
  for (const FsGrant& entry : grants.fs) {  // longest `at` first
    if (entry.at == "/" || guest == entry.at || guest.starts_with(entry.at + "/")) return &entry;
  }
  return nullptr;
}

// By the text: what stands at `from`/... as it is at `to`/...; empty where it does not.
std::string moved(const std::string& path, const std::string& from, const std::string& to) {
  if (from != "/" && path != from && !path.starts_with(from + "/")) return "";
  const std::string tail = from == "/" ? (path == "/" ? "" : path) : path.substr(from.size());
  return to == "/" ? (tail.empty() ? "/" : tail) : to + tail;
}

// Whether some name of the file that `guest` is to the module is one that the rule takes the right from.
bool isTaken(const ModuleGrants& grants, const Rule& rule, const std::string& guest) {
  const FsGrant* owner = ownerOf(grants, guest);
  const std::string host = owner == nullptr ? "" : moved(guest, owner->at, owner->path);
  const auto glob = Glob::parse(rule.at, Glob::Over::kGuestPaths);
  return std::ranges::any_of(grants.fs, [&](const FsGrant& entry) {
    const std::string name = host.empty() ? "" : moved(host, entry.path, entry.at);
    return !name.empty() && ownerOf(grants, name) == &entry && glob->matches(name);
  });
}

BOOST_AUTO_TEST_CASE(one_more_deny_takes_what_it_names_and_gives_nothing) {
  std::mt19937 random(4);
  const auto pick = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
  const auto rule = [&] { return Rule{pick(kTo), pick(kGlobs), pick({"read", "list", "write"}), pick({"A", "B"})}; };
  int taken = 0, left = 0;
  for (int round = 0; round < 600; ++round) {
    std::string text = "version = 1\n";
    for (size_t i = 1 + random() % 4; i > 0; --i) {
      text += "[[grant]]\nto = \"" + pick(kTo) + "\"\nfs = [{ path = \"" + pick(kHosts) + "\", at = \"" +
              pick(kGuests) + "\", rights = [" + pick({"\"read\"", "\"read\", \"list\"", "\"write\""}) +
              "] }]\nenv = [\"" + pick({"A", "B"}) + "\"]\n";
    }
    if (random() % 2 == 0) text += rule().text();
    const Rule added = rule();
    const auto before = parseText(text, "p.toml", "/");
    const auto after = parseText(text + added.text(), "p.toml", "/");
    if (!before) continue;  // two paths at one place
    BOOST_REQUIRE(after);
    const auto to = Glob::parse(added.to, Glob::Over::kModules);
    for (const std::string& module : kModules) {
      if (!grantsOf(*before, module)) continue;
      const Asking was(*before, module), is(*after, module);
      const bool binds = to->matches(module);
      for (const std::string& name : is.grants.env) BOOST_TEST(std::ranges::contains(was.grants.env, name));
      BOOST_TEST((binds && std::ranges::contains(is.grants.env, added.variable)) == false);
      for (const std::string& base : kGuests) {
        for (const std::string rest : {"", "/f", "/lib", "/lib/f", "/share/x/f"}) {
          const std::string guest = base == "/" ? (rest.empty() ? "/" : rest) : base + rest;
          for (const auto& [right, word] :
               {std::pair(Right::kRead, "read"), {Right::kList, "list"}, {Right::kWrite, "write"}}) {
            const bool allowed = was.allows(right, guest);
            const bool expected = allowed && !(binds && added.right == word && isTaken(was.grants, added, guest));
            BOOST_TEST(is.allows(right, guest) == expected,
                       text << added.text() << module << " " << word << " " << guest);
            taken += allowed && !expected ? 1 : 0;
            left += expected ? 1 : 0;
          }
          // What binds imports, and what keeps a folder where it is, never becomes less either.
          BOOST_TEST(is.binding.deniedByRules(guest).hasAll(was.binding.deniedByRules(guest)));
          BOOST_TEST((is.binding.couldDenyBeneath(guest) || !was.binding.couldDenyBeneath(guest)));
        }
      }
    }
  }
  BOOST_TEST(taken > 300);
  BOOST_TEST(left > 300);
}

}  // namespace
}  // namespace runtime::policies
