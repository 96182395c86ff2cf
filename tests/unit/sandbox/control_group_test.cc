// Control groups as this host gives them to whoever runs the test. Where it gives none, that is what is tested.
#include "policies/sandbox/control_group.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

using namespace runtime::sandbox;
namespace fs = std::filesystem;

constexpr uint64_t kMiB = 1 << 20;

// In a child of its own, which is moved in by the parent before it acts. The status of its end.
template <typename Act>
int statusInGroup(const ControlGroup& group, Act act) {
  int gate[2];
  BOOST_REQUIRE_EQUAL(::pipe2(gate, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    char byte = 0;
    if (::read(gate[0], &byte, 1) != 1) ::_exit(1);
    act();
    ::_exit(0);
  }
  const bool entered = group.enter(child).has_value();
  BOOST_TEST(entered);
  if (!entered) ::kill(child, SIGKILL);
  char byte = 1;
  (void)!::write(gate[1], &byte, 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(gate[0]);
  ::close(gate[1]);
  return status;
}

void take(size_t bytes) {
  (void)!::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
}

// Memory for page tables is the kernel's, and counts all the same.
void readFarApart(size_t bytes) {
  constexpr size_t kTable = 2 * kMiB;
  auto* pages = static_cast<volatile char*>(
      ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  if (pages == MAP_FAILED) ::_exit(2);
  ::madvise(const_cast<char*>(pages), bytes, MADV_NOHUGEPAGE);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  for (size_t at = 0; at < bytes; at += kTable) (void)pages[at];
}

// The folders of supervisors, of this kind, where this process's group is.
size_t foldersLeft(const std::string& group) {
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(group))
    count += entry.path().filename().string().starts_with("secure-runtime-") ? 1 : 0;
  return count;
}

}  // namespace

BOOST_AUTO_TEST_CASE(aGroupHoldsItsMemory) {
  auto groups = ControlGroups::claim();
  if (!groups) {
    BOOST_TEST_MESSAGE("no control group is delegated here: " << groups.error());
    BOOST_TEST(!groups.error().empty());
    return;
  }
  auto group = groups->make(16 * kMiB);
  BOOST_REQUIRE(group.has_value());
  BOOST_TEST(statusInGroup(*group, [] { take(4 * kMiB); }) == 0);
  BOOST_TEST(group->killedForMemory() == 0u);
  for (const auto act : {+[] { take(64 * kMiB); }, +[] { readFarApart(size_t{64} << 30); }}) {
    const uint64_t before = group->killedForMemory();
    const int status = statusInGroup(*group, act);
    BOOST_REQUIRE(WIFSIGNALED(status));
    BOOST_TEST(WTERMSIG(status) == SIGKILL);
    BOOST_TEST(group->killedForMemory() == before + 1);
  }
  groups->remove(std::move(*group));
}

BOOST_AUTO_TEST_CASE(nobodyWhoHasEndedEnters) {
  auto groups = ControlGroups::claim();
  if (!groups) return;
  auto group = groups->make(16 * kMiB);
  BOOST_REQUIRE(group.has_value());
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  const auto entered = group->enter(child);
  BOOST_REQUIRE(!entered.has_value());
  BOOST_TEST(entered.error() == ESRCH);
}

// Moved nowhere, neither from its own group nor into one it was merely given.
BOOST_AUTO_TEST_CASE(anticipatingAMoveMovesNobody) {
  const auto own = [] {
    std::ifstream file("/proc/self/cgroup");
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string before = own();
  auto groups = ControlGroups::claim();
  if (!groups) return;
  groups->anticipateMove();
  BOOST_TEST(own() == before);
  const auto group = groups->make(64 * kMiB);
  BOOST_REQUIRE(group.has_value());
  for (const auto& folder : fs::recursive_directory_iterator("/sys/fs/cgroup/memory")) {
    if (folder.path().filename() != "worker-1" ||
        !folder.path().parent_path().filename().string().starts_with("secure-runtime-" + std::to_string(::getpid())))
      continue;
    const auto beneath = ControlGroups::claimBeneath(Hierarchy::kV1, folder.path());
    BOOST_REQUIRE(beneath.has_value());
    beneath->anticipateMove();
    BOOST_TEST(own() == before);
    return;
  }
}

BOOST_AUTO_TEST_CASE(whatACrashLeftIsSwept) {
  if (!ControlGroups::claim()) return;
  int gate[2];
  BOOST_REQUIRE_EQUAL(::pipe2(gate, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    auto groups = ControlGroups::claim();
    if (!groups || !groups->make(16 * kMiB)) ::_exit(1);
    (void)!::write(gate[1], "1", 1);
    ::pause();
  }
  ::close(gate[1]);
  char byte = 0;
  BOOST_REQUIRE_EQUAL(::read(gate[0], &byte, 1), 1);
  ::close(gate[0]);
  std::ifstream file("/proc/self/cgroup");
  std::string group;
  for (std::string line; std::getline(file, line);)
    if (const size_t at = line.find(":memory:"); at != std::string::npos)
      group = "/sys/fs/cgroup/memory" + line.substr(at + 8);
  const bool seen = !group.empty() && fs::exists(group);
  const size_t before = seen ? foldersLeft(group) : 0;
  {
    // One in use is left alone.
    auto groups = ControlGroups::claim();
    BOOST_REQUIRE(groups.has_value());
    if (seen) BOOST_TEST(foldersLeft(group) == before + 1);
  }
  if (seen) BOOST_TEST(foldersLeft(group) == before);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  if (seen) BOOST_TEST(foldersLeft(group) == before);
  {
    auto groups = ControlGroups::claim();
  }
  if (seen) BOOST_TEST(foldersLeft(group) == before - 1);
}

// As far as it goes without the kernel: a folder that only looks like a group of version 2.
BOOST_AUTO_TEST_CASE(aGroupWithoutAMemoryControllerIsRefused) {
  std::string folder = (fs::temp_directory_path() / "secure-runtime-group-XXXXXX").string();
  BOOST_REQUIRE(::mkdtemp(folder.data()) != nullptr);
  std::ofstream(folder + "/cgroup.controllers") << "cpu pids\n";
  std::ofstream(folder + "/cgroup.subtree_control") << "\n";
  const auto groups = ControlGroups::claimBeneath(Hierarchy::kV2, folder);
  BOOST_REQUIRE(!groups.has_value());
  BOOST_TEST(groups.error() == "its memory controller is not delegated to this process");
  BOOST_TEST(!ControlGroups::claimBeneath(Hierarchy::kV1, folder + "/absent").has_value());
  fs::remove_all(folder);
}
