#include "policies/parse.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "policies/notation.h"

namespace runtime::policies {
namespace {

namespace fs = std::filesystem;
using capabilities::Right;
using capabilities::RightSet;
using Lines = std::vector<std::string>;

// A folder with docs/, src/, lib/main.mjs and note.md, gone at the end.
struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "policies_test.XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    root = fs::canonical(pattern).string();
    fs::create_directories(root + "/docs/sub");
    fs::create_directories(root + "/src");
    fs::create_directories(root + "/lib");
    write("note.md", "# note\n");
    write("lib/main.mjs", "");
  }
  ~Folder() { fs::remove_all(root); }
  void write(const std::string& name, std::string_view content) const {
    std::ofstream(root + "/" + name, std::ios::binary) << content;
  }
  std::string root;

  // "LINE:COLUMN severity: message" of everything that is said about `text`.
  Lines said(std::string_view text) const {
    const auto policy = parseText(text, "p.toml", root);
    Lines lines;
    for (const Diagnostic& d : policy ? policy->warnings : policy.error()) {
      BOOST_TEST(d.place.file == "p.toml");
      lines.push_back(std::to_string(d.place.line) + ":" + std::to_string(d.place.column) +
                      (d.severity == Severity::kFault ? " fault: " : " warning: ") + d.message +
                      (d.suggestion.empty() ? "" : " [" + d.suggestion + "]"));
    }
    return lines;
  }

  Policy parsed(std::string_view text) const {
    auto policy = parseText(text, "p.toml", root);
    BOOST_REQUIRE_MESSAGE(policy, (policy ? "" : render(policy.error())));
    return *std::move(policy);
  }

  // Exactly one thing is said: at `place`, and it holds `part`. Other faults would show that reading went astray.
  void only(std::string_view text, std::string_view place, std::string_view part) const {
    const Lines lines = said("version = 1\n" + std::string(text));
    text = text.substr(0, 300);
    BOOST_TEST(lines.size() == 1u, lines.size() << " faults for " << text);
    for (const std::string& line : lines) {
      BOOST_TEST(line.starts_with(std::string(place) + " fault: "), line << "\n   for " << text);
      BOOST_TEST(line.contains(part), line << "\n   for " << text);
    }
  }

  static bool refused(const std::expected<Policy, std::vector<Diagnostic>>& policy, std::string_view part) {
    return !policy && policy.error().size() == 1 && policy.error()[0].message.contains(part);
  }
};

BOOST_FIXTURE_TEST_SUITE(Parse, Folder)

