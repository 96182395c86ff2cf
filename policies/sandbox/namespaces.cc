#include "policies/sandbox/namespaces.h"

#include <errno.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace runtime::sandbox {
namespace {

constexpr uint64_t kAll =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

}  // namespace

constinit const std::array<Namespace, 7> kNamespaces{{{"user", CLONE_NEWUSER},
                                                      {"mount", CLONE_NEWNS},
                                                      {"pid", CLONE_NEWPID},
                                                      {"net", CLONE_NEWNET},
                                                      {"ipc", CLONE_NEWIPC},
                                                      {"uts", CLONE_NEWUTS},
                                                      {"cgroup", CLONE_NEWCGROUP}}};

std::expected<NamespaceIds, int> ownNamespaceIds() {
  NamespaceIds ids{};
  for (size_t i = 0; i < kNamespaces.size(); ++i) {
    // /proc calls one of them otherwise.
    const std::string_view name = kNamespaces[i].name == "mount" ? "mnt" : kNamespaces[i].name;
    struct stat status{};
    if (::stat(("/proc/self/ns/" + std::string(name)).c_str(), &status) != 0) return std::unexpected(errno);
    ids[i] = status.st_ino;
  }
  return ids;
}

bool procIsOwn() {
  std::array<char, 32> self{};
  const ssize_t size = ::readlink("/proc/self", self.data(), self.size());
  return size > 0 && std::string_view(self.data(), static_cast<size_t>(size)) == std::to_string(::getpid());
}

uint64_t cloneFlags(NamespacesMade made) { return made == NamespacesMade::kWithProcess ? kAll : CLONE_NEWPID; }

void enterRemainingNamespaces() noexcept {
  if (::unshare(static_cast<int>(kAll & ~uint64_t{CLONE_NEWPID})) != 0) dieAt(Step::kNamespaces);
}

}  // namespace runtime::sandbox
