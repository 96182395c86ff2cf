#include "policies/job_mount.h"

#include <stdlib.h>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "policies/binding.h"
#include "policies/parse.h"
#include "policies/within.h"

namespace runtime::policies {
namespace {

namespace fs = std::filesystem;
using capabilities::Right;

std::string grant(const std::string& path, const std::string& at, const std::string& rights,
                  const std::string& to = "**") {
  return "[[grant]]\nto = \"" + to + "\"\nfs = [{ path = \"" + path + "\", at = \"" + at + "\", rights = [" + rights +
         "] }]\n";
}
auto read(const std::string& text) { return parseJobText("version = 1\n" + text, "policy"); }
Policy parsed(const std::string& text) {
  auto policy = read(text);
  BOOST_REQUIRE_MESSAGE(policy, (policy ? "" : render(policy.error())));
  return *std::move(policy);
}
// The first fault of the text, or nothing.
std::string faultOf(const std::string& text) {
  const auto policy = read(text);
  return policy ? "" : policy.error().front().message;
}

// A folder with docs/public, docs/private and jobs/, and a ceiling that shows docs at /docs; gone at the end.
struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "job_mount_test.XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    root = fs::canonical(pattern).string();
    for (const char* name : {"docs/public", "docs/private", "elsewhere", "jobs/1/folders/out", "jobs/1/root"})
      fs::create_directories(root + "/" + name);
  }
  ~Folder() { fs::remove_all(root); }
  Policy ceiling(const std::string& text) const {
    auto policy = parseText("version = 1\n" + text, "acme.policy.toml", root);
    BOOST_REQUIRE_MESSAGE(policy, (policy ? "" : render(policy.error())));
    return *std::move(policy);
  }
  Policy ceiling() const {
    return ceiling(grant("docs", "/docs", "\"read\", \"list\"") +
                   "[[deny]]\nto = \"**\"\nfs = [{ at = \"/docs/private/**\" }]\n");
  }
  std::string folders() const { return root + "/jobs/1/folders"; }
  // As the service puts a policy that came with a job beneath its ceiling.
  Policy putUnder(const std::string& text, const Policy& above) const {
    Policy policy = parsed(text);
    BOOST_REQUIRE(beyondCeiling(policy, above).empty());
    policy.modules.root = root + "/jobs/1/root";
    BOOST_REQUIRE(mountJob(policy, above, folders()));
    BOOST_REQUIRE(putWithin(policy, ceilingOfJob(above, folders()), Place{"acme", 0, 0}));
    return policy;
  }
  static bool allows(const Policy& policy, Right right, const std::string& guest) {
    return decide(grantsOf(policy, "main.mjs").value(), right, guest).allowed();
  }
  std::string root;
};

BOOST_FIXTURE_TEST_SUITE(job_mount, Folder)

BOOST_AUTO_TEST_CASE(every_way_to_name_the_host_is_a_fault) {
  for (const std::string path : {"/",        "/etc",      "/etc/passwd", ".",        "..",        "docs",     "./docs",
                                 "../..",    "~",         "file:///etc", "job",      "ceiling",   "JOB:out",  "Job:out",
                                 " job:out", "host:/etc", "path:/etc",   "/job:out", "./job:out", "x/job:out"}) {
    BOOST_TEST(faultOf(grant(path, "/x", "\"read\"")).contains("names no file of the host"), path);
  }
  for (const std::string path : {"", "/\\u0000", "job:out\\u0000", "job:a\\u0000b", "ceiling:/docs\\u0000"})
    BOOST_TEST(faultOf(grant(path, "/x", "\"read\"")) != "", path);
}

BOOST_AUTO_TEST_CASE(odd_names_of_folders_are_faults) {
  for (const std::string& name :
       std::vector<std::string>{"", ".", "..", ".hidden", "/", "/etc", "a/b", "a/../b", "../root", "out/", "a b", "ä",
                                "a\\nb", "*", "a:b", "out/../../root", std::string(65, 'a')}) {
    BOOST_TEST(faultOf(grant("job:" + name, "/x", "\"read\"")).contains("the name after `job:`"), name);
  }
  for (const std::string& name : std::vector<std::string>{"out", "a.b", "A-1_z", "0", std::string(64, 'a')})
    BOOST_TEST(faultOf(grant("job:" + name, "/x", "\"read\"")) == "", name);
}

BOOST_AUTO_TEST_CASE(odd_paths_under_the_ceiling_are_faults) {
  for (const std::string path :
       {"", "docs", "//docs", "/docs/", "/docs/..", "/../etc", "/./docs", "/docs//a", "/docs\\u001b[2J"}) {
    BOOST_TEST(faultOf(grant("ceiling:" + path, "/x", "\"read\"")).contains("the path after `ceiling:`"), path);
  }
  BOOST_TEST(faultOf(grant("ceiling:/" + std::string(4096, 'a'), "/x", "\"read\"")).contains("longer than 4096"));
  BOOST_TEST(faultOf(grant("ceiling:/", "/x", "\"read\"")) == "");
}

