// A glob of a policy and a path: compared with a matcher that is plain and slow. Input: over ('m' or 'g'), the pattern,
// a line end, the path.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "loader/utf8.h"
#include "policies/glob.h"
#include "tests/fuzz/fuzz.h"

namespace runtime::fuzz {
namespace {

using policies::Glob;
using Text = std::u32string;
using View = std::u32string_view;

// What the plain matcher is asked about: it takes cubic time and more.
constexpr size_t kMaxPlainBytes = 96;

Text decode(std::string_view text) {
  Text out;
  while (!text.empty()) {
    const auto character = loader::firstCharacter(text);
    out += character.valid ? character.value : 0x200000 + character.value;
    text.remove_prefix(character.size);
  }
  return out;
}

// The length of the class, escape or character at the front.
size_t itemSize(View pattern) {
  if (pattern[0] == '\\') return 2;
  if (pattern[0] != '[') return 1;
  size_t at = pattern[1] == '!' || pattern[1] == '^' ? 2 : 1;
  at += pattern[at] == '\\' ? 2 : 1;  // a `]` that comes first stands for itself
  while (pattern[at] != ']') at += pattern[at] == '\\' ? 2 : 1;
  return at + 1;
}

// The pattern with the first group replaced by each of its alternatives, again and again.
void expand(const Text& pattern, std::vector<Text>& into) {
  for (size_t at = 0; at < pattern.size(); at += itemSize(View(pattern).substr(at))) {
    if (pattern[at] != '{') continue;
    std::vector<Text> alternatives(1);
    int depth = 0;
    size_t end = at + 1;
    for (;; end += itemSize(View(pattern).substr(end))) {
      const char32_t c = pattern[end];
      if (depth == 0 && c == '}') break;
      if (depth == 0 && c == ',') {
        alternatives.emplace_back();
        continue;
      }
      if (c == '{') ++depth;
      if (c == '}') --depth;
      alternatives.back() += pattern.substr(end, itemSize(View(pattern).substr(end)));
    }
    for (const Text& alternative : alternatives) {
      expand(pattern.substr(0, at) + alternative + pattern.substr(end + 1), into);
    }
    return;
  }
  into.push_back(pattern);
}

bool classHolds(View item, char32_t c) {
  item.remove_prefix(1);
  item.remove_suffix(1);
  const bool negated = item[0] == '!' || item[0] == '^';
  if (negated) item.remove_prefix(1);
  bool found = false;
  const auto one = [&] {
    if (item[0] == '\\') item.remove_prefix(1);
    const char32_t character = item[0];
    item.remove_prefix(1);
    return character;
  };
  while (!item.empty()) {
    const char32_t first = one();
    char32_t last = first;
    if (item.size() > 1 && item[0] == '-') {
      item.remove_prefix(1);
      last = one();
    }
    if (first <= c && c <= last) found = true;
  }
  return found != negated;
}

bool segmentMatches(View pattern, View text, std::set<std::pair<size_t, size_t>>& failed) {
  if (pattern.empty()) return text.empty();
  if (failed.contains({pattern.size(), text.size()})) return false;
  const size_t size = itemSize(pattern);
  const View item = pattern.substr(0, size);
  bool matched = false;
  if (item == U"*") {
    matched = segmentMatches(pattern.substr(1), text, failed) ||
              (!text.empty() && segmentMatches(pattern, text.substr(1), failed));
  } else if (!text.empty()) {
    const bool fits = item == U"?" || (item[0] == '[' ? classHolds(item, text[0]) : item.back() == text[0]);
    matched = fits && segmentMatches(pattern.substr(size), text.substr(1), failed);
  }
  if (!matched) failed.insert({pattern.size(), text.size()});
  return matched;
}

std::vector<Text> split(View text) {
  std::vector<Text> parts(1);
  for (const char32_t c : text) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// The same of a pattern: a slash that ends a range of a class is none of its own.
std::vector<Text> splitPattern(View pattern) {
  std::vector<Text> parts(1);
  while (!pattern.empty()) {
    const View item = pattern.substr(0, itemSize(pattern));
    if (item == U"/") {
      parts.emplace_back();
    } else {
      parts.back() += item;
    }
    pattern.remove_prefix(item.size());
  }
  return parts;
}

bool segmentsMatch(const std::vector<Text>& pattern, size_t p, const std::vector<Text>& text, size_t t,
                   std::set<std::pair<size_t, size_t>>& failed) {
  if (p == pattern.size()) return t == text.size();
  if (failed.contains({p, t})) return false;
  bool matched = false;
  if (pattern[p] == U"**") {
    matched = segmentsMatch(pattern, p + 1, text, t, failed) ||
              (t < text.size() && segmentsMatch(pattern, p, text, t + 1, failed));
  } else if (t < text.size()) {
    std::set<std::pair<size_t, size_t>> failedWithin;
    matched = segmentMatches(pattern[p], text[t], failedWithin) && segmentsMatch(pattern, p + 1, text, t + 1, failed);
  }
  if (!matched) failed.insert({p, t});
  return matched;
}

bool plainlyMatches(std::string_view pattern, Glob::Over over, std::string_view path) {
  std::vector<Text> alternatives;
  expand(decode(pattern), alternatives);
  Text text = decode(path);
  return std::ranges::any_of(alternatives, [&](Text alternative) {
    if (over == Glob::Over::kGuestPaths) {
      if (!text.starts_with('/')) return false;
      if (alternative == U"/") return text == U"/";
      if (text == U"/") return splitPattern(alternative.substr(1)) == std::vector<Text>{U"**"};
      std::set<std::pair<size_t, size_t>> failed;
      return segmentsMatch(splitPattern(View(alternative).substr(1)), 0, split(View(text).substr(1)), 0, failed);
    }
    if (text.empty())
      return std::ranges::all_of(splitPattern(alternative), [](const Text& part) { return part == U"**"; });
    std::set<std::pair<size_t, size_t>> failed;
    return segmentsMatch(splitPattern(alternative), 0, split(text), 0, failed);
  });
}

}  // namespace
}  // namespace runtime::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace runtime::fuzz;
  Input input(data, size);
  const auto over = input.byte() == 'g' ? Glob::Over::kGuestPaths : Glob::Over::kModules;
  const std::string pattern(input.until('\n'));
  const std::string path(input.rest());
  const auto glob = Glob::parse(pattern, over);
  if (!glob) {
    require(!glob.error().empty(), "a refusal says why");
    return 0;
  }
  require(glob->cost() <= Glob::kMaxCost + Glob::kMaxAlternatives, "the cost is bounded");
  const bool matched = glob->matches(path);
  if (pattern.size() <= kMaxPlainBytes && path.size() <= kMaxPlainBytes) {
    require(matched == plainlyMatches(pattern, over, path),
            matched ? "matches too much:" : "matches too little:", pattern + " against " + path);
  }
  if (!glob->literal().empty()) require(glob->matches(glob->literal()), "a literal matches itself", pattern);
  if (matched) {
    // A folder is never called free of what its children are denied.
    for (size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
      const std::string folder = slash == 0 && over == Glob::Over::kGuestPaths ? "/" : path.substr(0, slash);
      if (folder == path) continue;
      require(glob->couldMatchBeneath(folder), "a match beneath is foreseen", pattern + " beneath " + folder);
    }
  }
  return 0;
}
