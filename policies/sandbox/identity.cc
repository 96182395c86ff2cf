#include "policies/sandbox/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <vector>

#include "ipc/os/unique_fd.h"

namespace runtime::sandbox {
namespace {

// One line of /proc/self/uid_map: `count` ids from `inside` on.
struct IdRange {
  uint64_t inside, outside, count;
  uint64_t end() const { return inside + count; }
};

// Above what systemd gives to containers and below what it calls unusable.
constexpr uint64_t kUnusedFirst = 1'880'000'000;
constexpr uint64_t kUnusedEnd = 2'147'000'000;
// Where the supervisor's own namespace knows too few: above accounts made by hand.
constexpr uint64_t kAccountsEnd = 20'000;

std::vector<IdRange> readMap(const char* path) {
  std::vector<IdRange> ranges;
  std::ifstream file(path);
  for (IdRange range; file >> range.inside >> range.outside >> range.count;) ranges.push_back(range);
  return ranges;
}

// 0 where randomness cannot be had; the candidates are then walked from the first on.
uint64_t randomNumber() {
  uint64_t number = 0;
  return ::getrandom(&number, sizeof number, 0) == sizeof number ? number : 0;
}

bool hasAccount(uint64_t id) {
  std::array<char, 4096> space;
  passwd user{};
  passwd* foundUser = nullptr;
  group grp{};
  group* foundGroup = nullptr;
  // Too long an entry (ERANGE) is an entry.
  return ::getpwuid_r(static_cast<uid_t>(id), &user, space.data(), space.size(), &foundUser) == ERANGE || foundUser ||
         ::getgrgid_r(static_cast<gid_t>(id), &grp, space.data(), space.size(), &foundGroup) == ERANGE || foundGroup;
}

std::optional<uint64_t> unusedIn(uint64_t first, uint64_t end) {
  if (first >= end) return std::nullopt;
  constexpr int kTries = 16;
  for (int i = 0; i < kTries; ++i) {
    const uint64_t id = first + randomNumber() % (end - first);
    if (!hasAccount(id)) return id;
  }
  return std::nullopt;
}

// A number that is free both as a uid and as a gid and that this process may map.
std::optional<uint64_t> unusedId() {
  const std::vector<IdRange> groups = readMap("/proc/self/gid_map");
  for (const auto& [floor, ceiling] : {std::pair{kUnusedFirst, kUnusedEnd}, std::pair{kAccountsEnd, kUnusedFirst}}) {
    for (const IdRange& user : readMap("/proc/self/uid_map")) {
      for (const IdRange& group : groups) {
        const uint64_t first = std::max({user.inside, group.inside, floor});
        const uint64_t end = std::min({user.end(), group.end(), ceiling});
        if (const auto id = unusedIn(first, end)) return id;
      }
    }
  }
  return std::nullopt;
}

// Whether our uid 0 is some ordinary user of the namespace around ours.
bool rootIsOrdinaryOutside() {
  return std::ranges::any_of(readMap("/proc/self/uid_map"),
                             [](const IdRange& range) { return range.inside == 0 && range.outside != 0; });
}

bool maySetFileCapabilities() {
  cap_t own = ::cap_get_proc();
  cap_flag_value_t value = CAP_CLEAR;
  const bool may = own != nullptr && ::cap_get_flag(own, CAP_SETFCAP, CAP_EFFECTIVE, &value) == 0 && value == CAP_SET;
  ::cap_free(own);
  return may;
}

std::expected<void, SetupError> writeFile(const std::string& path, const std::string& text) {
  const os::UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return std::unexpected(SetupError{Step::kIdentity, errno});
  return {};
}

}  // namespace

std::expected<Identity, std::string> chooseIdentity() {
  if (::geteuid() != 0) return Identity{::geteuid(), ::getegid(), NamespacesMade::kWithProcess};
  if (!os::UniqueFd(::open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC)))
    return std::unexpected(std::string("cannot read /proc/self/uid_map: ") + ::strerrordesc_np(errno));
  if (const auto id = unusedId())
    return Identity{static_cast<uid_t>(*id), static_cast<gid_t>(*id), NamespacesMade::kAfterExec};
  if (rootIsOrdinaryOutside() && !maySetFileCapabilities())
    return std::unexpected(
        "root of this container lacks CAP_SETFCAP, without which the kernel maps it into no further user namespace "
        "(user_namespaces(7)): give the container that capability, or run as an ordinary user");
  if (rootIsOrdinaryOutside()) return Identity{0, ::getegid(), NamespacesMade::kWithProcess};
  return std::unexpected(
      "root has no unused uid to give to a worker (see /proc/self/uid_map): run as an ordinary user");
}

std::expected<void, SetupError> writeIdMaps(pid_t process, const Identity& identity) {
  const std::string folder = "/proc/" + std::to_string(process) + "/";
  if (identity.made == NamespacesMade::kWithProcess) {
    if (auto done = writeFile(folder + "setgroups", "deny"); !done) return done;
  }
  if (auto done = writeFile(folder + "gid_map", "0 " + std::to_string(identity.gid) + " 1\n"); !done) return done;
  return writeFile(folder + "uid_map", "0 " + std::to_string(identity.uid) + " 1\n");
}

void becomeMappedRoot() noexcept {
  if (::setgroups(0, nullptr) != 0 || ::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0) dieAt(Step::kIdentity);
}

}  // namespace runtime::sandbox
