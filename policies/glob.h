#pragma once
// Globs of policy files: `*`, `?` and `[]` stay within a segment, `**` crosses segments, `{a,b}` is an alternative,
// dot files match, case counts. Matching is linear in the text for each alternative: no backtracking over `**`.
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace runtime::policies {

class Glob {
 public:
  // The error is a sentence for a person.
  static std::expected<Glob, std::string> parse(std::string_view pattern);

  bool matches(std::string_view text) const;
  // Whether anything strictly beneath the folder `text` could match, judged from the pattern alone.
  bool couldMatchBeneath(std::string_view text) const;
  const std::string& pattern() const { return pattern_; }
  bool matchesEverything() const { return pattern_ == "**"; }

 private:
  std::string pattern_;
  std::vector<std::vector<std::string>> alternatives_;  // each a list of segments
};

}  // namespace runtime::policies
