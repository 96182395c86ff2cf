#include "supervisor/cli/terminal_text.h"

#include <boost/test/unit_test.hpp>

namespace runtime::cli {
namespace {

std::string shown(std::string_view text) {
  TerminalText terminal;
  std::string out = terminal.show(text);
  return out + terminal.finish();
}

BOOST_AUTO_TEST_CASE(text_passes) {
  const std::string text = "plain\tänderung 漢字 🎉\n";
  BOOST_TEST(shown(text) == text);
}

BOOST_AUTO_TEST_CASE(controls_are_visible) {
  BOOST_TEST(shown("\x1b[31mred\x1b[0m") == "^[[31mred^[[0m");
  BOOST_TEST(shown("\x1b]0;title\x07") == "^[]0;title^G");
  BOOST_TEST(shown("over\rwritten\b\x7f") == "over^Mwritten^H^?");
  BOOST_TEST(shown(std::string_view("\0", 1)) == "^@");
  BOOST_TEST(shown("\xC2\x9B"
                   "31m") == "<U+009B>31m");
  BOOST_TEST(shown("\xE2\x80\xAE"
                   "txt") == "<U+202E>txt");
  BOOST_TEST(shown("\xD8\x9C\xE2\x80\xA8") == "<U+061C><U+2028>");
}

BOOST_AUTO_TEST_CASE(what_is_not_utf8_is_replaced) {
  BOOST_TEST(shown("a\x9B"
                   "b") ==
             "a\xEF\xBF\xBD"
             "b");
  BOOST_TEST(shown("\xED\xA0\x80") == "\xEF\xBF\xBD");
  BOOST_TEST(shown("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  BOOST_TEST(shown("end\xE2\x82") == "end\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(characters_survive_any_cut) {
  const std::string text = "é漢🎉";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    TerminalText terminal;
    std::string out = terminal.show(text.substr(0, cut));
    out += terminal.show(text.substr(cut));
    out += terminal.finish();
    BOOST_TEST(out == text, "cut at " << cut);
  }
}

BOOST_AUTO_TEST_CASE(an_escape_cannot_hide_in_a_cut) {
  TerminalText terminal;
  std::string out = terminal.show("\xC2");
  out += terminal.show("\x9B");
  BOOST_TEST(out == "<U+009B>");
}

}  // namespace
}  // namespace runtime::cli
