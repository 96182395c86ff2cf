#include "policies/glob.h"

#include <algorithm>
#include <utility>

#include "loader/utf8.h"

namespace runtime::policies {
namespace {

bool isAsciiControl(char32_t c) { return c < 0x20 || c == 0x7f; }

}  // namespace

// Bytes that are not UTF-8 stand beyond Unicode, so that they equal nothing but themselves.
std::u32string Glob::charactersOf(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const loader::Character character = loader::firstCharacter(text);
    out += character.valid ? character.value : kRawByte + character.value;
    text.remove_prefix(character.size);
  }
  return out;
}

// Expands the alternatives of a pattern, then compiles each of them.
class Glob::Compiler {
 public:
  explicit Compiler(Over over) : over_(over) {}

  std::expected<std::vector<Segments>, std::string> run(std::u32string_view pattern) {
    auto expanded = expand(pattern);
    if (!expanded) return std::unexpected(std::move(expanded.error()));
    size_t characters = 0;
    for (const std::u32string& alternative : *expanded) characters += alternative.size();
    if (characters > kMaxCost) return std::unexpected("its braces stand for too long a text; write several globs");
    std::vector<Segments> alternatives;
    for (const std::u32string& alternative : *expanded) {
      auto segments = compile(alternative);
      if (!segments) return std::unexpected(std::move(segments.error()));
      alternatives.push_back(*std::move(segments));
    }
    return alternatives;
  }

 private:
  using Texts = std::vector<std::u32string>;

