#pragma once
// From a resolved guest path to the file: the walk through the real file system, with everything the policy says about
// the file that is reached. Values and descriptors only: any thread, so that a lane can do it.
//
// Where the module has denies or an entry stands within another, what was reached is named canonically (by the kernel)
// and asked for under every guest path by which an entry shows it; a missing name likewise, by the deepest folder that
// exists. Refused always: what is `untouchable`, anything that leads out of its entry or into another file system,
// and, where it would be opened, whatever is neither a regular file nor a folder.
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "capabilities/beneath.h"
#include "capabilities/failure.h"
#include "capabilities/needs.h"
#include "capabilities/view.h"

namespace runtime::capabilities {

// A path and the rights its parameter needs, held against what is reached.
struct Lookup {
  ResolvedPath path;
  Needs needs;
};

// Whether a symlink at the end of the path is followed or is itself what is meant.
enum class FinalLink : uint8_t { kFollow, kKeep };

// Something that exists.
struct Reached {
  os::UniqueFd fd;  // O_PATH
  FileStatus status;
  RightSet rights;  // held there
};

// A name that does not exist, in a folder that does.
struct Missing {
  os::UniqueFd folder;  // O_PATH
  std::string name;
  RightSet rights;  // held there
};

// A name in a folder, whatever it names.
struct Named {
  os::UniqueFd folder;  // O_PATH
  std::string name;
  std::optional<FileStatus> status;  // of the name itself; none where it does not exist
  RightSet rights;                   // held there
  std::vector<std::string> guests;   // every guest path by which it is shown; empty where no rule can ask
};

Result<Reached> reach(const Lookup& lookup, FinalLink link, Wait wait);
// As reach(), or where the path would be made; a dangling symlink is followed to the name it stands for.
Result<std::variant<Reached, Missing>> reachOrMissing(const Lookup& lookup, FinalLink link, Wait wait);
// The last component itself, for what makes, removes or moves names. EBUSY for the root of an entry and for "..". May
// wait.
Result<Named> reachName(const Lookup& lookup);
// The deepest part of the path that exists, and what is missing beneath it.
struct Deepest {
  os::UniqueFd folder;  // O_PATH; where nothing is missing, whatever the path names
  std::vector<std::string> missing;
};
// For what makes several folders: each missing name may be made. May wait.
Result<Deepest> reachDeepest(const Lookup& lookup);

// Whether `name` in `folder`, which a walk of `lookup` reached, may be met with `effect`.
Result<void> permitted(const Lookup& lookup, int folder, const std::string& name, Effect effect);
// Whether the file may be touched at all; it is `fd` itself, or `name` in the folder `fd`.
Result<void> touchable(const Lookup& lookup, const FileStatus& status, int fd, const std::string& name = {});
// The canonical guest path of an open file, as the entry of `lookup` shows it. EACCES where it is not beneath it.
Result<std::string> guestPathOf(const Lookup& lookup, int fd);
// Whether a rule or another entry stands beneath the folder, so that it must not be moved or removed whole.
bool holdsOtherRules(const Lookup& lookup, const Named& folder);

// For a job that is recorded; without effect for others. What the walks above find allowed they tell themselves.
// All beneath the folder `fd` is looked at.
void tellAllBeneath(const Lookup& lookup, int fd);
// Two names that were reached and must be in one entry.
void tellTogether(const Lookup& one, const Lookup& other);
// These rights were asked for of the directory capability.
void tellAskedFor(const View& folder, RightSet rights);

}  // namespace runtime::capabilities
