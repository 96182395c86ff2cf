#include "policies/integrity_text.h"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>

namespace runtime::policies {
namespace {

const std::map<std::string, std::string> kDigests = {{"a b.mjs", "sha256-A"}, {"lib/\"c\".mjs", "sha256-C"}};
const std::string kLines = "\"./a%20b.mjs\" = \"sha256-A\"\n\"./lib/%22c%22.mjs\" = \"sha256-C\"\n";

std::string written(std::string_view text, const std::map<std::string, std::string>& digests = kDigests) {
  const auto result = withIntegrity(text, digests);
  return result ? *result : "fault: " + result.error();
}

BOOST_AUTO_TEST_CASE(integrityIsAppendedWhereThereIsNone) {
  const std::string section = "\n[modules.integrity]\n" + kLines;
  BOOST_TEST(written("version = 1\n") == "version = 1\n" + section);
  BOOST_TEST(written("version = 1 # é") == "version = 1 # é\n" + section);
  BOOST_TEST(written("\xef\xbb\xbfversion = 1\n[modules]\nroot = \"x\"\n[[grant]]\nto = \"a\"\n") ==
             "\xef\xbb\xbfversion = 1\n[modules]\nroot = \"x\"\n[[grant]]\nto = \"a\"\n" + section);
  BOOST_TEST(written("version = 1\r\n", {{"a", "d"}}) ==
             "version = 1\r\n\r\n[modules.integrity]\r\n\"./a\" = \"d\"\r\n");
  BOOST_TEST(written("version = 1\n", {}) == "version = 1\n");
  BOOST_TEST(written("modules = { root = \"x\" }\n").starts_with("fault: `modules` is an inline table"));
}

BOOST_AUTO_TEST_CASE(whatATextHasIsReadWithoutItsFiles) {
  const std::string digest = "sha256-" + std::string(43, 'A') + "=";
  const auto found = integrityIn("\xef\xbb\xbf[modules.integrity]\n\"./a%20b.mjs\" = \"" + digest +
                                 "\"\n\"./none\" = \"sha1-AAAA\"\n\"./number\" = 1\n");
  BOOST_TEST((found == std::map<std::string, std::string>{{"a b.mjs", digest}}));
  BOOST_TEST(integrityIn("version = 1").empty());
  BOOST_TEST(integrityIn("[").empty());
}

BOOST_AUTO_TEST_CASE(aSectionIsReplacedWhereItStands) {
  const std::string before = "# é\n[modules]\nroot = \"x\"\n\n";
  const std::string after = "# kept\n\n[[grant]]   # kept\nto = \"**\"";
  BOOST_TEST(written(before +
                     "  [modules.integrity] # gone\n\"./old\" = \"1\" # gone\n\n# gone\n\"./older\" = \"2\"\n" +
                     after) == before + "[modules.integrity]\n" + kLines + after);
  BOOST_TEST(written(before + "[modules.integrity]\n" + after) == before + "[modules.integrity]\n" + kLines + after);
  BOOST_TEST(written(before + "[modules.integrity]\n\"./old\" = \"1\"\n" + after, {}) == before + after);
  BOOST_TEST(written(before + "[modules.integrity]\n\"./old\" = \"1\"") == before + "[modules.integrity]\n" + kLines);
}

BOOST_AUTO_TEST_CASE(anInlineTableIsReplacedWhereItStands) {
  const std::string table = "{ \"./a%20b.mjs\" = \"sha256-A\", \"./lib/%22c%22.mjs\" = \"sha256-C\" }";
  BOOST_TEST(written("[modules] # é {\nintegrity = { \"./o}\\\"\" = \"}\", './{' = '}' } # kept\nroot = \"}\"\n") ==
             "[modules] # é {\nintegrity = " + table + " # kept\nroot = \"}\"\n");
  BOOST_TEST(written("[modules]\n\"integrity\"={}") == "[modules]\n\"integrity\"=" + table);
  BOOST_TEST(written("'é' = 'é'\nmodules = { integrity = {}, root = '.' }") ==
             "'é' = 'é'\nmodules = { integrity = " + table + ", root = '.' }");
  BOOST_TEST(written("[modules]\nintegrity = { \"./a\" = \"1\" }\n", {}) == "[modules]\nintegrity = {}\n");
  BOOST_TEST(written("[modules]\nintegrity.\"./a\" = \"1\"\n").starts_with("fault: its `integrity` is neither"));
}

}  // namespace
}  // namespace runtime::policies
