#include "policies/diagnostic.h"

#include <boost/test/unit_test.hpp>

namespace runtime::policies {
namespace {

Diagnostic at(uint32_t column, std::string line, std::string message = "wrong") {
  return {Severity::kFault, {"a.policy.toml", 3, column}, std::move(message), "", std::move(line)};
}

BOOST_AUTO_TEST_CASE(aFaultShowsItsLineAndACaret) {
  Diagnostic diagnostic = at(3, "  wal = \"1s\"", "unknown key `wal`");
  diagnostic.suggestion = "wall";
  BOOST_TEST(render(diagnostic) ==
             "a.policy.toml:3:3: fault: unknown key `wal`; did you mean `wall`?\n"
             "    wal = \"1s\"\n"
             "    ^\n");
}

BOOST_AUTO_TEST_CASE(aWarningSaysSo) {
  Diagnostic diagnostic = at(1, "x");
  diagnostic.severity = Severity::kWarning;
  BOOST_TEST(render(diagnostic) == "a.policy.toml:3:1: warning: wrong\n  x\n  ^\n");
}

BOOST_AUTO_TEST_CASE(aFaultOfTheWholeFileHasNoLine) {
  BOOST_TEST(render(Diagnostic{Severity::kFault, {"x.toml", 0, 0}, "is a folder", "", ""}) ==
             "x.toml: fault: is a folder\n");
  BOOST_TEST(Place({"x.toml", 4, 2}).text() == "x.toml:4:2");
  BOOST_TEST(Place({"x.toml", 4, 2}).rule() == "x.toml:4");
}

BOOST_AUTO_TEST_CASE(theCaretStandsUnderItsCharacter) {
  BOOST_TEST(render(at(4, "\té = 1")) == "a.policy.toml:3:4: fault: wrong\n  \té = 1\n  \t ^\n");
  BOOST_TEST(render(at(99, "ab")).ends_with("  ab\n    ^\n"));
}

BOOST_AUTO_TEST_CASE(nothingActsOnTheTerminal) {
  Diagnostic diagnostic = at(1, "\x1b[2J\xff\u202e\u200b\u0085", "\x1b]0;x\x07\nsecond line");
  diagnostic.place.file = "a\nb\x1b";
  const std::string text = render(diagnostic);
  for (const std::string_view unsafe : {"\x1b", "\x07", "\xff", "\u202e", "\u200b", "\u0085"}) {
    BOOST_TEST(!text.contains(unsafe));
  }
  BOOST_TEST(std::ranges::count(text, '\n') == 3);
  BOOST_TEST(quoted("a\x1b"
                    "b") == "`a\ufffdb`");
  BOOST_TEST(quoted(std::string(500, 'x')).size() < 140u);
}

BOOST_AUTO_TEST_CASE(longLinesAreClippedAroundTheirColumn) {
  const std::string line = std::string(5000, 'a') + "HERE" + std::string(5000, 'b');
  const std::string text = render(at(5001, line));
  BOOST_TEST(text.size() < 600u);
  BOOST_TEST(text.contains("HERE"));
  const size_t shown = text.find('\n') + 1;
  const size_t caretLine = text.find('\n', shown) + 1;
  // "…" is three bytes and one column.
  BOOST_TEST(text.find('^') - caretLine == text.find("HERE") - shown - 2);
}

BOOST_AUTO_TEST_CASE(theNearestWordIsSuggested) {
  const std::vector<std::string_view> known = {"wall", "cpu", "memory", "output", "to"};
  BOOST_TEST(nearestWord("wal", known) == "wall");
  BOOST_TEST(nearestWord("Wall", known) == "wall");
  BOOST_TEST(nearestWord("memroy", known) == "memory");
  BOOST_TEST(nearestWord("outputs", known) == "output");
  BOOST_TEST(nearestWord("cup", known) == "cpu");
  BOOST_TEST(nearestWord("network", known) == "");
  BOOST_TEST(nearestWord("xy", known) == "");
  BOOST_TEST(nearestWord("", known) == "");
  BOOST_TEST(nearestWord(std::string(100'000, 'w'), known) == "");
}

}  // namespace
}  // namespace runtime::policies
