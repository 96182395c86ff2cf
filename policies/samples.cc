#include "policies/samples.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "capabilities/guest_path.h"

namespace runtime::policies {
namespace {

using capabilities::covers;
using capabilities::isStrictlyBeneath;

// Only these load; a name that begins with its only dot has no extension.
constexpr std::string_view kLoadable = "**/?*.{mjs,js,cjs,json,wasm}";

// How far a path has come in patterns: the segments they stand before.
struct Position {
  uint32_t pattern;
  uint32_t segment;
  auto operator<=>(const Position&) const = default;
};
using Positions = std::vector<Position>;  // sorted

// Literal segments by their text; each other segment once, by what it is made of.
class Patterns {
 public:
  uint32_t add(const Glob::Segments& pattern) {
    patterns_.push_back(&pattern);
    for (const Glob::Segment& segment : pattern) {
      if (segment.crossing) continue;
      if (const auto text = segment.literal()) {
        literals_.emplace(&segment, *text);
      } else {
        wildcards_.push_back(&segment);
      }
    }
    return static_cast<uint32_t>(patterns_.size() - 1);
  }
  void begin(uint32_t pattern, Positions& positions) const { reach(positions, {pattern, 0}); }
  // `positions` after one more segment.
  Positions after(const Positions& positions, std::string_view segment) const {
    const std::u32string text = Glob::charactersOf(segment);
    Positions result;
    for (const Position& at : positions) {
      const Glob::Segments& pattern = *patterns_[at.pattern];
      if (at.segment == pattern.size()) continue;
      if (pattern[at.segment].crossing) {
        reach(result, at);
      } else if (matches(pattern[at.segment], text)) {
        reach(result, {at.pattern, at.segment + 1});
      }
    }
    std::ranges::sort(result);
    result.erase(std::ranges::unique(result).begin(), result.end());
    return result;
  }
  bool accepts(const Position& at) const { return at.segment == patterns_[at.pattern]->size(); }
  // The literal texts that would move one of the positions on.
  void addNextLiterals(const Positions& positions, std::set<std::u32string>& texts) const {
    for (const Position& at : positions) {
      const Glob::Segments& pattern = *patterns_[at.pattern];
      if (at.segment == pattern.size()) continue;
      if (const auto literal = literals_.find(&pattern[at.segment]); literal != literals_.end()) {
        texts.insert(literal->second);
      }
    }
  }
  const std::vector<const Glob::Segment*>& wildcards() const { return wildcards_; }
  std::set<std::u32string> literals() const {
    std::set<std::u32string> texts;
    for (const auto& [segment, text] : literals_) texts.insert(text);
    return texts;
  }

 private:
  bool matches(const Glob::Segment& segment, const std::u32string& text) const {
    const auto literal = literals_.find(&segment);
    return literal != literals_.end() ? literal->second == text : segment.matches(text);
  }
  void reach(Positions& positions, Position at) const {
    const Glob::Segments& pattern = *patterns_[at.pattern];
    positions.push_back(at);
    while (at.segment < pattern.size() && pattern[at.segment].crossing) {
      ++at.segment;
      positions.push_back(at);
    }
  }

  std::vector<const Glob::Segments*> patterns_;
  std::map<const Glob::Segment*, std::u32string> literals_;
  std::vector<const Glob::Segment*> wildcards_;
};

std::vector<std::string> segmentsOf(std::string_view path) {
  std::vector<std::string> segments;
  for (const auto component : capabilities::components(path)) segments.emplace_back(component);
  return segments;
}

// The wildcard segments that differ.
std::vector<const Glob::Segment*> distinct(const std::vector<const Glob::Segment*>& segments) {
  const auto text = [](const Glob::Segment& segment) {
    std::u32string key;
    for (const Glob::Token& token : segment.tokens) {
      key += static_cast<char32_t>(token.kind);
      key += token.kind == Glob::Token::Kind::kLiteral ? token.character : 0;
      key += token.negated ? 1 : 0;
      for (const Glob::Range& range : token.ranges) key += {range.first, range.last};
      key += U'/';
    }
    return key;
  };
  std::map<std::u32string, const Glob::Segment*> kept;
  std::vector<const Glob::Segment*> list;
  for (const Glob::Segment* segment : segments) {
    if (kept.emplace(text(*segment), segment).second) list.push_back(segment);
  }
  return list;
}

// The segments to go on with: those that matter here, and those that stand for the others.
class Steps {
 public:
  static std::optional<Steps> of(const Patterns& patterns, const std::set<std::string>& names, Work& work) {
    Steps steps;
    std::set<std::string> literals = names;
    for (const std::u32string& text : patterns.literals()) {
      literals.insert(steps.texts_.emplace(text, encodeSegment(text)).first->second);
    }
    auto generic = segmentSamples(distinct(patterns.wildcards()), literals, work);
    if (!generic) return std::nullopt;
    steps.generic_ = *std::move(generic);
    return steps;
  }
  std::set<std::string> from(const Patterns& patterns, const Positions& positions) const {
    std::set<std::string> segments(generic_.begin(), generic_.end());
    std::set<std::u32string> texts;
    patterns.addNextLiterals(positions, texts);
    for (const std::u32string& text : texts) segments.insert(texts_.at(text));
    return segments;
  }

