#include <stdlib.h>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "policies/decide.h"
#include "policies/parse.h"

namespace runtime::policies {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

// A folder with docs/ and base/docs/, gone at the end.
struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "include_test.XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    root = fs::canonical(pattern).string();
    fs::create_directories(root + "/docs");
    fs::create_directories(root + "/base/docs");
  }
  ~Folder() { fs::remove_all(root); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(root + "/" + name, std::ios::binary) << "version = 1\n" + text;
  }
  std::string root;

  Policy parsed() const {
    auto policy = parseFile(root + "/main.policy.toml");
    BOOST_REQUIRE_MESSAGE(policy, (policy ? "" : render(policy.error())));
    return *std::move(policy);
  }
  // "FILE:LINE:COLUMN: message" of every fault, files relative to the folder.
  Lines faults() const {
    Lines lines;
    const auto policy = parseFile(root + "/main.policy.toml");
    if (policy) return lines;
    for (const Diagnostic& d : policy.error())
      lines.push_back(d.place.text().substr(root.size() + 1) + ": " + d.message);
    return lines;
  }
  void only(std::string_view place, std::string_view part) const {
    const Lines lines = faults();
    BOOST_TEST(lines.size() == 1u, lines.size() << " faults");
    for (const std::string& line : lines) {
      BOOST_TEST(line.starts_with(std::string(place) + ": "), line);
      BOOST_TEST(line.contains(part), line);
    }
  }
};

constexpr auto kGrantDocs = "[[grant]]\nto = \"**\"\nfs = [{ path = \"docs\", at = \"/docs\", rights = [\"read\"] }]\n";

BOOST_FIXTURE_TEST_SUITE(include, Folder)

BOOST_AUTO_TEST_CASE(adds_rules_with_their_own_places_and_paths_of_their_own_folder) {
  write("main.policy.toml", "include = [\"base/base.policy.toml\"]\n[[grant]]\nto = \"a.mjs\"\nenv = [\"LANG\"]\n");
  write("base/base.policy.toml", std::string(kGrantDocs) + "[[deny]]\nto = \"**\"\nfs = [{ at = \"/docs/x/**\" }]\n");
  const Policy policy = parsed();
  const auto grants = grantsOf(policy, "a.mjs");
  BOOST_REQUIRE(grants);
  BOOST_REQUIRE(grants->fs.size() == 1u);
  BOOST_TEST(grants->fs[0].path == root + "/base/docs");
  BOOST_TEST(grants->fs[0].place.text() == root + "/base/base.policy.toml:4:7");
  BOOST_TEST(grants->env == Lines{"LANG"});
  BOOST_TEST(grants->denies.size() == 1u);
  BOOST_TEST(policy.files == (Lines{root + "/main.policy.toml", root + "/base/base.policy.toml"}));
  BOOST_TEST(policy.modules.root == root);
}

BOOST_AUTO_TEST_CASE(digest_is_over_all_files) {
  write("main.policy.toml", "include = [\"base.policy.toml\"]\n");
  write("base.policy.toml", kGrantDocs);
  const std::string first = parsed().sha256;
  write("base.policy.toml", std::string(kGrantDocs) + "# more\n");
  BOOST_TEST(parsed().sha256 != first);
  write("base.policy.toml", kGrantDocs);
  BOOST_TEST(parsed().sha256 == first);
}

BOOST_AUTO_TEST_CASE(faults_stand_in_the_included_file) {
  write("main.policy.toml", "include = [\"base/base.policy.toml\"]\n");
  write("base/base.policy.toml",
        "[[grant]]\nto = \"**\"\nfs = [{ path = \"nope\", at = \"/x\", rights = [\"read\"] }]\n");
  only("base/base.policy.toml:4:16", "does not exist");
  write("base/base.policy.toml", "[[grant\n");
  only("base/base.policy.toml:2:8", "TOML");
  fs::remove(root + "/base/base.policy.toml");
  only("main.policy.toml:2:12", "cannot be read");
  write("main.policy.toml", "include = [\"base\"]\n");
  only("main.policy.toml:2:12", "is a folder");
  write("main.policy.toml", "include = \"base\"\n");
  only("main.policy.toml:2:11", "list");
}

