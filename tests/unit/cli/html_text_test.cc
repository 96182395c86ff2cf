#include "supervisor/cli/html_text.h"

#include <openssl/evp.h>

#include <array>
#include <boost/test/unit_test.hpp>

namespace runtime::cli {
namespace {

const std::string kHostile =
    "</title></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\x1b[31m\n\xE2\x80\xAE";

BOOST_AUTO_TEST_CASE(nothing_in_a_text_is_markup) {
  BOOST_TEST(htmlText("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;");
  BOOST_TEST(htmlText("a\x1b[31m\n\t\xE2\x80\xAE\xC2\x9B") == "a^[[31m^J^I&lt;U+202E&gt;&lt;U+009B&gt;");
  BOOST_TEST(htmlText("\xFF\xE2\x82") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  BOOST_TEST(htmlText("/docs/\xC3\xA4.md") == "/docs/\xC3\xA4.md");
  for (const char mark : {'<', '>', '"', '\'', '\n'}) BOOST_TEST(!htmlText(kHostile).contains(mark));
}

BOOST_AUTO_TEST_CASE(a_page_allows_its_own_style_and_nothing_else) {
  const std::string style = "body{color:#222}";
  std::array<unsigned char, 32> digest{};
  unsigned int size = 0;
  EVP_Digest(style.data(), style.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::array<unsigned char, 64> base64{};
  const int length = EVP_EncodeBlock(base64.data(), digest.data(), 32);
  const std::string hash(base64.begin(), base64.begin() + length);
  const std::string page = htmlPage(kHostile, style, "<p>body</p>\n");
  BOOST_TEST(page.contains("content=\"default-src 'none'; style-src 'sha256-" + hash +
                           "'; base-uri 'none'; form-action 'none'\""));
  BOOST_TEST(page.contains("<style>" + style + "</style>"));
  BOOST_TEST(page.find("Content-Security-Policy") < page.find("<title>"));
  BOOST_TEST(!page.contains("<script"));
  BOOST_TEST(!page.contains("<img"));
}

}  // namespace
}  // namespace runtime::cli
