#include "loader/integrity.h"

#include <boost/test/unit_test.hpp>

#include <string>

namespace runtime::loader {
namespace {

const std::string kZeros256 = "sha256-" + std::string(43, 'A') + "=";

std::string fault(std::string_view key, std::string_view digest) {
  Integrity integrity;
  const auto added = integrity.add(key, digest);
  BOOST_TEST(integrity.entries().size() == (added ? 1u : 0u));
  return added ? std::string() : added.error();
}

BOOST_AUTO_TEST_CASE(digestsHaveOneForm) {
  BOOST_TEST(fault("./a.mjs", kZeros256).empty());
  BOOST_TEST(fault("./a.mjs", "sha384-" + std::string(64, '/')).empty());
  for (const std::string& digest :
       {std::string("sha256-"), std::string("sha512-") + std::string(86, 'A') + "==", std::string(44, 'A'),
        "sha256-" + std::string(44, 'A'), "sha256-" + std::string(43, 'A'), "SHA256-" + std::string(43, 'A') + "=",
        "sha256-" + std::string(42, 'A') + "B=", "sha256-" + std::string(42, '-') + "A=", kZeros256 + " " + kZeros256,
        kZeros256 + "?x", "sha384-" + std::string(63, 'A') + "="}) {
    BOOST_TEST(fault("./a.mjs", digest).contains("base64"), digest);
  }
}

BOOST_AUTO_TEST_CASE(filesAreNamedByPathsBeneathRoot) {
  for (const std::string_view key : {"a.mjs", "/a.mjs", "../a.mjs", "./../a.mjs", "./", "./a/", "./a/..", "./a%2fb",
                                     "./a?b", "file:///a.mjs", "", "./%zz"}) {
    BOOST_TEST(!fault(key, kZeros256).empty(), key);
  }
  Integrity integrity;
  BOOST_REQUIRE(integrity.add("./b/c.mjs", kZeros256));
  BOOST_REQUIRE(integrity.add("./a%20b.mjs", kZeros256));
  BOOST_TEST(!integrity.add("./b/./c.mjs", kZeros256).has_value());
  BOOST_TEST(integrity.find("a b.mjs") == &integrity.entries()[1]);
  BOOST_TEST(integrity.find("b/c.mjs") == &integrity.entries()[0]);
  for (const std::string_view path : {"", "a", "b", "b/c.mj", "b/c.mjsx", "z"}) {
    BOOST_TEST(integrity.find(path) == nullptr, path);
  }
}

BOOST_AUTO_TEST_CASE(base64IsThatOfRfc4648) {
  BOOST_TEST(base64("") == "");
  BOOST_TEST(base64("f") == "Zg==");
  BOOST_TEST(base64("fo") == "Zm8=");
  BOOST_TEST(base64("foo") == "Zm9v");
  BOOST_TEST(base64("foob") == "Zm9vYg==");
  BOOST_TEST(base64("\xff\xfe\xfd") == "//79");
}

}  // namespace
}  // namespace runtime::loader
