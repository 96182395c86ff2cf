#pragma once
// Globs of policy files, matched by characters of UTF-8; a byte that is not UTF-8 counts as a character of its own.
//   *  any characters of one segment      ?  one character      [a-z] [!a-z]  one character of a class
//   ** as a whole segment: any number of segments, also none, so "/x/**" matches "/x"
//   {a,b} alternatives, nested ones too, also with slashes      \c  the character c itself
// Dot files match, case counts, a slash is matched only by a slash. Values, immutable; any thread.
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runtime::policies {

class Glob {
 public:
  // What is matched: module paths have no leading slash, guest paths have one.
  enum class Over : uint8_t { kModules, kGuestPaths };
  static constexpr size_t kMaxPatternBytes = 1024;
  static constexpr size_t kMaxAlternatives = 64;
  static constexpr size_t kMaxCost = 8192;

  // A pattern once its braces are expanded: what it is made of, for those who reason about many.
  struct Range {
    char32_t first, last;
  };
  struct Token {
    enum class Kind : uint8_t { kLiteral, kAnyOne, kStar, kClass };
    Kind kind = Kind::kLiteral;
    char32_t character = 0;
    bool negated = false;
    std::vector<Range> ranges;
    bool matches(char32_t c) const;
  };
  struct Segment {
    bool crossing = false;  // `**`
    std::vector<Token> tokens;
    // The one text that it matches, if it holds no wildcard.
    std::optional<std::u32string> literal() const;
    bool matches(std::u32string_view text) const;
  };
  using Segments = std::vector<Segment>;
  // A byte that is not UTF-8 is this and its value.
  static constexpr char32_t kRawByte = 0x110000;
  static std::u32string charactersOf(std::string_view text);

  // The error is a sentence for a person.
  static std::expected<Glob, std::string> parse(std::string_view pattern, Over over);

  // Takes at most |text| × |expanded pattern| steps.
  bool matches(std::string_view text) const;
  // Whether anything strictly beneath the folder `text` could match, judged from the pattern alone.
  bool couldMatchBeneath(std::string_view text) const;
  const std::string& pattern() const { return pattern_; }
  // Characters of the pattern once its braces are expanded: what memory and time are proportional to.
  size_t cost() const;
  bool matchesEverything() const { return pattern_ == "**"; }
  // The one text that this glob matches, if it holds no wildcard; else empty.
  std::string literal() const;
  // Of which it matches what any matches.
  const std::vector<Segments>& alternatives() const { return alternatives_; }

 private:
  class Compiler;

  static std::vector<std::u32string> segmentsOf(std::string_view text);
  // For every count n of leading pattern segments, whether they match all of `text`.
  static std::vector<bool> reached(const Segments& pattern, const std::vector<std::u32string>& text);

  std::string pattern_;
  Over over_ = Over::kModules;
  std::vector<Segments> alternatives_;
};

}  // namespace runtime::policies