 private:
  std::vector<std::string> generic_;
  std::map<std::u32string, std::string> texts_;
};

}  // namespace

std::optional<std::vector<std::string>> moduleSamples(const std::vector<PrefixedGlob>& globs, Work& work) {
  const Glob loadable = Glob::parse(kLoadable, Glob::Over::kModules).value();
  Patterns patterns;
  Positions start;
  for (const Glob::Segments& pattern : loadable.alternatives()) patterns.begin(patterns.add(pattern), start);
  const size_t loadableCount = loadable.alternatives().size();
  for (const auto& [glob, prefix] : globs) {
    for (const Glob::Segments& pattern : glob->alternatives()) {
      Positions own;
      patterns.begin(patterns.add(pattern), own);
      for (const std::string& segment : segmentsOf(prefix)) own = patterns.after(own, segment);
      start.insert(start.end(), own.begin(), own.end());
    }
  }
  std::ranges::sort(start);
  const auto steps = Steps::of(patterns, {}, work);
  if (!steps) return std::nullopt;
  std::vector<std::string> samples;
  std::set<Positions> seen = {start};
  std::deque<std::pair<std::string, Positions>> queue = {{"", std::move(start)}};
  while (!queue.empty()) {
    const auto [path, positions] = std::move(queue.front());
    queue.pop_front();
    const bool loads = std::ranges::any_of(
        positions, [&](const Position& at) { return at.pattern < loadableCount && patterns.accepts(at); });
    if (loads) samples.push_back(path);
    for (const std::string& segment : steps->from(patterns, positions)) {
      Positions next = patterns.after(positions, segment);
      if (!work.spend(1 + positions.size())) return std::nullopt;
      if (seen.insert(next).second) {
        std::string beneath = path.empty() ? segment : path + "/" + segment;
        queue.emplace_back(std::move(beneath), std::move(next));
      }
    }
  }
  return samples;
}

std::optional<std::vector<std::string>> guestSamples(const std::vector<const Glob*>& globs, Work& work) {
  std::vector<FsDeny> denies;
  for (const Glob* glob : globs) {
    FsDeny deny;
    deny.at = *glob;
    denies.push_back(std::move(deny));
  }
  FsGrant all;
  all.path = all.at = "/";
  const std::vector<FsGrant> entries = {all};
  return hostSamples({{&entries, &denies}}, {}, work);
}

std::optional<std::vector<std::string>> hostSamples(const std::vector<Showing>& showings,
                                                    const std::vector<std::string>& others, Work& work) {
  Patterns patterns;
  std::set<std::string> landmarks(others.begin(), others.end());  // host paths that matter by themselves
  std::map<std::string, Positions> begins;                        // what begins at an entry's path
  for (const Showing& showing : showings) {
    for (const FsGrant& entry : *showing.entries) {
      landmarks.insert(entry.path);
      for (const FsGrant& inner : *showing.entries) {
        if (!work.spend(1)) return std::nullopt;
        if (isStrictlyBeneath(entry.at, inner.at)) {
          landmarks.insert(capabilities::join(entry.path, capabilities::relativeTo(entry.at, inner.at).value()));
        }
      }
      const auto at = segmentsOf(entry.at);
      for (const FsDeny& deny : *showing.denies) {
        for (const Glob::Segments& pattern : deny.at.alternatives()) {
          if (!work.spend(1 + at.size())) return std::nullopt;
          Positions own;
          patterns.begin(patterns.add(pattern), own);
          for (const std::string& segment : at) own = patterns.after(own, segment);
          Positions& begun = begins[entry.path];
          begun.insert(begun.end(), own.begin(), own.end());
        }
      }
    }
  }
  std::map<std::string, std::set<std::string>> children;  // of every folder above a landmark
  std::set<std::string> names;
  for (const std::string& landmark : landmarks) {
    std::string folder = "/";
    for (const std::string& segment : segmentsOf(landmark)) {
      names.insert(segment);
      children[folder].insert(segment);
      folder = capabilities::join(folder, segment);
    }
    children[folder];
  }
  const auto steps = Steps::of(patterns, names, work);
  if (!steps) return std::nullopt;

  struct Reached {
    std::string path;
    std::string anchor;  // the last landmark, or folder above one, on the way
    Positions positions;
  };
  const auto arrive = [&](Reached& at) {
    const auto begun = begins.find(at.path);
    if (begun == begins.end()) return;
    at.positions.insert(at.positions.end(), begun->second.begin(), begun->second.end());
    std::ranges::sort(at.positions);
    at.positions.erase(std::ranges::unique(at.positions).begin(), at.positions.end());
  };
  std::vector<std::string> samples;
  // With whether the path is its anchor.
  std::set<std::tuple<std::string, bool, Positions>> seen;
  std::deque<Reached> queue;
  const auto enqueue = [&](Reached at) {
    arrive(at);
    if (seen.emplace(at.anchor, at.anchor == at.path, at.positions).second) queue.push_back(std::move(at));
  };
  enqueue({"/", "/", {}});
  children["/"];
  while (!queue.empty()) {
    const Reached at = std::move(queue.front());
    queue.pop_front();
    samples.push_back(at.path);
    auto next = steps->from(patterns, at.positions);
    const auto known = at.anchor == at.path ? children.find(at.path) : children.end();
    if (known != children.end()) next.insert(known->second.begin(), known->second.end());
    for (const std::string& segment : next) {
      if (!work.spend(1 + at.positions.size())) return std::nullopt;
      Reached beneath{capabilities::join(at.path, segment), at.anchor, patterns.after(at.positions, segment)};
      if (children.contains(beneath.path)) beneath.anchor = beneath.path;
      enqueue(std::move(beneath));
    }
  }
  return samples;
}

}  // namespace runtime::policies