BOOST_AUTO_TEST_CASE(root_include_and_within_are_faults_whatever_they_name) {
  std::ofstream(root + "/there.toml") << "version = 1\n";
  for (const std::string& path : {std::string("."), std::string("/"), std::string("job:out"), std::string("missing"),
                                  root, root + "/there.toml"}) {
    BOOST_TEST(faultOf("[modules]\nroot = \"" + path + "\"\n").contains("`root` cannot be set"), path);
    BOOST_TEST(faultOf("include = [\"" + path + "\"]\n").contains("cannot include files"), path);
    BOOST_TEST(faultOf("within = \"" + path + "\"\n").contains("is not a file of its own names none"), path);
  }
}

BOOST_AUTO_TEST_CASE(imports_and_digests_are_judged_from_the_text_alone) {
  const std::string digest = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  BOOST_TEST(faultOf("[modules]\nimports = { a = \"./missing.mjs\" }\nintegrity = { \"./no.mjs\" = \"" + digest +
                     "\" }\n") == "");
  for (const std::string target : {"../a.mjs", "/etc/passwd", "file:///etc/passwd", "./../../x.mjs"})
    BOOST_TEST(faultOf("[modules]\nimports = { a = \"" + target + "\" }\n") != "", target);
}

BOOST_AUTO_TEST_CASE(its_text_is_bounded) {
  std::string text = "version = 1\n# ";
  text.resize(kMaxJobPolicyBytes, 'x');
  BOOST_TEST(bool(parseJobText(text, "policy")));
  const auto longer = parseJobText(text + "x", "policy");
  BOOST_REQUIRE(!longer);
  BOOST_TEST(longer.error().front().message.contains("larger than 262144 bytes"));
}

BOOST_AUTO_TEST_CASE(hostile_globs_match_in_time_that_grows_with_their_length_only) {
  std::string stars = "/";
  for (int i = 0; i < 200; ++i) stars += "a*";
  const Policy policy = parsed("[[deny]]\nto = \"**\"\nfs = [{ at = \"" + stars + "b\" }]\n");
  const std::string text = "/" + std::string(4000, 'a');
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) BOOST_TEST(!policy.denies[0].fs[0].at.matches(text));
  // A matcher that goes back takes longer than the universe has been there.
  BOOST_TEST((std::chrono::steady_clock::now() - before < std::chrono::seconds(20)));
}