BOOST_AUTO_TEST_CASE(included_files_add_rules_only) {
  write("main.policy.toml", "include = [\"base.policy.toml\"]\n");
  for (const std::string section :
       {"[limits]\nwall = \"1h\"\n", "[engine]\neval = true\n", "[modules]\nroot = \"/\"\n"}) {
    write("base.policy.toml", section);
    only("base.policy.toml:2:1", "adds rules only");
  }
}

BOOST_AUTO_TEST_CASE(a_circle_is_a_fault_and_a_file_that_two_include_is_read_once) {
  write("main.policy.toml", "include = [\"a.policy.toml\"]\n");
  write("a.policy.toml", "include = [\"b.policy.toml\"]\n");
  write("b.policy.toml", "include = [\"a.policy.toml\"]\n");
  only("b.policy.toml:2:12", "includes this file");
  write("b.policy.toml", "include = [\"./main.policy.toml\"]\n");
  only("b.policy.toml:2:12", "includes this file");
  write("main.policy.toml", "include = [\"main.policy.toml\"]\n");
  only("main.policy.toml:2:12", "includes this file");
  write("main.policy.toml", "include = [\"a.policy.toml\", \"b.policy.toml\", \"base/../b.policy.toml\"]\n");
  write("b.policy.toml", kGrantDocs);
  BOOST_TEST(parsed().grants.size() == 1u);
}

BOOST_AUTO_TEST_CASE(depth_and_number_are_bounded) {
  for (int i = 1; i <= 8; ++i) {
    write("f" + std::to_string(i), i == 8 ? "" : "include = [\"f" + std::to_string(i + 1) + "\"]\n");
  }
  write("main.policy.toml", "include = [\"f2\"]\n");
  BOOST_TEST(parsed().files.size() == 8u);
  write("main.policy.toml", "include = [\"f1\"]\n");
  only("f7:2:12", "too deep");
  std::string list = "include = [";
  for (int i = 0; i < 64; ++i) {
    write("n" + std::to_string(i), "");
    list += "\"n" + std::to_string(i) + "\", ";
  }
  write("main.policy.toml", list + "]\n");
  const Lines lines = faults();
  BOOST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0].contains("`n63` is one file too many"), lines[0]);
}

BOOST_AUTO_TEST_CASE(no_grant_may_name_any_of_the_files) {
  write("main.policy.toml",
        "include = [\"base.policy.toml\"]\n[[grant]]\nto = \"**\"\n"
        "fs = [{ path = \"base.policy.toml\", at = \"/x\", rights = [\"write\"] }]\n");
  write("base.policy.toml", "");
  only("main.policy.toml:5:16", "is this policy file or one of");
  write("main.policy.toml", "include = [\"base.policy.toml\"]\n");
  write("base.policy.toml",
        "[[grant]]\nto = \"**\"\nfs = [{ path = \"main.policy.toml\", at = \"/x\", rights = [\"write\"] }]\n");
  only("base.policy.toml:4:16", "is this policy file or one of");
}

BOOST_AUTO_TEST_CASE(two_files_that_show_different_paths_at_one_place_contradict) {
  write("main.policy.toml", std::string("include = [\"base/base.policy.toml\"]\n") + kGrantDocs);
  write("base/base.policy.toml", kGrantDocs);
  const Lines lines = faults();
  BOOST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0].starts_with("base/base.policy.toml:4:"), lines[0]);
  BOOST_TEST(lines[0].contains("main.policy.toml:5 shows another path"), lines[0]);
}

BOOST_AUTO_TEST_CASE(a_text_includes_nothing) {
  write("base.policy.toml", "");
  const auto policy = parseText("version = 1\ninclude = [\"base.policy.toml\"]\n", "text", root);
  BOOST_REQUIRE(!policy);
  BOOST_REQUIRE(policy.error().size() == 1u);
  BOOST_TEST(policy.error()[0].message.contains("cannot include files"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::policies
