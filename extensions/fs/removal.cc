// rm: files, and whole folders without following links or leaving the entry.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "capabilities/guest_path.h"
#include "extensions/fs/folder_stream.h"
#include "extensions/fs/fs.capnp.h"
#include "extensions/fs/operation.h"

namespace runtime::extensions::fs {
namespace {

using capabilities::join;
using capabilities::Links;
using capabilities::Named;

enum class Missing : uint8_t { kFails, kIgnored };
enum class Folders : uint8_t { kRefused, kRemoved };

struct Removal {
  Lookup lookup;
  Folders folders;
  Missing missing;
  capabilities::StopSign stop;

  Result<void> perform() const {
    auto named = capabilities::reachName(lookup);
    const bool absent = named ? !named->status : named.error().error == ENOENT;
    if (absent && missing == Missing::kIgnored) return {};
    if (!named) return std::unexpected(std::move(named.error()));
    if (absent) return failed(ENOENT);
    if (!named->status->isFolder()) return unlinkName(named->folder.get(), named->name, 0);
    if (folders == Folders::kRefused) {
      return std::unexpected(Failure{.error = EISDIR, .refused = {}, .message = {}, .code = "ERR_FS_EISDIR"});
    }
    if (capabilities::holdsOtherRules(lookup, *named)) {
      return capabilities::refused(Right::kDelete, "a deny or another entry stands beneath it");
    }
    return removeTree(*named);
  }

 private:
  static Result<void> unlinkName(int folder, const std::string& name, int flags) {
    if (::unlinkat(folder, name.c_str(), flags) != 0 && errno != ENOENT) return failed();
    return {};
  }

  // A folder of the tree by its name relative to `top`. One descriptor at a time: depth costs names only.
  static Result<os::UniqueFd> openFolder(int top, const std::string& relative) {
    if (relative.empty()) return capabilities::duplicate(top);
    return capabilities::openBeneath(top, relative, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, Wait::kMay, Links::kNone);
  }

  Result<void> removeTree(const Named& named) const {
    auto top = capabilities::openBeneath(named.folder.get(), named.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
                                         Wait::kMay, Links::kNone);
    if (!top) return std::unexpected(std::move(top.error()));
    std::vector<std::string> stack{""};
    while (!stack.empty()) {
      if (stop.isUp()) return failed(ECANCELED);
      const std::string relative = stack.back();
      auto inner = empty(top->get(), relative);
      if (!inner && inner.error().error == ENOENT && !relative.empty()) {  // gone meanwhile
        stack.pop_back();
        continue;
      }
      if (!inner) return std::unexpected(std::move(inner.error()));
      if (!inner->empty()) {
        for (const auto& name : *inner) stack.push_back(join(relative, name));
        continue;
      }
      stack.pop_back();
      if (relative.empty()) break;
      const size_t slash = relative.rfind('/');
      auto parent = openFolder(top->get(), slash == std::string::npos ? "" : relative.substr(0, slash));
      if (!parent) return std::unexpected(std::move(parent.error()));
      const std::string name = slash == std::string::npos ? relative : relative.substr(slash + 1);
      if (auto removed = unlinkName(parent->get(), name, AT_REMOVEDIR); !removed) return removed;
    }
    return unlinkName(named.folder.get(), named.name, AT_REMOVEDIR);
  }

  // Removes what is no folder and returns the folders within.
  Result<std::vector<std::string>> empty(int top, const std::string& relative) const {
    auto fd = openFolder(top, relative);
    if (!fd) return std::unexpected(std::move(fd.error()));
    const int folder = fd->get();
    auto stream = FolderStream::open(std::move(*fd));
    if (!stream) return std::unexpected(std::move(stream.error()));
    std::vector<std::string> folders_;
    size_t bytes = 0;
    for (;;) {
      if (stop.isUp()) return failed(ECANCELED);
      auto entry = stream->next();
      if (!entry) return std::unexpected(std::move(entry.error()));
      if (!*entry || bytes > kMaxNameBytes) return folders_;
      const auto status = capabilities::statusAt(folder, (*entry)->name);
      if (!status && status.error().error == ENOENT) continue;
      if (!status) return std::unexpected(status.error());
      if (auto may = capabilities::touchable(lookup, *status, folder, (*entry)->name); !may) {
        return std::unexpected(std::move(may.error()));
      }
      if (status->isFolder()) {
        bytes += (*entry)->name.size();
        folders_.push_back((*entry)->name);
      } else if (auto removed = unlinkName(folder, (*entry)->name, 0); !removed) {
        return std::unexpected(std::move(removed.error()));
      }
    }
  }

  // Of the folders of one folder, taken at a time.
  static constexpr size_t kMaxNameBytes = 256 * 1024;
};

}  // namespace

kj::Promise<Outcome> rm(Operation operation) {
  const auto params = operation.params<Fs::RmParams>();
  Removal removal{operation.lookup(0), params.getRecursive() ? Folders::kRemoved : Folders::kRefused,
                  params.getForce() ? Missing::kIgnored : Missing::kFails, operation.stopSign()};
  return onLane(operation, [removal = std::move(removal)] { return removal.perform(); }, nothing());
}

}  // namespace runtime::extensions::fs