BOOST_AUTO_TEST_CASE(everythingTheFormatHolds) {
  const Policy policy = parsed(R"(version = 1
[limits]
wall = "2s"
cpu = "1500ms"
memory = "16MiB"
output = "4KiB"
handles = 8
storage = "1GiB"
entries = 5
audit = "1B"
[engine]
jit = false
eval = true
clock = "frozen"
[modules]
root = "lib"
imports = { main = "./main.mjs", "all/" = "./" }
[[grant]]
to = ["main.mjs", "x/**"]
fs = [{ path = "docs/./sub/..//sub", at = "/docs", rights = ["read", "list"] },
      { path = "out",  at = "/out",  rights = ["create", "write"], storage = "8MiB" }]
env = ["LANG", "TZ"]
[[grant]]
to = "**"
[[grant.fs]]
path = "note.md"
at = "/n.md"
rights = ["read"]
[[deny]]
to = "**"
fs = [{ at = "/docs/private/**" }, { at = "/docs/*.key", rights = ["read"] }]
env = ["TZ"]
)");
  BOOST_TEST(policy.limits.wallNs == 2'000'000'000u);
  BOOST_TEST(policy.limits.cpuNs == 1'500'000'000u);
  BOOST_TEST(policy.limits.memoryBytes == kLeastMemoryBytes);
  BOOST_TEST(policy.limits.outputBytes == 4096u);
  BOOST_TEST(policy.limits.handles == 8u);
  BOOST_TEST(policy.limits.storageBytes == 1u << 30);
  BOOST_TEST(policy.limits.entries == 5u);
  BOOST_TEST(policy.limits.auditBytes == 1u);
  BOOST_TEST(!policy.engine.jit);
  BOOST_TEST(!policy.engine.wasm);
  BOOST_TEST(policy.engine.eval);
  BOOST_TEST(policy.engine.clockResolutionNs == 0u);
  BOOST_TEST(policy.modules.root == root + "/lib");
  BOOST_TEST(policy.modules.place.line == 16u);
  BOOST_TEST(policy.modules.imports.entries().size() == 2u);

  BOOST_REQUIRE(policy.grants.size() == 2u);
  const Grant& grant = policy.grants[0];
  BOOST_TEST(grant.place.rule() == "p.toml:18");
  BOOST_TEST(grant.to.size() == 2u);
  BOOST_TEST(grant.to[1].pattern() == "x/**");
  BOOST_TEST((grant.env == Lines{"LANG", "TZ"}));
  BOOST_REQUIRE(grant.fs.size() == 2u);
  BOOST_TEST(grant.fs[0].path == root + "/docs/sub");
  BOOST_TEST(grant.fs[0].at == "/docs");
  BOOST_TEST((grant.fs[0].rights == RightSet{Right::kRead, Right::kList}));
  BOOST_TEST(!grant.fs[0].storageBytes);
  BOOST_TEST(grant.fs[0].place.rule() == "p.toml:20");
  BOOST_TEST(grant.fs[1].path == root + "/out");
  BOOST_TEST((grant.fs[1].rights == RightSet{Right::kCreate, Right::kWrite}));
  BOOST_TEST(*grant.fs[1].storageBytes == 8u << 20);
  BOOST_TEST(grant.fs[1].place.rule() == "p.toml:21");
  BOOST_TEST(policy.grants[1].fs[0].path == root + "/note.md");

  BOOST_REQUIRE(policy.denies.size() == 1u);
  BOOST_TEST(policy.denies[0].fs[0].at.matches("/docs/private"));
  BOOST_TEST((policy.denies[0].fs[0].rights == RightSet::all()));
  BOOST_TEST((policy.denies[0].fs[1].rights == RightSet{Right::kRead}));
  BOOST_TEST((policy.denies[0].env == Lines{"TZ"}));
  BOOST_TEST(policy.warnings.empty());
  BOOST_TEST(policy.files.empty());
  BOOST_TEST(!fs::exists(root + "/out"));  // parsing makes nothing
}

BOOST_AUTO_TEST_CASE(defaultsAreThoseOfTheReference) {
  const Policy policy = parsed("version = 1\n");
  const Settings limits = {{"wall", "10s"},   {"cpu", "10s"},       {"memory", "128MiB"}, {"output", "1MiB"},
                           {"handles", "64"}, {"storage", "64MiB"}, {"entries", "1000"},  {"audit", "16MiB"}};
  BOOST_TEST((limitsInForce(policy.limits) == limits));
  BOOST_TEST((policy.engine.jit && policy.engine.wasm && !policy.engine.eval));
  BOOST_TEST(policy.engine.clockResolutionNs == 1'000'000u);
  BOOST_TEST(policy.modules.root == root);
  BOOST_TEST(policy.modules.place.text() == "p.toml");
  BOOST_TEST(policy.grants.empty());
}

BOOST_AUTO_TEST_CASE(noPolicyGrantsNothing) {
  const Policy policy = emptyPolicy("/some/folder");
  BOOST_TEST(policy.modules.root == "/some/folder");
  BOOST_TEST(policy.grants.empty());
  BOOST_TEST(policy.files.empty());
  BOOST_TEST(policy.sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_CASE(theVersionMustBeKnown) {
  BOOST_TEST((said("") == Lines{"1:1 fault: the key `version` is missing: write `version = 1`"}));
  BOOST_TEST((said("version = 2\nnew_key = 1") ==
              Lines{"1:11 fault: this version of the format is not known: only `version = 1` is"}));
  BOOST_TEST((said("version = \"1\"") == Lines{"1:11 fault: `version` must be the integer 1"}));
  BOOST_TEST((said("version = 1.0") == Lines{"1:11 fault: `version` must be the integer 1"}));
}

BOOST_AUTO_TEST_CASE(unknownKeysAreFaultsEverywhere) {
  only("[limit]", "2:2", "unknown key `limit` in a policy file [limits]");
  only("grants = []", "2:1", "unknown key `grants` in a policy file [grant]");
  only("wall = \"1s\"", "2:1", "unknown key `wall` in a policy file: it belongs in [limits]");
  only("[limits]\n  wal = \"1s\"", "3:3", "unknown key `wal` in [limits] [wall]");
  only("[limits]\nWall = \"1s\"", "3:1", "[wall]");
  only("[limits]\njit = true", "3:1", "it belongs in [engine]");
  only("[engine]\nxyzzy = 1", "3:1", "known here: jit, wasm, eval, clock");
  only("[modules]\nimport = {}", "3:1", "[imports]");
  only("[[grant]]\nto = \"a\"\nevn = []\nenv = []", "4:1", "unknown key `evn` in [[grant]] [env]");
  only("[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", at = \"/d\", rights = [\"read\"], right = 1 }]", "4:54",
       "an fs entry of [[grant]] [rights]");
  only("[[deny]]\nto = \"**\"\nfs = [{ at = \"/d\", path = \"docs\" }]", "4:20", "unknown key `path` in an fs entry");
  only("\"é\\u001b\" = 1", "2:1", "`é\ufffd`");
}

BOOST_AUTO_TEST_CASE(duplicatesAreFaultsAtTheirKey) {
  only("[limits]\nwall = \"1s\"\nwall = \"2s\"", "4:1", "duplicate `wall`");
  only("[limits]\n[limits]", "3:2", "duplicate `limits`");
  only("engine = { jit = true, jit = true }", "2:24", "duplicate `jit`");
  only("version = 1", "2:1", "duplicate `version`");
  only("[[grant]]\nto = [\"a\", \"a\"]\nenv = []", "3:12", "`a` stands twice in `to`");
  only("[[grant]]\nto = \"a\"\nenv = [\"A\", \"B\", \"A\"]", "4:18", "`A` stands twice in `env`");
  only("[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", at = \"/d\", rights = [\"read\", \"read\"] }]", "4:53",
       "`read` stands twice");
}

BOOST_AUTO_TEST_CASE(wrongTypesAreFaults) {
  only("limits = 1", "2:10", "`limits` must be a table, not an integer");
  only("[limits]\nwall = 10", "3:8", "`wall` must be a string such as \"10s\", not an integer");
  only("[limits]\nmemory = 1.5", "3:10", "a string such as \"64MiB\", not a float");
  only("[limits]\nhandles = \"64\"", "3:11", "`handles` must be an integer, not a string");
  only("[limits]\nentries = 1.0", "3:11", "not a float");
  only("[engine]\njit = \"yes\"", "3:7", "`jit` must be true or false, not a string");
  only("[engine]\nclock = 1", "3:9", "`clock` must be a string");
  only("[modules]\nroot = []", "3:8", "`root` must be a string, not a list");
  only("[modules]\nimports = []", "3:11", "`imports` must be a table, not a list");
  only("[modules]\nimports = { a = 1979-05-27 }", "3:17", "not a date or time");
  only("grant = 1", "2:9", "`grant` must be a list, not an integer");
  only("[grant]\nto = \"a\"", "2:1", "write [[grant]] with two brackets");
  only("deny = { to = \"a\" }", "2:8", "write [[deny]] with two brackets");
  only("grant = [1]", "2:10", "`grant` must be a table, not an integer");
  only("[[grant]]\nto = 1\nenv = []", "3:6", "`to` must be a string or a list of strings, not an integer");
  only("[[grant]]\nto = [\"a\", 1]\nenv = []", "3:12", "every element of `to` must be a string, not an integer");
  only("[[grant]]\nto = \"a\"\nenv = \"A\"", "4:7", "`env` must be a list of strings, not a string");
  only("[[grant]]\nto = \"a\"\nfs = { path = \"docs\" }", "4:6", "`fs` must be a list, not a table");
  only("[[grant]]\nto = \"a\"\nfs = [\"docs\"]", "4:7", "`fs` must be a table, not a string");
  only("[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", at = \"/d\", rights = \"read\" }]", "4:44",
       "`rights` must be a list of strings");
}

BOOST_AUTO_TEST_CASE(limitsHaveTheirRanges) {
  only("[limits]\nwall = \"10\"", "3:8", "`10` is not a duration");
  only("[limits]\ncpu = \"0s\"", "3:7", "zero");
  only("[limits]\nwall = \"9999999999999h\"", "3:8", "too large");
  only("[limits]\noutput = \"1MB\"", "3:10", "`1MB` is not a size");
  only("[limits]\nmemory = \"16777215B\"", "3:10", "at least 16MiB");
  only("[limits]\nhandles = 0", "3:11", "at least 1");
  only("[limits]\nhandles = -1", "3:11", "at least 1");
  only("[limits]\nhandles = 65537", "3:11", "at most 65536");
  only("[limits]\nentries = 99999999999999999999", "3:31", "not representable in 64 bits");
  only("[engine]\nclock = \"fast\"", "3:9", "`fast` is not a duration");
  BOOST_TEST(parsed("version=1\n[engine]\nclock = \"5us\"").engine.clockResolutionNs == 5000u);
}

BOOST_AUTO_TEST_CASE(contradictionsAreFaults) {
  only("[engine]\njit = false\nwasm = true", "4:8", "contradicts `jit = false`");
  BOOST_TEST(!parsed("version=1\n[engine]\njit=false\nwasm=false").engine.wasm);
  BOOST_TEST(!parsed("version=1\n[engine]\njit=false").engine.wasm);
  only("[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", at = \"/d\", rights = [\"read\"], storage = \"1B\" }]", "4:64",
       "none of write, append and create");
  only("[[deny]]\nto = \"**\"", "2:1", "denies nothing");
  only("[[deny]]\nto = \"**\"\nfs = []\nenv = []", "2:1", "denies nothing");
}

BOOST_AUTO_TEST_CASE(whatARuleMustHold) {
  only("[[grant]]\nenv = [\"A\"]", "2:1", "[[grant]] has no `to`");
  only("[[deny]]\nenv = [\"A\"]", "2:1", "[[deny]] has no `to`");
  only("[[grant]]\nto = []\nenv = [\"A\"]", "3:6", "names no module");
  only("[[grant]]\nto = \"\"\nenv = [\"A\"]", "3:6", "must not be empty");
  only("[[grant]]\nto = \"/a.mjs\"\nenv = []", "3:6", "without the slash");
  only("[[grant]]\nto = \"./a.mjs\"\nenv = []", "3:6", "without `./` at its start [a.mjs]");
  only("[[grant]]\nto = [\"ok\", \"[\"]\nenv = []", "3:13", "`[` has no `]`");
  only("[[grant]]\nto = \"a\"\nenv = [\"A*\"]", "4:8", "no name of an environment variable");
  only("[[grant]]\nto = \"a\"\nenv = [\"A=B\"]", "4:8", "no name of an environment variable");
  only("[[grant]]\nto = \"a\"\nfs = [{ at = \"/d\", rights = [\"read\"] }]", "4:7", "this entry has no `path`");
  only("[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", rights = [\"read\"] }]", "4:7", "this entry has no `at`");
  only("[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", at = \"/d\" }]", "4:7", "this entry has no `rights`");
  only("[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", at = \"/d\", rights = [] }]", "4:44", "names none");
  only("[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", at = \"/d\", rights = [\"raed\"] }]", "4:45",
       "unknown right `raed` [read]");
  only("[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", at = \"/d\", rights = [\"execute\"] }]", "4:45",
       "rights are read, list, write, append, create and delete");
  only("[[deny]]\nto = \"**\"\nfs = [{ rights = [\"read\"] }]", "4:7", "this entry has no `at`");
  only("[[deny]]\nto = \"**\"\nfs = [{ at = \"docs\" }]", "4:14", "begins with a slash");
}

BOOST_AUTO_TEST_CASE(guestPathsAreAbsoluteAndNormal) {
  const auto at = [&](std::string_view written, std::string_view part) {
    only(
        "[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", rights = [\"read\"], at = \"" + std::string(written) + "\" }]",
        "4:48", part);
  };
  at("docs", "begin it with a slash");
  at("./docs", "begin it with a slash");
  at("/docs/", "must not end in a slash");
  at("//docs", "two slashes");
  at("/a//b", "two slashes");
  at("/a/./b", "`.` or `..`");
  at("/..", "`.` or `..`");
  at("/a\\u0000", "NUL");
  at("/a\\n", "control");
  at("", "must not be empty");
  at("/" + std::string(4096, 'a'), "longer than 4096");
}

BOOST_AUTO_TEST_CASE(hostPathsMustExist) {
  fs::create_symlink("nowhere", root + "/dangling");
  fs::create_symlink("docs/sub", root + "/link");
  BOOST_REQUIRE(::mkfifo((root + "/fifo").c_str(), 0600) == 0);
  const auto path = [&](std::string_view written, std::string_view rights, std::string_view part) {
    only("[[grant]]\nto = \"a\"\nfs = [{ at = \"/x\", rights = [" + std::string(rights) + "], path = \"" +
             std::string(written) + "\" }]",
         "4:" + std::to_string(40 + rights.size()), part);
  };
  path("missing", "\"read\"", "does not exist");
  path("missing/deeper", "\"create\"", "neither does the folder");
  path("note.md/x", "\"read\"", "Not a directory");
  path("note.md/", "\"read\"", "a file, not a folder");
  path("dangling", "\"create\"", "leads nowhere");
  path("fifo", "\"read\"", "neither a folder nor a regular file");
  path("/dev/null", "\"read\"", "neither a folder nor a regular file");
  path("missing/../docs", "\"read\"", "does not exist");
  path("/proc/self", "\"read\"", "file system of the kernel's own");
  path("", "\"read\"", "must not be empty");
  path("a\\u0000b", "\"read\"", "NUL");
  path(std::string(5000, 'a'), "\"read\"", "too long");

  const auto granted = [&](std::string_view written) {
    return parsed("version=1\n[[grant]]\nto=\"a\"\nfs=[{at=\"/x\",rights=[\"read\",\"create\"],path=\"" +
                  std::string(written) + "\"}]")
        .grants.at(0)
        .fs.at(0)
        .path;
  };
  BOOST_TEST(granted("new") == root + "/new");
  BOOST_TEST(granted("docs/") == root + "/docs");
  BOOST_TEST(granted(".") == root);
  BOOST_TEST(granted("..") == fs::path(root).parent_path().string());
  BOOST_TEST(granted("link") == root + "/link");
  BOOST_TEST(granted("link/..") == root + "/docs");  // where the kernel goes
  BOOST_TEST(granted(root + "/docs") == root + "/docs");
  BOOST_TEST(granted("/") == "/");
  BOOST_TEST(granted("/../..") == "/");
}

BOOST_AUTO_TEST_CASE(aFolderThatAnotherEntryMakesMayBeMissing) {
  BOOST_TEST(said("version = 1\n[[grant]]\nto = \"a\"\nfs = [{ path = \"new\", at = \"/n\", rights = [\"read\"] }]\n"
                  "[[grant]]\nto = \"b\"\nfs = [{ path = \"./new\", at = \"/n\", rights = [\"create\"] }]")
                 .empty());
}

BOOST_AUTO_TEST_CASE(aFileCannotStandAtTheGuestRoot) {
  only("[[grant]]\nto = \"a\"\nfs = [{ path = \"note.md\", at = \"/\", rights = [\"read\"] }]", "4:16",
       "only a folder");
}

BOOST_AUTO_TEST_CASE(modulesRootAndImports) {
  only("[modules]\nroot = \"missing\"", "3:8", "`root` is no folder: No such file");
  only("[modules]\nroot = \"note.md\"", "3:8", "`root` is no folder");
  only("[modules]\nroot = \"/proc\"", "3:8", "file system of the kernel's own");
  only("[modules]\nimports = { a = \"lib/main.mjs\" }", "3:17", "start with \"./\"");
  only("[modules]\nimports = { a = \"./../x.mjs\" }", "3:17", "leads out of modules.root");
  only("[modules]\nscopes = { \"./lib/\" = [] }", "3:23", "must be a table");
  only("[modules]\nscopes = { \"lib/\" = {} }", "3:12", "start with \"./\"");
  only("[modules]\nscopes = { \"./none/\" = {} }", "3:12", "this scope is no folder");
  only("[modules]\nscopes = { \"./lib/\" = { a = \"./none.mjs\" } }", "3:29", "the target of this import is no file");
  only("[modules]\nintegrity = { \"./lib/main.mjs\" = \"sha1-AAAA\" }", "3:34", "\"sha256-\" or \"sha384-\"");
  only("[modules]\nintegrity = { \"lib/main.mjs\" = \"x\" }", "3:32", "start with \"./\"");
  const std::string digest = "\"sha256-" + std::string(42, 'A') + "A=\"";
  only("[modules]\nintegrity = { \"./none.mjs\" = " + digest + " }", "3:15", "this is no file");
  only("[modules]\nintegrity = { \"./lib\" = " + digest + " }", "3:15", "this is no file");
  only("[modules]\nimports = { a = \"./lib/x/../../../x.mjs\" }", "3:17", "leads out of modules.root");
  only("[modules]\nimports = { a = \"./missing.mjs\" }", "3:17", "is no file beneath modules.root: No such file");
  only("[modules]\nimports = { a = \"./lib\" }", "3:17", "is no file beneath modules.root");
  only("[modules]\nimports = { \"a/\" = \"./lib\" }", "3:20", "its target must too");
  only("[modules]\nimports = { \"a/\" = \"./note.md/\" }", "3:20", "is no folder beneath modules.root");
  only("[modules]\nimports = { a = \"./note.md\", \"\" = \"./note.md\" }", "3:30", "must not be empty");
  only("[modules]\nimports = { \"/../a\" = \"./note.md\" }", "3:13", "leads out of modules.root");
  only("[modules]\nimports = { \"./a\" = \"./note.md\", \"/a\" = \"./note.md\" }", "3:41", "means the same name");
  only("[modules.imports]\na = 1\n", "3:5", "`a` must be a string");
  BOOST_TEST(
      parsed("version=1\n[modules]\nroot=\"lib\"\nimports={a=\"./main.mjs\"}").modules.imports.entries()[0].path ==
      "main.mjs");
}

BOOST_AUTO_TEST_CASE(twoPathsAtOneGuestPathAreAFault) {
  const auto two = [](std::string_view firstTo, std::string_view secondTo, std::string_view secondPath = "src") {
    return "[[grant]]\nto = " + std::string(firstTo) +
           "\nfs = [{ path = \"docs\", at = \"/x\", rights = [\"read\"] }]\n[[grant]]\nto = " + std::string(secondTo) +
           "\nfs = [{ path = \"" + std::string(secondPath) + "\", at = \"/x\", rights = [\"read\"] }]\n";
  };
  for (const auto& [first, second] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"\"a.mjs\"", "\"a.mjs\""},
           {"\"**\"", "\"b.mjs\""},
           {"\"b.mjs\"", "\"**\""},
           {"[\"a.mjs\", \"lib/*\"]", "[\"c.mjs\", \"lib/*\"]"},
           {"\"lib/*.mjs\"", "\"lib/a.mjs\""},
           {"\"lib/a.mjs\"", "\"lib/*.mjs\""}}) {
    only(two(first, second), "7:28", "the entry at p.toml:4 shows another path at `/x`");
  }
  for (const std::string_view second : {"\"b.mjs\"", "\"lib/**\""}) {
    BOOST_TEST(said("version = 1\n" + two("\"a.mjs\"", second)).empty());
  }
  BOOST_TEST(said("version = 1\n" + two("\"**\"", "\"**\"", "docs/sub/..")).empty());
  only(
      "[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", at = \"/x\", rights = [\"read\"] },\n"
      "{ path = \"src\", at = \"/x\", rights = [\"read\"] }]",
      "5:22", "shows another path at `/x`");
}

BOOST_AUTO_TEST_CASE(warningsDoNotStopARun) {
  BOOST_TEST(said("version = 1\n[[deny]]\nto = [\"a\", \"b/**\"]\nenv = [\"A\"]")
                 .at(0)
                 .starts_with("3:6 warning: this deny limits only what these modules get themselves"));
  BOOST_TEST((said("version = 1\n[[grant]]\nto = \"a\"") == Lines{"2:1 warning: this rule grants nothing"}));
  BOOST_TEST(
      (said("version = 1\n[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", at = \"/*\", rights = [\"read\"] }]") ==
       Lines{"4:29 warning: `at` of a grant is literal, not a glob"}));
  BOOST_TEST(said("version = 1\n[[deny]]\nto = [\"a\", \"**\"]\nenv = [\"A\"]").empty());
}

BOOST_AUTO_TEST_CASE(everyFaultIsReportedInTheOrderOfTheFile) {
  const Lines lines = said(R"(vresion = 1
[limits]
wall = 10
cpu = "never"
[[grant]]
to = "/a"
fs = [{ path = "missing", at = "x", rights = ["raed"] }]
[engine]
jit = 1
)");
  Lines places;
  for (const std::string& line : lines) places.push_back(line.substr(0, line.find(' ')));
  BOOST_TEST((places == Lines{"1:1", "1:1", "3:8", "4:7", "6:6", "7:32", "7:47", "9:7"}));
}

BOOST_AUTO_TEST_CASE(syntaxFaultsHaveTheirPlace) {
  const auto syntax = [&](std::string_view text, std::string_view place, std::string_view part) {
    const Lines lines = said(text);
    BOOST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines[0].starts_with(std::string(place) + " fault: this is not TOML: "), lines[0]);
    BOOST_TEST(lines[0].contains(part), lines[0]);
  };
  syntax("version = 1\n[limits\n", "2:8", "");
  syntax("version = \n", "1:11", "expected value");
  syntax("version = 1\n= 2\n", "2:1", "");
  syntax("version = 1\nmodules = { root = \"é\" \x01 }\n", "2:25", "");
  syntax("version = 1 # é\nx = \"é\" y\n", "2:10", "");
  syntax("<?xml version='1'?>", "1:1", "");
}

BOOST_AUTO_TEST_CASE(textThatIsNoText) {
  using namespace std::string_literals;
  only("# \xff", "2:3", "not UTF-8");
  only("x = \"\xc3\"", "2:6", "not UTF-8");
  BOOST_TEST((said("\xff\xfev\0"s) == Lines{"1:1 fault: this byte is not UTF-8: save the file as UTF-8"}));
  only("# a\0b"s, "2:4", "NUL");
  BOOST_TEST(said("\xef\xbb\xbfversion = 1").empty());
  BOOST_TEST((said("\xef\xbb\xbfversion = 1\r\n[limits]\r\nwal = 1\r\n") ==
              Lines{"3:1 fault: unknown key `wal` in [limits] [wall]"}));
  BOOST_TEST(parseText("version = 1\r\n[limits]\r\nwal = 1\r\n", "x", root).error()[0].sourceLine == "wal = 1");
  BOOST_TEST(said("version = 1\r\n[limits]\r\nwall = \"1s\"\r\n").empty());
}

BOOST_AUTO_TEST_CASE(columnsAreBytes) { only("[modules]\nimports = { \"é\" = \"x\" }", "3:20", "start with \"./\""); }

BOOST_AUTO_TEST_CASE(hostileTextNeitherCrashesNorTakesLong) {
  const auto faults = [&](const std::string& text) {
    const auto policy = parseText(text, "p.toml", root);
    return policy ? size_t{0} : policy.error().size();
  };
  const auto repeated = [](std::string_view piece, size_t times) {
    std::string out;
    for (size_t i = 0; i < times; ++i) out += piece;
    return out;
  };
  only("jit = tru\n", "2:10", "saw 'tru '");  // one line, though the parser quotes the line's end
  only(repeated("a.", 200'000) + "a = 1", "2:32", "too many parts");
  only("[" + repeated("\"a\\\"#.\" . ", 50'000) + "a]", "2:160", "too many parts");
  only("x = \"\"\"\n\"\"\"\n" + repeated("a.", 100'000) + "a = 1", "4:32", "too many parts");
  only("x = [{y='''\n'''',a." + repeated("a.", 100'000) + "a = 1}]", "3:37", "too many parts");
  BOOST_TEST(faults("version = 1 # " + repeated("a.", 1000)) == 0u);
  BOOST_TEST(faults("version = 1\n[[grant]]\nto = \"" + repeated("a.", 100) + "\"\nenv = [\"A\"]") == 0u);
  BOOST_TEST(faults("version = 1\na = " + repeated("[", 100'000)) == 1u);
  BOOST_TEST(faults("version = 1\na = " + repeated("{a=", 100'000)) == 1u);
  std::string many = "version = 1\n";
  for (int i = 0; i < 50'000; ++i) many += "k" + std::to_string(i) + " = 1\n";
  BOOST_TEST(faults(many) == kMaxFaults);
  BOOST_TEST(faults("version = 1\n" +
                    repeated("[[grant]]\nto=\"{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}*a*a*a*a*a*a*a\"\nenv=[]\n", 15'000)) ==
             1u);
  std::string same = "version = 1\n";
  for (int i = 0; i < 10'000; ++i) {
    same += "[[grant]]\nto=\"m" + std::to_string(i) + "\"\nfs=[{path=\"" + (i % 2 ? "src" : "docs") +
            "\",at=\"/x\",rights=[\"read\"]}]\n";
  }
  BOOST_TEST(faults(same) == 0u);
  BOOST_TEST(faults(std::string(kMaxPolicyBytes + 1, '\n')) == 1u);
  BOOST_TEST(faults("version = 1" + std::string(kMaxPolicyBytes - 11, '\n')) == 0u);
}

BOOST_AUTO_TEST_CASE(mutatedPoliciesNeverCrash) {
  const std::string whole = R"(version = 1
[limits]
wall = "2s"
[engine]
clock = "frozen"
[modules]
imports = { main = "./lib/main.mjs" }
[[grant]]
to = ["main.mjs", "x/**"]
fs = [{ path = "docs", at = "/docs", rights = ["read", "list"] }]
[[deny]]
to = "**"
fs = [{ at = "/docs/{a,b}/**", rights = ["read"] }]
)";
  static constexpr std::string_view kPieces[] = {"\"", "'", "[",    "]",      "{",   "}", "=", ".", "\n", "\r", "#",
                                                 "\\", ",", "\xff", "\"\"\"", "a.a", "0", "-", "*", "é",  "\t"};
  uint64_t state = 7;
  const auto below = [&](size_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
  };
  for (int round = 0; round < 20'000; ++round) {
    std::string text = whole;
    for (size_t i = 0, n = 1 + below(4); i < n; ++i) {
      const size_t at = below(text.size());
      text.replace(at, below(6), kPieces[below(std::size(kPieces))]);
    }
    const auto policy = parseText(text, "p.toml", root);
    if (policy) continue;
    BOOST_REQUIRE(!policy.error().empty());
    BOOST_REQUIRE(render(policy.error()).contains("p.toml:"));
  }
}

BOOST_AUTO_TEST_CASE(filesAreReadWithTheirFolderAsBase) {
  const std::string text =
      "version = 1\n[[grant]]\nto = \"a\"\nfs = [{ path = \"docs\", at = \"/d\", rights = [\"read\"] }]\n";
  write("p.policy.toml", text);
  const auto policy = parseFile(root + "/p.policy.toml");
  BOOST_REQUIRE(policy);
  BOOST_TEST((policy->files == Lines{root + "/p.policy.toml"}));
  BOOST_TEST(policy->modules.root == root);
  BOOST_TEST(policy->grants[0].fs[0].path == root + "/docs");
  BOOST_TEST(policy->grants[0].place.rule() == root + "/p.policy.toml:2");
  BOOST_TEST(policy->sha256 == parseText(text, "other", root)->sha256);

  // Of a symlink the folder counts in which it was named.
  fs::create_symlink("../p.policy.toml", root + "/lib/l.policy.toml");
  const auto linked = parseFile(root + "/lib/l.policy.toml");
  BOOST_TEST(refused(linked, "`path` does not exist"));
}

BOOST_AUTO_TEST_CASE(aFileIsReadAsIfItHeldAnotherText) {
  write("rules.toml", "version = 1\n[[grant]]\nto = \"a\"\nenv = [\"A\"]\n");
  write("p.policy.toml", "version = 2\n");
  const auto policy = parseFileWith(root + "/p.policy.toml", "version = 1\ninclude = [\"rules.toml\"]\n");
  BOOST_REQUIRE(policy);
  BOOST_TEST((policy->files == Lines{root + "/p.policy.toml", root + "/rules.toml"}));
  BOOST_TEST(policy->grants.size() == 1U);
  BOOST_TEST(policy->modules.root == root);
  BOOST_TEST(refused(parseFileWith(root + "/p.policy.toml", "version = 3\n"), "version"));
  BOOST_TEST(refused(parseFileWith(root + "/missing.toml", "version = 1\n"), "cannot be read"));
}

BOOST_AUTO_TEST_CASE(theDigestIsOverTheBytes) {
  write("p.policy.toml", "version = 1\n");
  // printf 'version = 1\n' | sha256sum
  BOOST_TEST(parseFile(root + "/p.policy.toml")->sha256 ==
             "dbab12665d98aef021ba64953c61b0ed8a908cfb56a1c01e2fcb4b052b71a2a1");
  BOOST_TEST(parsed("version = 1\n").sha256 == "dbab12665d98aef021ba64953c61b0ed8a908cfb56a1c01e2fcb4b052b71a2a1");
  BOOST_TEST(parsed("version = 1\r\n").sha256 != "dbab12665d98aef021ba64953c61b0ed8a908cfb56a1c01e2fcb4b052b71a2a1");
}

BOOST_AUTO_TEST_CASE(thePolicyFileItselfCannotBeGranted) {
  write("p.policy.toml",
        "version = 1\n[[grant]]\nto = \"a\"\n"
        "fs = [{ path = \"p.policy.toml\", at = \"/d\", rights = [\"read\"] }]\n");
  const auto policy = parseFile(root + "/p.policy.toml");
  BOOST_REQUIRE(refused(policy, "is this policy file"));
  BOOST_TEST(policy.error()[0].place.text() == root + "/p.policy.toml:4:16");
}

BOOST_AUTO_TEST_CASE(filesThatCannotBeRead) {
  BOOST_TEST(refused(parseFile(root + "/missing.toml"), "cannot be read: No such file"));
  BOOST_TEST(refused(parseFile(root + "/missing/p.toml"), "cannot be read: No such file"));
  BOOST_TEST(refused(parseFile(root + "/note.md/p.toml"), "cannot be read: Not a directory"));
  BOOST_TEST(refused(parseFile(root), "is a folder"));
  BOOST_TEST(refused(parseFile(""), "is no path"));
  BOOST_TEST(refused(parseFile("/dev/null"), "is not a regular file"));
  BOOST_REQUIRE(::mkfifo((root + "/fifo.toml").c_str(), 0600) == 0);
  BOOST_TEST(refused(parseFile(root + "/fifo.toml"), "is not a regular file"));
  write("huge.toml", std::string(kMaxPolicyBytes + 1, '\n'));
  BOOST_TEST(refused(parseFile(root + "/huge.toml"), "larger than"));
  const auto missing = parseFile(root + "/missing.toml");
  BOOST_TEST(missing.error()[0].place.text() == root + "/missing.toml");
  if (::geteuid() != 0) {
    write("secret.toml", "version = 1\n");
    fs::permissions(root + "/secret.toml", fs::perms::none);
    BOOST_TEST(refused(parseFile(root + "/secret.toml"), "cannot be read: Permission denied"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::policies
