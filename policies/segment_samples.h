#pragma once
// Segments of paths that stand for all segments: whatever some patterns and some literal texts tell apart is told
// apart by the samples. Pure; any thread.
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policies/glob.h"

namespace runtime::policies {

// Steps that may still be taken on a question whose answer can take exponential time.
class Work {
 public:
  explicit Work(size_t steps) : left_(steps) {}
  // False once they are used up, and from then on.
  bool spend(size_t steps) {
    left_ = steps > left_ ? 0 : left_ - steps;
    return left_ > 0;
  }

 private:
  size_t left_;
};

// For every segment there is one among the samples that the same of `wildcards` match and that is none of `literals`,
// or, where there is no such text, the literals themselves. "", "." and ".." are no segments. Nothing where the work
// does not suffice. Short and printable texts are preferred.
std::optional<std::vector<std::string>> segmentSamples(const std::vector<const Glob::Segment*>& wildcards,
                                                       const std::set<std::string>& literals, Work& work);

// The bytes of the characters of a segment.
std::string encodeSegment(std::u32string_view characters);

}  // namespace runtime::policies