  // The end of the class that begins at `open`, just past its `]`; npos where it has none.
  static size_t endOfClass(std::u32string_view pattern, size_t open) {
    size_t at = open + 1;
    if (at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^')) ++at;
    for (bool first = true; at < pattern.size(); ++at, first = false) {
      if (pattern[at] == ']' && !first) return at + 1;
      if (pattern[at] == '\\') ++at;
    }
    return pattern.npos;
  }

  // The end of what stands at `at`: an escape, a class or one character.
  static std::expected<size_t, std::string> next(std::u32string_view pattern, size_t at) {
    if (pattern[at] == '\\') {
      if (at + 1 == pattern.size()) return std::unexpected("`\\` at its end escapes nothing");
      return at + 2;
    }
    if (pattern[at] == '[') {
      const size_t end = endOfClass(pattern, at);
      if (end == pattern.npos) return std::unexpected("`[` has no `]`; write `\\[` for the character");
      return end;
    }
    return at + 1;
  }

  // Every text that the braces of `pattern` stand for, in order.
  std::expected<Texts, std::string> expand(std::u32string_view pattern) {
    if (++depth_ > kMaxDepth) return std::unexpected("braces are nested too deeply");
    Texts texts = {U""};
    for (size_t at = 0; at < pattern.size();) {
      Texts pieces;
      if (pattern[at] == '}') return std::unexpected("`}` has no `{`; write `\\}` for the character");
      if (pattern[at] == '{') {
        auto group = expandGroup(pattern, at);
        if (!group) return std::unexpected(std::move(group.error()));
        pieces = *std::move(group);
      } else {
        const auto end = next(pattern, at);
        if (!end) return std::unexpected(end.error());
        pieces.emplace_back(pattern.substr(at, *end - at));
        at = *end;
      }
      if (texts.size() * pieces.size() > kMaxAlternatives) return std::unexpected(tooMany());
      if (pieces.size() == 1) {
        for (std::u32string& text : texts) text += pieces[0];
        continue;
      }
      Texts product;
      for (const std::u32string& text : texts) {
        for (const std::u32string& piece : pieces) product.push_back(text + piece);
      }
      texts = std::move(product);
    }
    --depth_;
    return texts;
  }

  // The alternatives of the group whose `{` is at `at`, which is moved past its `}`.
  std::expected<Texts, std::string> expandGroup(std::u32string_view pattern, size_t& at) {
    Texts alternatives;
    const auto add = [&](std::u32string_view text) -> std::expected<void, std::string> {
      auto expanded = expand(text);
      if (!expanded) return std::unexpected(std::move(expanded.error()));
      if (alternatives.size() + expanded->size() > kMaxAlternatives) return std::unexpected(tooMany());
      for (std::u32string& alternative : *expanded) alternatives.push_back(std::move(alternative));
      return {};
    };
    size_t open = 0;
    size_t begin = at + 1;
    for (size_t scan = begin; scan < pattern.size();) {
      const char32_t c = pattern[scan];
      if (open == 0 && (c == ',' || c == '}')) {
        if (auto added = add(pattern.substr(begin, scan - begin)); !added) return std::unexpected(added.error());
        begin = ++scan;
        if (c == ',') continue;
        if (alternatives.size() == 1) return std::unexpected("`{}` needs alternatives with a comma between them");
        at = scan;
        return alternatives;
      }
      if (c == '{') ++open;
      if (c == '}') --open;
      const auto end = next(pattern, scan);
      if (!end) return std::unexpected(end.error());
      scan = *end;
    }
    return std::unexpected("`{` has no `}`; write `\\{` for the character");
  }

  std::expected<Segments, std::string> compile(std::u32string_view pattern) const {
    const bool absolute = pattern.starts_with(U'/');
    if (over_ == Over::kModules && absolute) {
      return std::unexpected("a module path is relative to modules.root: write it without the slash at its start");
    }
    if (over_ == Over::kGuestPaths) {
      if (!absolute) return std::unexpected("a guest path begins with a slash");
      pattern.remove_prefix(1);
      if (pattern.empty()) return Segments{};
    }
    Segments segments;
    while (true) {
      auto segment = compileSegment(pattern);
      if (!segment) return std::unexpected(std::move(segment.error()));
      // Two in a row mean the same as one.
      if (!(segment->crossing && !segments.empty() && segments.back().crossing)) {
        segments.push_back(*std::move(segment));
      }
      if (pattern.empty()) return segments;
      pattern.remove_prefix(1);
      if (pattern.empty()) return std::unexpected("it ends in a slash; write `/**` for all that is beneath a folder");
    }
  }

  // Compiles up to the next slash, to which `rest` is moved.
  static std::expected<Segment, std::string> compileSegment(std::u32string_view& rest) {
    Segment segment;
    const std::u32string_view all = rest;
    while (!rest.empty() && rest[0] != '/') {
      auto token = compileToken(rest);
      if (!token) return std::unexpected(std::move(token.error()));
      segment.tokens.push_back(*std::move(token));
    }
    const std::u32string_view text = all.substr(0, all.size() - rest.size());
    if (text.empty()) return std::unexpected("it has an empty segment");
    if (text == U"." || text == U"..") return std::unexpected("it has a segment `.` or `..`, which no path has");
    if (text == U"**") return Segment{true, {}};
    for (size_t i = 1; i < segment.tokens.size(); ++i) {
      if (segment.tokens[i].kind == Token::Kind::kStar && segment.tokens[i - 1].kind == Token::Kind::kStar) {
        return std::unexpected("`**` must be a whole segment: write `**/*.mjs`, not `**.mjs`");
      }
    }
    return segment;
  }

  static std::expected<Token, std::string> compileToken(std::u32string_view& rest) {
    Token token;
    switch (rest[0]) {
      case '*':
        token.kind = Token::Kind::kStar;
        break;
      case '?':
        token.kind = Token::Kind::kAnyOne;
        break;
      case '[':
        return compileClass(rest);
      case '\\':
        rest.remove_prefix(1);
        [[fallthrough]];
      default:
        token.character = rest[0];
        if (token.character == '/') return std::unexpected("a slash cannot be escaped");
    }
    rest.remove_prefix(1);
    return token;
  }

  static std::expected<Token, std::string> compileClass(std::u32string_view& rest) {
    const size_t end = endOfClass(rest, 0);
    std::u32string_view body = rest.substr(1, end - 2);
    rest.remove_prefix(end);
    Token token;
    token.kind = Token::Kind::kClass;
    if (body[0] == '!' || body[0] == '^') {
      token.negated = true;
      body.remove_prefix(1);
    }
    const auto take = [&] {
      if (body[0] == '\\') body.remove_prefix(1);
      const char32_t c = body[0];
      body.remove_prefix(1);
      return c;
    };
    while (!body.empty()) {
      const char32_t first = take();
      char32_t last = first;
      if (body.size() >= 2 && body[0] == '-') {
        body.remove_prefix(1);
        last = take();
      }
      if (first > last) return std::unexpected("a class has a range that runs backwards");
      if (first <= '/' && '/' <= last && first == last) return std::unexpected("a class cannot hold a slash");
      token.ranges.push_back({first, last});
    }
    return token;
  }

  static std::string tooMany() {
    return "its braces stand for more than " + std::to_string(kMaxAlternatives) + " alternatives; write several globs";
  }

  static constexpr int kMaxDepth = 16;
  const Over over_;
  int depth_ = 0;
};

std::expected<Glob, std::string> Glob::parse(std::string_view pattern, Over over) {
  if (pattern.empty()) return std::unexpected("the glob is empty");
  if (pattern.size() > kMaxPatternBytes) {
    return std::unexpected("the glob is longer than " + std::to_string(kMaxPatternBytes) + " bytes");
  }
  const std::u32string characters = charactersOf(pattern);
  if (std::ranges::any_of(characters, [](char32_t c) { return isAsciiControl(c) || c >= kRawByte; })) {
    return std::unexpected("the glob holds a control character, or is not UTF-8");
  }
  auto alternatives = Compiler(over).run(characters);
  if (!alternatives) return std::unexpected("the glob is malformed: " + alternatives.error());
  Glob glob;
  glob.pattern_ = pattern;
  glob.over_ = over;
  glob.alternatives_ = *std::move(alternatives);
  return glob;
}

bool Glob::Token::matches(char32_t c) const {
  switch (kind) {
    case Kind::kLiteral:
      return c == character;
    case Kind::kAnyOne:
    case Kind::kStar:
      return true;
    case Kind::kClass:
      break;
  }
  return std::ranges::any_of(ranges, [&](const Range& range) { return range.first <= c && c <= range.last; }) !=
         negated;
}

std::optional<std::u32string> Glob::Segment::literal() const {
  if (crossing) return std::nullopt;
  std::u32string text;
  for (const Token& token : tokens) {
    if (token.kind != Token::Kind::kLiteral) return std::nullopt;
    text += token.character;
  }
  return text;
}

// Greedy: a mismatch goes back to the last star only, for what stood before it is matched as early as it can be.
bool Glob::Segment::matches(std::u32string_view text) const {
  size_t token = 0, at = 0;
  size_t starToken = tokens.size() + 1, starAt = 0;
  while (at < text.size()) {
    if (token < tokens.size() && tokens[token].kind == Token::Kind::kStar) {
      starToken = ++token;
      starAt = at;
    } else if (token < tokens.size() && tokens[token].matches(text[at])) {
      ++token;
      ++at;
    } else if (starToken <= tokens.size()) {
      token = starToken;
      at = ++starAt;
    } else {
      return false;
    }
  }
  while (token < tokens.size() && tokens[token].kind == Token::Kind::kStar) ++token;
  return token == tokens.size();
}

std::vector<std::u32string> Glob::segmentsOf(std::string_view text) {
  std::vector<std::u32string> segments;
  if (text.empty()) return segments;
  while (true) {
    const size_t slash = text.find('/');
    segments.push_back(charactersOf(text.substr(0, slash)));
    if (slash == text.npos) return segments;
    text.remove_prefix(slash + 1);
  }
}

// A set of positions moves over the text: no pair of segments is compared twice.
std::vector<bool> Glob::reached(const Segments& pattern, const std::vector<std::u32string>& text) {
  std::vector<bool> positions(pattern.size() + 1, false);
  const auto reach = [&](std::vector<bool>& set, size_t position) {
    set[position] = true;
    while (position < pattern.size() && pattern[position].crossing) set[++position] = true;
  };
  reach(positions, 0);
  for (const std::u32string& segment : text) {
    std::vector<bool> after(pattern.size() + 1, false);
    for (size_t position = 0; position < pattern.size(); ++position) {
      if (!positions[position]) continue;
      if (pattern[position].crossing) {
        reach(after, position);
      } else if (pattern[position].matches(segment)) {
        reach(after, position + 1);
      }
    }
    positions = std::move(after);
  }
  return positions;
}

bool Glob::matches(std::string_view text) const {
  if (over_ == Over::kGuestPaths) {
    if (!text.starts_with('/')) return false;
    text.remove_prefix(1);
  }
  const auto segments = segmentsOf(text);
  return std::ranges::any_of(alternatives_,
                             [&](const Segments& pattern) -> bool { return reached(pattern, segments).back(); });
}

bool Glob::couldMatchBeneath(std::string_view text) const {
  if (over_ == Over::kGuestPaths) {
    if (!text.starts_with('/')) return false;
    text.remove_prefix(1);
  }
  const auto segments = segmentsOf(text);
  return std::ranges::any_of(alternatives_, [&](const Segments& pattern) -> bool {
    const std::vector<bool> positions = reached(pattern, segments);
    return std::find(positions.begin(), positions.end() - 1, true) != positions.end() - 1;
  });
}

size_t Glob::cost() const {
  size_t characters = 0;
  for (const Segments& segments : alternatives_) {
    for (const Segment& segment : segments) characters += segment.tokens.size() + 1;
  }
  return characters;
}

std::string Glob::literal() const {
  return pattern_.find_first_of("*?[]{}\\") == pattern_.npos ? pattern_ : std::string();
}

}  // namespace runtime::policies
