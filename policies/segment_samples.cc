#include "policies/segment_samples.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

namespace runtime::policies {
namespace {

using Token = Glob::Token;

constexpr char32_t kLastCharacter = Glob::kRawByte + 0xff;

bool isCharacterOfText(char32_t c) {
  if (c >= Glob::kRawByte) return c >= Glob::kRawByte + 0x80;
  return c != 0 && c != '/' && (c < 0xd800 || c > 0xdfff);
}

// Characters that no pattern tells apart, in the order in which they are to be shown.
struct Interval {
  char32_t first, last;
  char32_t shown;  // the first that is tried as a sample
};

std::vector<Interval> intervalsOf(const std::vector<const Glob::Segment*>& patterns) {
  std::set<char32_t> starts = {0, '/', '/' + 1, Glob::kRawByte};
  const auto bound = [&](char32_t first, char32_t last) { starts.insert(first), starts.insert(last + 1); };
  for (const Glob::Segment* pattern : patterns) {
    for (const Token& token : pattern->tokens) {
      if (token.kind == Token::Kind::kLiteral) bound(token.character, token.character);
      for (const Glob::Range& range : token.ranges) bound(range.first, range.last);
    }
  }
  starts.erase(kLastCharacter + 1);
  std::vector<Interval> intervals;
  for (auto start = starts.begin(); start != starts.end(); ++start) {
    const char32_t last = std::next(start) == starts.end() ? kLastCharacter : *std::next(start) - 1;
    if (*start != '/') intervals.push_back({*start, last, *start});
  }
  // Letters, digits, other printable characters, the rest.
  static constexpr std::pair<char32_t, char32_t> kPreferred[] = {{'a', 'z'}, {'A', 'Z'}, {'0', '9'}, {'!', '~'}};
  const auto rank = [&](Interval& interval) {
    for (size_t i = 0; i < std::size(kPreferred); ++i) {
      const char32_t first = std::max(interval.first, kPreferred[i].first);
      if (first <= std::min(interval.last, kPreferred[i].second)) {
        interval.shown = first;
        return i;
      }
    }
    return std::size(kPreferred);
  };
  std::vector<std::pair<size_t, Interval>> ranked;
  for (Interval& interval : intervals) {
    const size_t r = rank(interval);
    ranked.emplace_back(r, interval);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<size_t, Interval>::first);
  intervals.clear();
  for (const auto& [r, interval] : ranked) intervals.push_back(interval);
  return intervals;
}

// The patterns as one automaton over intervals, its states made when they are reached.
class Automaton {
 public:
  explicit Automaton(const std::vector<const Glob::Segment*>& patterns)
      : patterns_(patterns), intervals_(intervalsOf(patterns)) {
    State start;
    for (uint32_t i = 0; i < patterns_.size(); ++i) reach(start, i, 0);
    intern(std::move(start));
  }
  const std::vector<Interval>& intervals() const { return intervals_; }
  size_t intervalOf(char32_t c) const {
    const auto found =
        std::ranges::find_if(intervals_, [&](const Interval& each) { return each.first <= c && c <= each.last; });
    return static_cast<size_t>(found - intervals_.begin());
  }
  // Which patterns match what led to the state.
  std::vector<uint32_t> accepted(size_t state) const {
    std::vector<uint32_t> list;
    for (const auto& [pattern, token] : states_[state]) {
      if (token == patterns_[pattern]->tokens.size()) list.push_back(pattern);
    }
    return list;
  }
  std::optional<size_t> next(size_t state, size_t interval, Work& work) {
    if (const size_t known = next_[state][interval]; known != kUnknown) return known;
    State after;
    for (const auto& [pattern, token] : states_[state]) {
      const auto& tokens = patterns_[pattern]->tokens;
      if (token == tokens.size()) continue;
      if (tokens[token].kind == Token::Kind::kStar) {
        reach(after, pattern, token);
      } else if (tokens[token].matches(intervals_[interval].first)) {
        reach(after, pattern, token + 1);
      }
    }
    if (!work.spend(1 + states_[state].size())) return std::nullopt;
    std::ranges::sort(after);
    after.erase(std::ranges::unique(after).begin(), after.end());
    const size_t made = intern(std::move(after));
    return next_[state][interval] = made;
  }

 private:
  using State = std::vector<std::pair<uint32_t, uint32_t>>;  // pattern and the token it stands before, sorted
  static constexpr size_t kUnknown = SIZE_MAX;

