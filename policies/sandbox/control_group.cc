#include "policies/sandbox/control_group.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <format>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <vector>

namespace runtime::sandbox {
namespace {

constexpr std::string_view kPrefix = "secure-runtime-";
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::string describe(int error) { return ::strerrordesc_np(error) ? ::strerrordesc_np(error) : "unknown error"; }

std::expected<void, int> write(int folder, const char* file, std::string_view text) {
  const os::UniqueFd target(::openat(folder, file, O_WRONLY | O_CLOEXEC));
  if (!target || ::write(target.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return std::unexpected(errno);
  return {};
}

std::string read(int folder, const char* file) {
  const os::UniqueFd source(::openat(folder, file, O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> text;
  const ssize_t size = source ? ::read(source.get(), text.data(), text.size()) : 0;
  return size > 0 ? std::string(text.data(), static_cast<size_t>(size)) : std::string();
}

bool hasWord(const std::string& text, std::string_view wanted) {
  std::istringstream words(text);
  for (std::string word; words >> word;)
    if (word == wanted) return true;
  return false;
}

// --- where this process's groups are ---

// One line of /proc/self/mountinfo that is of a hierarchy.
struct Mounted {
  std::string root, at;
};

std::optional<Mounted> mounted(std::string_view type, std::string_view controller) {
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    const size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream before(line.substr(0, dash)), after(line.substr(dash + 3));
    std::string id, parent, device, fileSystem, source, options;
    Mounted found;
    before >> id >> parent >> device >> found.root >> found.at;
    after >> fileSystem >> source >> options;
    for (char& c : options)
      if (c == ',') c = ' ';
    if (fileSystem == type && (controller.empty() || hasWord(options, controller))) return found;
  }
  return std::nullopt;
}

// The path that /proc/self/cgroup gives for the hierarchy: "" for version 2, else of the controller.
std::optional<std::string> groupPath(std::string_view controller) {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    std::string controllers = line.substr(first + 1, second - first - 1);
    for (char& c : controllers)
      if (c == ',') c = ' ';
    if (controller.empty() ? controllers.empty() : hasWord(controllers, controller)) return line.substr(second + 1);
  }
  return std::nullopt;
}

std::optional<std::string> ownGroup(std::string_view type, std::string_view controller) {
  const auto mount = mounted(type, controller);
  const auto path = groupPath(controller);
  if (!mount || !path) return std::nullopt;
  // What is mounted may begin below the hierarchy's own root.
  const std::string below = mount->root == "/"               ? *path
                            : path->starts_with(mount->root) ? path->substr(mount->root.size())
                                                             : "";
  return mount->at + (below == "/" ? "" : below);
}

// Controllers reach the groups below only where the group says so, which it may while no process is in it.
bool passesMemoryOn(int folder) {
  if (!hasWord(read(folder, "cgroup.controllers"), "memory")) return false;
  if (!hasWord(read(folder, "cgroup.subtree_control"), "memory") && !write(folder, "cgroup.subtree_control", "+memory"))
    return false;
  (void)write(folder, "cgroup.subtree_control", "+pids");
  (void)write(folder, "cgroup.subtree_control", "+cpu");
  return true;
}

// --- what a crash has left ---

std::vector<std::string> foldersIn(int folder) {
  std::vector<std::string> names;
  const int copy = ::openat(folder, ".", kFolderFlags);
  if (copy < 0) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(copy), ::closedir);
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr)
    if (entry->d_type == DT_DIR && entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  return names;
}

// The kernel takes a process that has ended out of its group a moment after its parent could see the end: it may be
// preempted in between. So long is that waited for, in all.
class Patience {
 public:
  // Whether to try again, after a pause.
  bool pause() {
    if (left_ == 0) return false;
    --left_;
    ::usleep(2'000);
    return true;
  }

 private:
  int left_ = 20;
};

void removeGroup(int parent, const std::string& name, Patience& patience) {
  while (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 && errno == EBUSY && patience.pause()) continue;
}

// Only empty groups can be removed, so no process is harmed by it.
void sweep(int parent) {
  Patience patience;
  for (const std::string& name : foldersIn(parent)) {
    if (!name.starts_with(kPrefix)) continue;
    const os::UniqueFd left(::openat(parent, name.c_str(), kFolderFlags));
    if (!left || ::flock(left.get(), LOCK_EX | LOCK_NB) != 0) continue;
    for (const std::string& group : foldersIn(left.get())) removeGroup(left.get(), group, patience);
    ::unlinkat(parent, name.c_str(), AT_REMOVEDIR);
  }
}

std::string newName() {
  uint32_t random = 0;
  (void)!::getrandom(&random, sizeof random, 0);
  return std::format("{}{}-{:08x}", kPrefix, ::getpid(), random);
}

}  // namespace

std::string_view name(Hierarchy hierarchy) { return hierarchy == Hierarchy::kV1 ? "cgroup-v1" : "cgroup-v2"; }

std::expected<void, int> ControlGroup::enter(pid_t process) const {
  return write(folder_.get(), "cgroup.procs", std::to_string(process));
}

void ControlGroups::anticipateMove() const {
  if (beneathOwn_) (void)write(parent_.get(), "cgroup.procs", "0");
}

std::expected<void, int> ControlGroup::changeMemory(uint64_t memoryBytes) const {
  // With swap it may not be less than without, so where it is raised it comes first.
  if (hierarchy_ == Hierarchy::kV1) {
    (void)write(folder_.get(), "memory.memsw.limit_in_bytes", std::to_string(memoryBytes));
  }
  return limitMemory(memoryBytes);
}

std::expected<void, int> ControlGroup::limitMemory(uint64_t memoryBytes) const {
  const std::string bytes = std::to_string(memoryBytes);
  const bool isV1 = hierarchy_ == Hierarchy::kV1;
  if (auto limited = write(folder_.get(), isV1 ? "memory.limit_in_bytes" : "memory.max", bytes); !limited)
    return limited;
  // Not every kernel accounts swap.
  if (isV1) (void)write(folder_.get(), "memory.memsw.limit_in_bytes", bytes);
  return {};
}

uint64_t ControlGroup::killedForMemory() const {
  std::istringstream words(read(folder_.get(), hierarchy_ == Hierarchy::kV1 ? "memory.oom_control" : "memory.events"));
  for (std::string word; words >> word;) {
    uint64_t count = 0;
    if (word == "oom_kill" && words >> count) return count;
  }
  return 0;
}

std::expected<ControlGroups, std::string> ControlGroups::claim() {
  std::string reason = "no hierarchy with a memory controller is mounted";
  if (const auto group = ownGroup("cgroup2", "")) {
    for (const std::string& candidate : {*group, *group + "/.."}) {
      auto claimed = claimBeneath(Hierarchy::kV2, candidate);
      if (claimed) return claimed;
      reason = claimed.error();
    }
  }
  if (const auto group = ownGroup("cgroup", "memory")) {
    auto claimed = claimBeneath(Hierarchy::kV1, *group);
    if (claimed) claimed->beneathOwn_ = true;
    return claimed;
  }
  return std::unexpected(reason);
}

std::expected<ControlGroups, std::string> ControlGroups::claimBeneath(Hierarchy hierarchy, const std::string& group) {
  os::UniqueFd parent(::open(group.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent) return std::unexpected(describe(errno));
  if (hierarchy == Hierarchy::kV2 && !passesMemoryOn(parent.get()))
    return std::unexpected("its memory controller is not delegated to this process");
  sweep(parent.get());
  // One that sweeps may have come between the folder and its lock.
  constexpr int kTries = 8;
  for (int i = 0; i < kTries; ++i) {
    std::string name = newName();
    if (::mkdirat(parent.get(), name.c_str(), 0700) != 0)
      return std::unexpected("no group can be made: " + describe(errno));
    os::UniqueFd folder(::openat(parent.get(), name.c_str(), kFolderFlags));
    struct stat status{}, named{};
    if (!folder || ::flock(folder.get(), LOCK_SH | LOCK_NB) != 0 || ::fstat(folder.get(), &status) != 0 ||
        ::fstatat(parent.get(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0 || status.st_ino != named.st_ino)
      continue;
    if (hierarchy == Hierarchy::kV2 && !passesMemoryOn(folder.get())) {
      ::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR);
      return std::unexpected("its memory controller is not delegated to this process");
    }
    return ControlGroups(hierarchy, std::move(parent), std::move(name), std::move(folder));
  }
  return std::unexpected("no group can be kept");
}

ControlGroups::~ControlGroups() {
  if (!folder_) return;
  for (const std::string& group : foldersIn(folder_.get())) ::unlinkat(folder_.get(), group.c_str(), AT_REMOVEDIR);
  ::unlinkat(parent_.get(), name_.c_str(), AT_REMOVEDIR);
}

std::expected<ControlGroup, int> ControlGroups::make(uint64_t memoryBytes) {
  const std::string name = std::format("worker-{}", next_++);
  if (::mkdirat(folder_.get(), name.c_str(), 0700) != 0) return std::unexpected(errno);
  ControlGroup group(name, os::UniqueFd(::openat(folder_.get(), name.c_str(), kFolderFlags)), hierarchy_);
  const int folder = group.folder_.get();
  if (auto limited = group.limitMemory(memoryBytes); !limited) {
    remove(std::move(group));
    return std::unexpected(limited.error());
  }
  // Not every delegation has the other controllers.
  if (hierarchy_ == Hierarchy::kV2) {
    (void)write(folder, "memory.swap.max", "0");
    (void)write(folder, "pids.max", "1");
    (void)write(folder, "cpu.max", "100000 100000");
  }
  return group;
}

void ControlGroups::remove(ControlGroup group) { ::unlinkat(folder_.get(), group.name_.c_str(), AT_REMOVEDIR); }

}  // namespace runtime::sandbox
