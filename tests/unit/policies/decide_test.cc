#include "policies/decide.h"

#include <boost/test/unit_test.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "policies/parse.h"

namespace runtime::policies {
namespace {

using capabilities::Right;
using capabilities::RightSet;
using Names = std::vector<std::string>;

Policy policyOf(std::string_view text) {
  auto policy = parseText("version = 1\n" + std::string(text), "p.toml", "/");
  BOOST_REQUIRE_MESSAGE(policy, (policy ? "" : render(policy.error())));
  return *std::move(policy);
}

ModuleGrants grants(const Policy& policy, std::string_view module) {
  auto result = grantsOf(policy, module);
  BOOST_REQUIRE_MESSAGE(result, (result ? "" : render(result.error())));
  return *std::move(result);
}

BOOST_AUTO_TEST_CASE(aModuleGetsOnlyWhatMatchesIt) {
  const Policy policy = policyOf(R"([[grant]]
to = "main.mjs"
fs = [{ path = "/usr", at = "/usr", rights = ["read"] }]
env = ["A"]
[[grant]]
to = "lib/**"
env = ["B"]
[[deny]]
to = "lib/**"
fs = [{ at = "/x/**" }]
)");
  const ModuleGrants main = grants(policy, "main.mjs");
  BOOST_TEST(main.fs.size() == 1u);
  BOOST_TEST((main.env == Names{"A"}));
  BOOST_TEST(main.denies.empty());
  const ModuleGrants lib = grants(policy, "lib/a.mjs");
  BOOST_TEST(lib.fs.empty());
  BOOST_TEST((lib.env == Names{"B"}));
  BOOST_TEST(lib.denies.size() == 1u);
  const ModuleGrants other = grants(policy, "other.mjs");
  BOOST_TEST((other.fs.empty() && other.env.empty() && other.denies.empty()));
  // No prefix, no other case, no folder of that name.
  for (const std::string_view near : {"Main.mjs", "main.mjsx", "x/main.mjs", "main.mjs/a.mjs", "libx/a.mjs", ""}) {
    const ModuleGrants none = grants(policy, near);
    BOOST_TEST((none.fs.empty() && none.env.empty()), near);
  }
}

BOOST_AUTO_TEST_CASE(modulesShareAWorkerWhereTheSameRulesWallThemOff) {
  const Policy policy = policyOf(R"([[grant]]
to = "vault/**"
env = ["A"]
isolate = true
[[grant]]
to = ["vault/inner/**", "other.mjs"]
isolate = true
[[grant]]
to = "**"
env = ["B"]
isolate = false
)");
  using Numbers = std::vector<size_t>;
  BOOST_TEST((isolatedBy(policy, "main.mjs") == Numbers{}));
  BOOST_TEST((isolatedBy(policy, "vault/a.mjs") == Numbers{0}));
  BOOST_TEST((isolatedBy(policy, "vault/b.mjs") == Numbers{0}));
  BOOST_TEST((isolatedBy(policy, "vault/inner/a.mjs") == Numbers{0, 1}));
  BOOST_TEST((isolatedBy(policy, "other.mjs") == Numbers{1}));
  BOOST_TEST((grants(policy, "vault/a.mjs").env == Names{"A", "B"}));
}

BOOST_AUTO_TEST_CASE(aCeilingsWallsStand) {
  Policy policy = policyOf("[[grant]]\nto = \"b.mjs\"\nisolate = true");
  Policy ceiling = policyOf("[[grant]]\nto = \"sub/a.mjs\"\nisolate = true");
  policy.within = std::make_shared<const Policy>(std::move(ceiling));
  policy.withinPrefix = "sub/";
  using Numbers = std::vector<size_t>;
  BOOST_TEST((isolatedBy(policy, "a.mjs") == Numbers{1}));
  BOOST_TEST((isolatedBy(policy, "b.mjs") == Numbers{0}));
  BOOST_TEST((isolatedBy(policy, "c.mjs") == Numbers{}));
}

BOOST_AUTO_TEST_CASE(theDigestsOfCeilingsHoldAsWell) {
  const auto digest = [](char digit) { return "sha256-" + std::string(42, digit) + "A="; };
  Policy policy = policyOf("");
  auto ceiling = std::make_shared<Policy>(policyOf(""));
  auto highest = std::make_shared<Policy>(policyOf(""));
  BOOST_REQUIRE(policy.modules.integrity.add("./a.mjs", digest('1')));
  BOOST_REQUIRE(ceiling->modules.integrity.add("./sub/a.mjs", digest('2')));
  BOOST_REQUIRE(ceiling->modules.integrity.add("./subway.mjs", digest('3')));
  BOOST_REQUIRE(highest->modules.integrity.add("./deep/sub/b.mjs", digest('4')));
  BOOST_REQUIRE(highest->modules.integrity.add("./sub/c.mjs", digest('5')));
  ceiling->within = highest;
  ceiling->withinPrefix = "deep/";
  policy.within = ceiling;
  policy.withinPrefix = "sub/";
  std::multimap<std::string, std::string> found;
  for (const auto& [path, entry] : integrityOf(policy)) found.emplace(path, entry.digest);
  BOOST_TEST((found == std::multimap<std::string, std::string>{
                           {"a.mjs", digest('1')}, {"a.mjs", digest('2')}, {"b.mjs", digest('4')}}));
}

BOOST_AUTO_TEST_CASE(authorityIsTheUnion) {
  const Policy policy = policyOf(R"([[grant]]
to = "**"
fs = [{ path = "/usr", at = "/x", rights = ["read"] },
      { path = "/usr/lib", at = "/x/deep/er", rights = ["list"] },
      { path = "/", at = "/", rights = ["list"] }]
[[grant]]
to = "a.mjs"
fs = [{ path = "/usr", at = "/x", rights = ["write"], storage = "8MiB" }]
[[grant]]
to = ["a.mjs", "b.mjs"]
fs = [{ path = "/usr/../usr", at = "/x", rights = ["append"], storage = "2MiB" }]
)");
  const ModuleGrants a = grants(policy, "a.mjs");
  BOOST_REQUIRE(a.fs.size() == 3u);
  BOOST_TEST(a.fs[0].at == "/x/deep/er");  // longest first
  BOOST_TEST(a.fs[1].at == "/x");
  BOOST_TEST(a.fs[2].at == "/");
  BOOST_TEST((a.fs[1].rights == RightSet{Right::kRead, Right::kWrite, Right::kAppend}));
  BOOST_TEST(*a.fs[1].storageBytes == 2u << 20);
  BOOST_TEST(a.fs[1].place.rule() == "p.toml:4");
  BOOST_TEST((a.fs[0].rights == RightSet{Right::kList}));
  const ModuleGrants c = grants(policy, "c.mjs");
  BOOST_TEST((c.fs[1].rights == RightSet{Right::kRead}));
  BOOST_TEST(!c.fs[1].storageBytes);
}

BOOST_AUTO_TEST_CASE(twoPathsAtOneGuestPathAreAFaultOfTheModuleThatHasBoth) {
  const Policy policy = policyOf(R"([[grant]]
to = "a*.mjs"
fs = [{ path = "/usr", at = "/x", rights = ["read"] }]
[[grant]]
to = "*b.mjs"
fs = [{ path = "/etc", at = "/x", rights = ["read"] }]
)");
  BOOST_TEST(grants(policy, "a.mjs").fs.at(0).path == "/usr");
  BOOST_TEST(grants(policy, "b.mjs").fs.at(0).path == "/etc");
  const auto both = grantsOf(policy, "ab.mjs");
  BOOST_REQUIRE(!both);
  BOOST_TEST(both.error().place.text() == "p.toml:7:7");
  BOOST_TEST(both.error().message.contains("`ab.mjs`"));
  BOOST_TEST(both.error().message.contains("p.toml:4"));
}

BOOST_AUTO_TEST_CASE(denyBeatsGrantForTheEnvironment) {
  const Policy policy = policyOf(R"([[grant]]
to = "**"
env = ["B", "A"]
[[grant]]
to = "a.mjs"
env = ["C", "A", "D"]
[[deny]]
to = "**"
env = ["D"]
[[deny]]
to = "b.mjs"
env = ["A"]
)");
  BOOST_TEST((grants(policy, "a.mjs").env == Names{"B", "A", "C"}));
  BOOST_TEST((grants(policy, "b.mjs").env == Names{"B"}));
  BOOST_TEST((grants(policy, "c.mjs").env == Names{"B", "A"}));
  BOOST_TEST((environmentOfEveryModule(policy) == Names{"B"}));
}

BOOST_AUTO_TEST_CASE(aDenyDoesNotNarrowTheEntryItself) {
  const Policy policy = policyOf(R"([[grant]]
to = "**"
fs = [{ path = "/usr", at = "/x", rights = ["read", "list"] }]
[[deny]]
to = "**"
fs = [{ at = "/x/**", rights = ["read"] }]
)");
  const ModuleGrants module = grants(policy, "a.mjs");
  BOOST_TEST((module.fs.at(0).rights == RightSet{Right::kRead, Right::kList}));
  BOOST_TEST(module.denies.at(0).at.matches("/x"));
  BOOST_TEST((module.denies.at(0).rights == RightSet{Right::kRead}));
}

BOOST_AUTO_TEST_CASE(writableAndCreatablePaths) {
  const Policy policy = policyOf(R"([[grant]]
to = "a"
fs = [{ path = "/usr", at = "/a", rights = ["read", "list", "delete"] },
      { path = "/etc", at = "/b", rights = ["write"] },
      { path = "/etc", at = "/c", rights = ["append"] },
      { path = "/made-by-run", at = "/d", rights = ["create"] }]
)");
  BOOST_TEST((writablePaths(policy) == Names{"/etc", "/made-by-run"}));
  BOOST_TEST((creatablePaths(policy) == Names{"/made-by-run"}));
}

BOOST_AUTO_TEST_CASE(noPolicyGivesNothing) {
  const ModuleGrants none = grants(emptyPolicy("/"), "main.mjs");
  BOOST_TEST((none.fs.empty() && none.env.empty() && none.denies.empty()));
}

}  // namespace
}  // namespace runtime::policies