  void reach(State& state, uint32_t pattern, uint32_t token) const {
    const auto& tokens = patterns_[pattern]->tokens;
    state.emplace_back(pattern, token);
    while (token < tokens.size() && tokens[token].kind == Token::Kind::kStar) state.emplace_back(pattern, ++token);
  }
  size_t intern(State state) {
    const auto [at, isNew] = numbers_.emplace(std::move(state), states_.size());
    if (isNew) {
      states_.push_back(at->first);
      next_.emplace_back(intervals_.size(), kUnknown);
    }
    return at->second;
  }

  const std::vector<const Glob::Segment*>& patterns_;
  const std::vector<Interval> intervals_;
  std::map<State, size_t> numbers_;
  std::vector<State> states_;
  std::vector<std::vector<size_t>> next_;
};

struct TrieNode {
  std::map<char32_t, size_t> children;
  const std::string* text = nullptr;  // the literal that ends here
};

std::vector<TrieNode> trieOf(const std::set<std::string>& literals) {
  std::vector<TrieNode> trie(1);
  for (const std::string& literal : literals) {
    size_t node = 0;
    for (const char32_t c : Glob::charactersOf(literal)) {
      const auto [child, isNew] = trie[node].children.emplace(c, trie.size());
      node = child->second;
      if (isNew) trie.emplace_back();
    }
    trie[node].text = &literal;
  }
  return trie;
}

// A character of the interval that is none of `taken`.
std::optional<char32_t> sampleOf(const Interval& interval, const std::map<char32_t, size_t>& taken) {
  const auto fits = [&](char32_t c) { return isCharacterOfText(c) && !taken.contains(c); };
  for (char32_t c = interval.shown; c <= interval.last; ++c) {
    if (c == 0xd800) c = 0xe000;
    if (c <= interval.last && fits(c)) return c;
  }
  for (char32_t c = interval.first; c < interval.shown; ++c) {
    if (fits(c)) return c;
  }
  return std::nullopt;
}

}  // namespace

std::string encodeSegment(std::u32string_view characters) {
  std::string out;
  const auto add = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  for (const char32_t c : characters) {
    if (c >= Glob::kRawByte) {
      add(c - Glob::kRawByte);
    } else if (c < 0x80) {
      add(c);
    } else if (c < 0x800) {
      add(0xc0 | c >> 6), add(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
      add(0xe0 | c >> 12), add(0x80 | (c >> 6 & 0x3f)), add(0x80 | (c & 0x3f));
    } else {
      add(0xf0 | c >> 18), add(0x80 | (c >> 12 & 0x3f)), add(0x80 | (c >> 6 & 0x3f)), add(0x80 | (c & 0x3f));
    }
  }
  return out;
}

std::optional<std::vector<std::string>> segmentSamples(const std::vector<const Glob::Segment*>& wildcards,
                                                       const std::set<std::string>& literals, Work& work) {
  constexpr size_t kOff = SIZE_MAX;  // no literal begins so
  std::set<std::string> known = literals;
  known.insert({".", ".."});
  const std::vector<TrieNode> trie = trieOf(known);
  Automaton automaton(wildcards);
  struct Reached {
    std::u32string text;
    size_t state;
    size_t node;
  };
  std::deque<Reached> queue = {{U"", 0, 0}};
  std::set<size_t> seenOff;
  std::map<std::vector<uint32_t>, std::string> others;
  std::map<std::vector<uint32_t>, std::vector<std::string>> ofLiterals;
  while (!queue.empty()) {
    const Reached at = std::move(queue.front());
    queue.pop_front();
    static const TrieNode kNowhere;
    const TrieNode& node = at.node == kOff ? kNowhere : trie[at.node];
    if (!at.text.empty()) {
      auto accepted = automaton.accepted(at.state);
      if (node.text == nullptr) {
        others.emplace(std::move(accepted), encodeSegment(at.text));
      } else if (*node.text != "." && *node.text != "..") {
        ofLiterals[std::move(accepted)].push_back(*node.text);
      }
    }
    for (size_t i = 0; i < automaton.intervals().size(); ++i) {
      const auto c = sampleOf(automaton.intervals()[i], node.children);
      if (!c) continue;
      const auto state = automaton.next(at.state, i, work);
      if (!state || !work.spend(1)) return std::nullopt;
      if (seenOff.insert(*state).second) queue.push_back({at.text + *c, *state, kOff});
    }
    for (const auto& [c, child] : node.children) {
      const auto state = automaton.next(at.state, automaton.intervalOf(c), work);
      if (!state) return std::nullopt;
      queue.push_back({at.text + c, *state, child});
    }
  }
  std::vector<std::string> samples;
  for (auto& [accepted, text] : others) samples.push_back(std::move(text));
  for (auto& [accepted, texts] : ofLiterals) {
    if (!others.contains(accepted)) std::ranges::move(texts, std::back_inserter(samples));
  }
  return samples;
}

}  // namespace runtime::policies
