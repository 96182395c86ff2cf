#include "policies/glob.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace runtime::policies {
namespace {

using enum Glob::Over;

Glob glob(std::string_view pattern, Glob::Over over = kModules) {
  auto parsed = Glob::parse(pattern, over);
  BOOST_REQUIRE_MESSAGE(parsed, std::string(pattern) + (parsed ? "" : ": " + parsed.error()));
  return *std::move(parsed);
}

std::string fault(std::string_view pattern, Glob::Over over = kModules) {
  const auto parsed = Glob::parse(pattern, over);
  return parsed ? "" : parsed.error();
}

void check(std::string_view pattern, std::initializer_list<std::string_view> yes,
           std::initializer_list<std::string_view> no, Glob::Over over = kModules) {
  const Glob parsed = glob(pattern, over);
  for (const std::string_view text : yes) BOOST_TEST(parsed.matches(text), pattern << " must match " << text);
  for (const std::string_view text : no) BOOST_TEST(!parsed.matches(text), pattern << " must not match " << text);
}

BOOST_AUTO_TEST_CASE(literalsMatchThemselves) {
  check("main.mjs", {"main.mjs"}, {"main_mjs", "Main.mjs", "main.mjs/", "lib/main.mjs", "main.mj", "main.mjsx", ""});
  check("lib/a.b", {"lib/a.b"}, {"lib/axb", "lib//a.b", "/lib/a.b"});
  check("a+(b)^$|", {"a+(b)^$|"}, {"aab"});
}

BOOST_AUTO_TEST_CASE(starAndQuestionMarkStayWithinASegment) {
  check("*", {"a", ".hidden", "a.b"}, {"a/b", ""});
  check("lib/*.mjs", {"lib/a.mjs", "lib/.mjs", "lib/.a.mjs"}, {"lib/x/a.mjs", "lib/a.js", "a.mjs"});
  check("a*b*c", {"abc", "axbyc", "abbbcc", "abcbc"}, {"ab", "acb", "a/bc"});
  check("?", {"a", "é", "\xff"}, {"", "ab", "/"});
  check("??", {"ab", "éa"}, {"é", "a/"});
  check("a?c", {"abc", "a.c"}, {"a/c", "ac"});
}

BOOST_AUTO_TEST_CASE(doubleStarCrossesSegments) {
  check("**", {"", "a", "a/b", ".a/.b"}, {});
  check("lib/**", {"lib", "lib/a", "lib/a/b", "lib/.a"}, {"libx", "li", "x/lib/a"});
  check("**/a.mjs", {"a.mjs", "x/a.mjs", "x/y/a.mjs"}, {"xa.mjs", "a.mjs/x"});
  check("a/**/b", {"a/b", "a/x/b", "a/x/y/b", "a/b/b"}, {"a", "ab", "a/bx", "a/x/c"});
  check("a/**/**/b", {"a/b", "a/x/y/b"}, {"a"});
  check("**/x/**/y/**", {"x/y", "a/x/b/y/c", "x/x/y"}, {"y/x", "x"});
}

BOOST_AUTO_TEST_CASE(classes) {
  check("[abc].js", {"a.js", "c.js"}, {"d.js", "ab.js", ".js"});
  check("[a-cx]", {"b", "x"}, {"d", "-"});
  check("[!a-c]", {"d", "é"}, {"a", "c", ""});
  check("[^a]", {"b"}, {"a"});
  check("[]a]", {"]", "a"}, {"b"});
  check("[!]a]", {"b"}, {"]", "a"});
  check("[a-]", {"a", "-"}, {"b"});
  check("[-a]", {"a", "-"}, {"b"});
  check("[*?]", {"*", "?"}, {"a"});
  check("[à-ü]", {"é"}, {"e"});
  check("[\\]]", {"]"}, {"\\"});
  check("[{,}]", {"{", ",", "}"}, {"a"});
  check("x[!-~]y", {"xay"}, {"x/y"});
}

BOOST_AUTO_TEST_CASE(alternatives) {
  check("{a,b}", {"a", "b"}, {"c", "a,b", "{a,b}"});
  check("x{,.bak}", {"x", "x.bak"}, {"x."});
  check("{lib/**,main.mjs}", {"lib/a/b", "main.mjs"}, {"lib2"});
  check("{a,{b,c}d}e", {"ae", "bde", "cde"}, {"be", "de"});
  check("{a,b}{c,d}", {"ac", "ad", "bc", "bd"}, {"ab"});
  check("{a\\,b,c}", {"a,b", "c"}, {"a", "b"});
}

BOOST_AUTO_TEST_CASE(escapes) {
  check("\\*", {"*"}, {"a", "\\*"});
  check("\\{a\\}", {"{a}"}, {"a"});
  check("a\\\\b", {"a\\b"}, {"ab"});
  check("a,b", {"a,b"}, {"a"});
}

BOOST_AUTO_TEST_CASE(guestPathsAreAbsolute) {
  check("/docs/**", {"/docs", "/docs/a", "/docs/a/b"}, {"docs/a", "/", "/docsx", ""}, kGuestPaths);
  check("/**", {"/", "/a", "/a/b"}, {"", "a"}, kGuestPaths);
  check("/", {"/"}, {"/a", ""}, kGuestPaths);
  check("/**/.env", {"/.env", "/a/.env"}, {"/a/.envx"}, kGuestPaths);
  BOOST_TEST(fault("docs", kGuestPaths).contains("begins with a slash"));
  BOOST_TEST(fault("{/a,b}", kGuestPaths).contains("begins with a slash"));
  BOOST_TEST(fault("/a").contains("without the slash"));
  BOOST_TEST(fault("{b,/a}").contains("without the slash"));
}

BOOST_AUTO_TEST_CASE(malformedGlobsAreRefusedWithAReason) {
  using namespace std::string_literals;
  BOOST_TEST(fault("").contains("empty"));
  BOOST_TEST(fault("a//b").contains("empty segment"));
  BOOST_TEST(fault("a/").contains("ends in a slash"));
  BOOST_TEST(fault("./a").contains("`.` or `..`"));
  BOOST_TEST(fault("a/../b").contains("`.` or `..`"));
  BOOST_TEST(fault("{a,..}/b").contains("`.` or `..`"));
  BOOST_TEST(fault("**.mjs").contains("whole segment"));
  BOOST_TEST(fault("a**/b").contains("whole segment"));
  BOOST_TEST(fault("***").contains("whole segment"));
  BOOST_TEST(fault("[a").contains("no `]`"));
  BOOST_TEST(fault("[]").contains("no `]`"));
  BOOST_TEST(fault("[!]").contains("no `]`"));
  BOOST_TEST(fault("[a\\]").contains("no `]`"));
  BOOST_TEST(fault("[z-a]").contains("backwards"));
  BOOST_TEST(fault("a[/]b").contains("slash"));
  BOOST_TEST(fault("{a").contains("no `}`"));
  BOOST_TEST(fault("{a,b").contains("no `}`"));
  BOOST_TEST(fault("a}").contains("no `{`"));
  BOOST_TEST(fault("{a}").contains("comma"));
  BOOST_TEST(fault("{}").contains("comma"));
  BOOST_TEST(fault("a\\").contains("escapes nothing"));
  BOOST_TEST(fault("a\\/b").contains("slash"));
  BOOST_TEST(fault("a\0b"s).contains("control"));
  BOOST_TEST(fault("a\nb").contains("control"));
  BOOST_TEST(fault("a\xff").contains("UTF-8"));
  BOOST_TEST(fault(std::string(1025, 'a')).contains("longer"));
  BOOST_TEST(fault(std::string(1024, 'a')) == "");
}

BOOST_AUTO_TEST_CASE(alternativesAreBounded) {
  BOOST_TEST(fault("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}") == "");
  BOOST_TEST(fault("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}").contains("more than 64"));
  std::string wide = "{a";
  for (int i = 1; i < 64; ++i) wide += ",a";
  BOOST_TEST(fault(wide + "}") == "");
  BOOST_TEST(fault(wide + ",a}").contains("more than 64"));
  BOOST_TEST(fault("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}" + std::string(900, 'a')).contains("too long"));
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "{a,";
  BOOST_TEST(fault(deep + std::string(200, '}')).contains("nested too deeply"));
}

BOOST_AUTO_TEST_CASE(whatCouldMatchBeneathAFolder) {
  const auto beneath = [](std::string_view pattern, std::string_view folder) {
    return glob(pattern, kGuestPaths).couldMatchBeneath(folder);
  };
  BOOST_TEST(beneath("/docs/private/**", "/"));
  BOOST_TEST(beneath("/docs/private/**", "/docs"));
  BOOST_TEST(beneath("/docs/private/**", "/docs/private"));
  BOOST_TEST(beneath("/docs/private/**", "/docs/private/a/b"));
  BOOST_TEST(!beneath("/docs/private/**", "/docs/public"));
  BOOST_TEST(!beneath("/docs/private/**", "/other"));
  BOOST_TEST(beneath("/docs/*.txt", "/docs"));
  BOOST_TEST(!beneath("/docs/*.txt", "/docs/a.txt"));
  BOOST_TEST(!beneath("/docs/*.txt", "/docs/sub"));
  BOOST_TEST(!beneath("/docs", "/docs"));
  BOOST_TEST(beneath("/docs", "/"));
  BOOST_TEST(beneath("/**/x", "/any/where"));
  BOOST_TEST(beneath("/{a,b/c}", "/b"));
  BOOST_TEST(!beneath("/{a,b/c}", "/a"));
  BOOST_TEST(!beneath("/", "/"));
}

BOOST_AUTO_TEST_CASE(literalGlobs) {
  BOOST_TEST(glob("lib/a.mjs").literal() == "lib/a.mjs");
  for (const std::string_view pattern : {"*", "a?", "[a]", "{a,b}", "\\*"}) BOOST_TEST(glob(pattern).literal() == "");
  BOOST_TEST(glob("**").matchesEverything());
  BOOST_TEST(!glob("**/*").matchesEverything());
}

// A matcher that tries everything: over segments and characters by plain recursion, on one alternative without escapes.
bool naiveSegment(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    for (size_t n = 0; n <= text.size(); ++n) {
      if (naiveSegment(pattern.substr(1), text.substr(n))) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern[0] == '[') {  // only [ab] and [!ab]
    const bool negated = pattern[1] == '!';
    const size_t close = pattern.find(']');
    const bool in = pattern.substr(1, close - 1).substr(negated ? 1 : 0).contains(text[0]);
    return in != negated && naiveSegment(pattern.substr(close + 1), text.substr(1));
  }
  return (pattern[0] == '?' || pattern[0] == text[0]) && naiveSegment(pattern.substr(1), text.substr(1));
}

bool naive(std::vector<std::string> pattern, std::vector<std::string> text) {
  if (pattern.empty()) return text.empty();
  const std::vector<std::string> rest(pattern.begin() + 1, pattern.end());
  if (pattern[0] == "**") {
    for (size_t n = 0; n <= text.size(); ++n) {
      if (naive(rest, {text.begin() + static_cast<ptrdiff_t>(n), text.end()})) return true;
    }
    return false;
  }
  return !text.empty() && naiveSegment(pattern[0], text[0]) && naive(rest, {text.begin() + 1, text.end()});
}

std::string join(const std::vector<std::string>& segments) {
  std::string out;
  for (const std::string& segment : segments) out += (out.empty() ? "" : "/") + segment;
  return out;
}

BOOST_AUTO_TEST_CASE(agreesWithANaiveMatcher) {
  static constexpr std::string_view kPieces[] = {"a", "b", "*", "?", "[ab]", "[!a]", "."};
  uint64_t state = 42;
  const auto below = [&](size_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
  };
  const auto randomPattern = [&] {
    std::vector<std::string> segments(1 + below(4));
    for (std::string& segment : segments) {
      if (below(4) == 0) {
        segment = "**";
        continue;
      }
      for (size_t i = 0, n = 1 + below(4); i < n; ++i) {
        std::string_view piece = kPieces[below(std::size(kPieces))];
        if (piece == "*" && segment.ends_with('*')) piece = "a";
        segment += piece;
      }
      if (segment == "." || segment == "..") segment = "a";
    }
    return segments;
  };
  const auto randomText = [&] {
    std::vector<std::string> segments(1 + below(4));
    for (std::string& segment : segments) {
      for (size_t i = 0, n = 1 + below(4); i < n; ++i) segment += "ab."[below(3)];
    }
    return segments;
  };
  size_t matched = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto one = randomPattern(), other = randomPattern();
    const Glob alone = glob(join(one));
    const Glob both = glob("{" + join(one) + "," + join(other) + "}");
    for (int i = 0; i < 10; ++i) {
      const auto text = randomText();
      const bool expected = naive(one, text);
      matched += expected ? 1 : 0;
      BOOST_REQUIRE_MESSAGE(alone.matches(join(text)) == expected, join(one) + " on " + join(text));
      BOOST_REQUIRE_MESSAGE(both.matches(join(text)) == (expected || naive(other, text)), both.pattern() + join(text));
      // Whatever matches is seen from every folder above it.
      if (!expected) continue;
      for (size_t above = 1; above < text.size(); ++above) {
        const std::vector<std::string> folder(text.begin(), text.begin() + static_cast<ptrdiff_t>(above));
        BOOST_REQUIRE_MESSAGE(alone.couldMatchBeneath(join(folder)), join(one) + " beneath " + join(folder));
      }
    }
  }
  BOOST_TEST(matched > 10'000u);
}

BOOST_AUTO_TEST_CASE(timeIsLinearInTheText) {
  std::string stars, crossings, path;
  for (int i = 0; i < 250; ++i) stars += "*a";
  for (int i = 0; i < 250; ++i) crossings += "**/a/";
  for (int i = 0; i < 2000; ++i) path += "a/";
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST(!glob(stars + "*b").matches(std::string(4096, 'a')));
  BOOST_TEST(!glob("**/a/**/a/**/a/**/a/**/a/**/a/**/b").matches(path + "a"));
  BOOST_TEST(!glob(crossings.substr(0, 1000) + "b").matches(path + "a"));
  const auto taken = std::chrono::steady_clock::now() - start;
  BOOST_TEST(std::chrono::duration_cast<std::chrono::milliseconds>(taken).count() < 2000);
}

}  // namespace
}  // namespace runtime::policies