BOOST_AUTO_TEST_CASE(a_right_beyond_the_ceiling_is_named_with_its_rule) {
  const Policy above = ceiling();
  BOOST_TEST(beyondCeiling(parsed(grant("ceiling:/docs", "/d", "\"read\", \"list\"")), above).empty());
  BOOST_TEST(beyondCeiling(parsed(grant("ceiling:/docs/public", "/d", "\"read\"")), above).empty());
  const auto excess = beyondCeiling(parsed(grant("ceiling:/docs", "/d", "\"read\", \"write\", \"delete\"")), above);
  BOOST_REQUIRE(excess.size() == 2u);
  BOOST_TEST(excess[0].message == "the ceiling does not grant `write` at `/docs` to every module of this rule");
  BOOST_TEST(excess[0].place.text() == "policy:4:7");
  BOOST_TEST(excess[1].message.contains("`delete`"));
  for (const std::string path : {"/", "/doc", "/docs2", "/etc", "/job:folders", "/job:folders/out"}) {
    const auto faults = beyondCeiling(parsed(grant("ceiling:" + path, "/d", "\"read\"")), above);
    BOOST_REQUIRE_MESSAGE(faults.size() == 1u, path);
    BOOST_TEST(faults[0].message.contains("shows nothing at `" + path + "`"));
  }
  // What a deny of the ceiling takes, too.
  BOOST_TEST(beyondCeiling(parsed(grant("ceiling:/docs/private", "/d", "\"read\"")), above).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_ceiling_for_some_modules_is_none_for_all) {
  const Policy above = ceiling(grant("docs", "/docs", "\"read\"", "main.mjs"));
  BOOST_TEST(beyondCeiling(parsed(grant("ceiling:/docs", "/d", "\"read\"", "main.mjs")), above).empty());
  BOOST_TEST(beyondCeiling(parsed(grant("ceiling:/docs", "/d", "\"read\"")), above).size() == 1u);
  BOOST_TEST(beyondCeiling(parsed(grant("ceiling:/docs", "/d", "\"read\"", "*.mjs")), above).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_longest_entry_of_the_ceiling_is_what_is_shown) {
  const Policy above = ceiling(grant("docs", "/docs", "\"read\"") + grant("elsewhere", "/docs/x", "\"list\""));
  Policy policy = parsed(grant("ceiling:/docs/x", "/d", "\"list\""));
  BOOST_TEST(beyondCeiling(policy, above).empty());
  BOOST_REQUIRE(mountJob(policy, above, folders()));
  BOOST_TEST(policy.grants[0].fs[0].path == root + "/elsewhere");
  BOOST_TEST(beyondCeiling(parsed(grant("ceiling:/docs/x", "/d", "\"read\"")), above).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_job_has_a_bounded_number_of_folders) {
  std::string text;
  for (size_t i = 0; i <= kMaxJobFolders; ++i) {
    BOOST_TEST(beyondCeiling(parsed(text), ceiling()).empty());
    text += grant("job:f" + std::to_string(i), "/f" + std::to_string(i), "\"read\"");
  }
  BOOST_TEST(beyondCeiling(parsed(text), ceiling()).size() == 1u);
  BOOST_TEST(jobFolders(parsed(text)).size() == kMaxJobFolders + 1);
}

BOOST_AUTO_TEST_CASE(what_is_mounted_is_had_and_nothing_else) {
  fs::create_directory_symlink(root + "/elsewhere", root + "/docs/public/link");
  const std::string rights = "\"read\", \"list\"";
  const Policy policy = putUnder(
      grant("ceiling:/docs", "/d", rights) + grant("job:out", "/out", rights + ", \"create\", \"write\", \"delete\""),
      ceiling());
  BOOST_TEST(allows(policy, Right::kRead, "/d/public/a"));
  BOOST_TEST(!allows(policy, Right::kRead, "/d/private/a"));
  BOOST_TEST(!allows(policy, Right::kWrite, "/d/public/a"));
  BOOST_TEST(allows(policy, Right::kWrite, "/out/a"));
  BOOST_TEST(!allows(policy, Right::kRead, "/"));
  BOOST_TEST(!allows(policy, Right::kRead, "/job:folders/out/a"));
  BOOST_TEST(policy.grants[1].fs[0].path == folders() + "/out");
}

BOOST_AUTO_TEST_CASE(a_symlink_beneath_the_ceiling_is_no_way_out) {
  fs::create_directory_symlink(root + "/elsewhere", root + "/docs/public/link");
  const Policy policy = putUnder(grant("ceiling:/docs/public/link", "/d", "\"read\""), ceiling());
  BOOST_TEST(!allows(policy, Right::kRead, "/d/a"));
}

BOOST_AUTO_TEST_CASE(settings_are_lowered_to_the_ceilings) {
  const Policy above = ceiling("[limits]\nwall = \"2s\"\nmemory = \"64MiB\"\n[engine]\njit = false\n");
  const Policy policy =
      putUnder("[limits]\nwall = \"10h\"\nmemory = \"32MiB\"\n[engine]\neval = true\nclock = \"1ns\"\n", above);
  BOOST_TEST(policy.limits.wallNs == 2'000'000'000u);
  BOOST_TEST(policy.limits.memoryBytes == 32u << 20);
  BOOST_TEST(!policy.engine.jit);
  BOOST_TEST(!policy.engine.eval);
  BOOST_TEST(policy.engine.clockResolutionNs == 1'000'000u);
}

BOOST_AUTO_TEST_CASE(environment_is_intersected) {
  const Policy above = ceiling("[[grant]]\nto = \"**\"\nenv = [\"LANG\"]\n");
  const Policy policy = putUnder("[[grant]]\nto = \"**\"\nenv = [\"LANG\", \"SECRET\"]\n", above);
  const auto names = grantsOf(policy, "main.mjs").value().env;
  BOOST_REQUIRE(names.size() == 1u);
  BOOST_TEST(names[0] == "LANG");
}

BOOST_AUTO_TEST_CASE(a_policy_of_the_service_may_name_both) {
  std::ofstream(root + "/report.policy.toml") << "version = 1\n" + grant("docs/public", "/d", "\"read\"") +
                                                     grant("job:out", "/out", "\"create\"") +
                                                     grant("elsewhere", "/e", "\"read\"");
  auto policy = parseNamedFile(root + "/report.policy.toml", "report.policy.toml");
  BOOST_REQUIRE_MESSAGE(policy, (policy ? "" : render(policy.error())));
  BOOST_TEST(policy->grants[2].place.file == "report.policy.toml");
  const Policy above = ceiling();
  BOOST_TEST(beyondCeiling(*policy, above).empty());  // its excess is dropped, not refused
  policy->modules.root = root + "/jobs/1/root";
  BOOST_REQUIRE(mountJob(*policy, above, folders()));
  BOOST_REQUIRE(putWithin(*policy, ceilingOfJob(above, folders()), Place{"acme", 0, 0}));
  BOOST_TEST(allows(*policy, Right::kRead, "/d/a"));
  BOOST_TEST(allows(*policy, Right::kCreate, "/out/a"));
  BOOST_TEST(!allows(*policy, Right::kRead, "/e/a"));
  for (const std::string text : {"within = \"x\"\n", "[modules]\nroot = \".\"\n"}) {
    std::ofstream(root + "/report.policy.toml") << "version = 1\n" + text;
    BOOST_TEST(!parseNamedFile(root + "/report.policy.toml", "report.policy.toml"), text);
  }
}

BOOST_AUTO_TEST_CASE(a_policy_file_of_run_knows_no_mounts) {
  for (const std::string path : {"job:out", "ceiling:/docs"}) {
    const auto policy = parseText("version = 1\n" + grant(path, "/x", "\"read\""), "policy", root);
    BOOST_REQUIRE(!policy);
    BOOST_TEST(policy.error().front().message.contains("does not exist"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::policies
