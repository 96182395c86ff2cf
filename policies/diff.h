#pragma once
// What one policy gives that another does not. Sound: where `newer` gives anything more than `older`, some change is a
// widening; what cannot be decided is one as well. Looks at the file system to tell which host paths are the same.
#include <cstdint>
#include <string>
#include <vector>

#include "policies/policy.h"

namespace runtime::policies {

// One thing that is had, or bound, differently. A change of authority is shown by an example that explain() can be
// asked about: a module and a path for which the two policies answer differently.
struct Change {
  enum class Direction : uint8_t { kWidened, kNarrowed };
  enum class Subject : uint8_t {
    kSetting,      // `name` of [limits] or [engine], `before` and `after` in the notation of policy files
    kRoot,         // `before` and `after` are host paths
    kWithin,       // a ceiling, named by its place
    kFs,           // `rights` on `resource`
    kMove,         // renaming, moving or removing the folder `resource` whole
    kStorage,      // bytes written within one budget: `before` and `after`
    kEnvironment,  // the variable `resource`
    kDeny,         // `rights` on `resource` are denied, whether or not anything grants them; or a variable
    kLoad,         // loading modules from `resource`, a path beneath root
    kIsolate,      // which modules share a worker with `module`
    kIntegrity,    // what the file `resource`, a path beneath root, is held to: `before` and `after`
    kUndecided,    // `reason` says what
  };
  Direction direction = Direction::kWidened;
  Subject subject = Subject::kFs;
  std::string name;
  std::string before, after;
  std::string module;  // an example, a path under root; empty: every module
  capabilities::RightSet rights;
  std::string resource;    // an example: a guest path, or the name of a variable
  Place oldRule, newRule;  // what decides in either; line 0 where no rule does
  std::string reason;      // a sentence's part: why the other does not give it
};

struct Difference {
  std::vector<Change> changes;  // widenings first
  bool widened() const { return !changes.empty() && changes.front().direction == Change::Direction::kWidened; }
};

// `oldFolder` and `newFolder` are the canonical folders that the files stand in. Where they differ, `newer` is judged
// as if it stood in the place of `older`: what is beneath the folder of the one, less what both end in, counts as what
// is beneath that of the other.
Difference diff(Policy older, Policy newer, const std::string& oldFolder, const std::string& newFolder);

}  // namespace runtime::policies
