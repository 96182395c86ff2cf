// The state of a confined worker as the host's kernel shows it, for root and for an ordinary user.
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "policies/sandbox/exit_status.h"
#include "policies/sandbox/namespaces.h"
#include "tests/sandbox/report/named_tests.h"
#include "tests/sandbox/wall/confined.h"

namespace {

using namespace runtime::tests;
namespace fs = std::filesystem;

constexpr uid_t kOrdinary = 54'321;

std::string procFile(pid_t pid, const std::string& name) { return "/proc/" + std::to_string(pid) + "/" + name; }

std::map<std::string, std::string> statusOf(pid_t pid) {
  std::ifstream file(procFile(pid, "status"));
  std::map<std::string, std::string> fields;
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    const size_t value = line.find_first_not_of("\t ", colon + 1);
    fields[line.substr(0, colon)] = value == std::string::npos ? "" : line.substr(value);
  }
  return fields;
}

std::map<std::string, std::string> limitsOf(pid_t pid) {
  std::ifstream file(procFile(pid, "limits"));
  std::map<std::string, std::string> limits;
  for (std::string line; std::getline(file, line);) {
    std::istringstream rest(line.substr(26));
    std::string soft, hard;
    rest >> soft >> hard;
    limits[line.substr(0, line.find("  "))] = soft + " " + hard;
  }
  return limits;
}

// What each leads to, sorted.
std::vector<std::string> descriptorsOf(pid_t pid) {
  std::vector<std::string> targets;
  for (const auto& entry : fs::directory_iterator(procFile(pid, "fd"))) {
    std::error_code closedMeanwhile;
    targets.push_back(fs::read_symlink(entry.path(), closedMeanwhile).string());
  }
  std::ranges::sort(targets);
  return targets;
}

// Nothing: whoever runs the test. Root runs it for both.
std::vector<std::optional<uid_t>> users() {
  if (::geteuid() != 0) return {std::nullopt};
  // An ordinary user must be able to reach the build.
  for (fs::path path = Confined::probeZygote(); path != "/"; path = path.parent_path()) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || (status.st_mode & S_IXOTH) == 0) {
      BOOST_TEST_MESSAGE("only root can reach " << path << ": nothing is tested as an ordinary user");
      return {std::nullopt};
    }
  }
  return {std::nullopt, kOrdinary};
}

template <typename Check>
void forEachUser(Check check) {
  for (const auto& user : users()) {
    BOOST_TEST_CONTEXT("as " << (user ? "an ordinary user" : "ourselves")) {
      SupervisorProcess supervisor(user);
      check(supervisor, user.value_or(::geteuid()));
    }
  }
}

}  // namespace

struct WallTests : runtime::tests::NamedTests {
  WallTests() : NamedTests("wall") {}
};
BOOST_TEST_GLOBAL_FIXTURE(WallTests);

BOOST_AUTO_TEST_CASE(everyNamespaceIsItsOwn) {
  forEachUser([](SupervisorProcess& supervisor, uid_t) {
    // As in /proc: the mount namespace is "mnt" there.
    for (const std::string name : {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup"}) {
      const auto host = fs::read_symlink("/proc/self/ns/" + name);
      const auto worker = fs::read_symlink(procFile(supervisor.worker, "ns/" + name));
      BOOST_TEST(worker != host, name);
      BOOST_TEST(worker == fs::read_symlink(procFile(supervisor.zygote, "ns/" + name)), name);
    }
  });
  BOOST_TEST(runtime::sandbox::kNamespaces.size() == 7u);
}

BOOST_AUTO_TEST_CASE(nobodyToTheHost) {
  forEachUser([](SupervisorProcess& supervisor, uid_t user) {
    for (const pid_t pid : {supervisor.zygote, supervisor.worker}) {
      auto status = statusOf(pid);
      std::istringstream uids(status["Uid"]), gids(status["Gid"]);
      for (int i = 0; i < 4; ++i) {
        uid_t uid = 0, gid = 0;
        BOOST_REQUIRE(uids >> uid);
        BOOST_REQUIRE(gids >> gid);
        if (user == 0) {
          BOOST_TEST(uid >= 20'000u);
          BOOST_TEST(gid >= 20'000u);
        } else {
          BOOST_TEST(uid == user);
        }
      }
      if (user == 0) BOOST_TEST(status["Groups"].find_first_of("0123456789") == std::string::npos);
      for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
        BOOST_TEST(status[set] == "0000000000000000", set);
      BOOST_TEST(status["NoNewPrivs"] == "1");
      BOOST_TEST(status["Threads"] == "1");
    }
    BOOST_TEST(statusOf(supervisor.worker)["Seccomp"] == "2");
    std::ifstream groups(procFile(supervisor.zygote, "setgroups"));
    std::string word;
    groups >> word;
    if (user != 0) BOOST_TEST(word == "deny");
  });
}

BOOST_AUTO_TEST_CASE(twoZygotesOfRootAreTwoUsers) {
  if (::geteuid() != 0) return;
  SupervisorProcess first(std::nullopt), second(std::nullopt);
  BOOST_TEST(statusOf(first.worker)["Uid"] != statusOf(second.worker)["Uid"]);
}

BOOST_AUTO_TEST_CASE(emptyReadOnlyRoot) {
  forEachUser([](SupervisorProcess& supervisor, uid_t user) {
    for (const pid_t pid : {supervisor.zygote, supervisor.worker}) {
      std::ifstream mounts(procFile(pid, "mountinfo"));
      std::vector<std::string> lines;
      for (std::string line; std::getline(mounts, line);) lines.push_back(line);
      BOOST_REQUIRE_EQUAL(lines.size(), 1u);
      BOOST_TEST(lines[0].contains(" / / ro,nosuid,nodev,noexec"), lines[0]);
      BOOST_TEST(lines[0].contains(" - tmpfs "), lines[0]);
      if (::geteuid() != 0 && user != 0) continue;
      BOOST_TEST(fs::is_empty(procFile(pid, "root/.")));
      BOOST_TEST(fs::is_empty(procFile(pid, "cwd/.")));
      struct stat root{}, workingFolder{};
      BOOST_REQUIRE_EQUAL(::stat(procFile(pid, "root/.").c_str(), &root), 0);
      BOOST_REQUIRE_EQUAL(::stat(procFile(pid, "cwd/.").c_str(), &workingFolder), 0);
      BOOST_TEST(root.st_ino == workingFolder.st_ino);
      BOOST_TEST(root.st_dev == workingFolder.st_dev);
      BOOST_TEST(::mkdir(procFile(pid, "root/made").c_str(), 0700) == -1);
      BOOST_TEST(errno == EROFS);
    }
  });
}

BOOST_AUTO_TEST_CASE(exactlyTwoDescriptors) {
  if (::geteuid() != 0) return;  // the kernel shows them to nobody else
  forEachUser([](SupervisorProcess& supervisor, uid_t) {
    std::set<std::string> worker;
    for (const auto& entry : fs::directory_iterator(procFile(supervisor.worker, "fd"))) {
      worker.insert(entry.path().filename());
      BOOST_TEST(fs::read_symlink(entry.path()).string().starts_with("pipe:"));
    }
    BOOST_TEST((worker == std::set<std::string>{"0", "1"}));
    // The control socket, and its own memory use. For a moment after the fork it holds what it sends, too.
    std::vector<std::string> zygote;
    for (int i = 0; i < 100 && zygote.size() != 2; ++i) {
      ::usleep(10'000);
      zygote = descriptorsOf(supervisor.zygote);
    }
    BOOST_REQUIRE_EQUAL(zygote.size(), 2u);
    BOOST_TEST(zygote[0].ends_with("/statm"), zygote[0]);
    BOOST_TEST(zygote[1].starts_with("socket:"), zygote[1]);
  });
}

BOOST_AUTO_TEST_CASE(resourceLimits) {
  forEachUser([](SupervisorProcess& supervisor, uid_t) {
    auto limits = limitsOf(supervisor.worker);
    for (const char* name : {"Max core file size", "Max processes", "Max open files", "Max file size",
                             "Max msgqueue size", "Max locked memory", "Max file locks", "Max pending signals"})
      BOOST_TEST(limits[name] == "0 0", name << ": " << limits[name]);
    BOOST_TEST(limits["Max cpu time"] == "10 11");
    std::istringstream data(limits["Max data size"]);
    uint64_t soft = 0, hard = 0;
    data >> soft >> hard;
    BOOST_TEST(soft == hard);
    BOOST_TEST(soft > uint64_t{64} << 20);
    BOOST_TEST(soft < uint64_t{80} << 20);
    BOOST_TEST(limitsOf(supervisor.zygote)["Max core file size"] == "0 0");
  });
}

BOOST_AUTO_TEST_CASE(workersEndWithTheirZygote) {
  forEachUser([](SupervisorProcess& supervisor, uid_t) {
    BOOST_REQUIRE_EQUAL(::kill(supervisor.zygote, SIGKILL), 0);
    BOOST_TEST(ends(supervisor.worker));
  });
}

BOOST_AUTO_TEST_CASE(zygotesEndWithTheirSupervisor) {
  forEachUser([](SupervisorProcess& supervisor, uid_t) {
    supervisor.kill();
    BOOST_TEST(ends(supervisor.zygote));
    BOOST_TEST(ends(supervisor.worker));
  });
}

BOOST_AUTO_TEST_CASE(rootStartsItFromAFolderOfAnother) {
  if (::geteuid() != 0) return;
  std::string folder = (fs::temp_directory_path() / "zygote-XXXXXX").string();
  BOOST_REQUIRE(::mkdtemp(folder.data()) != nullptr);
  struct Remove {
    std::string folder;
    ~Remove() { fs::remove_all(folder); }
  } remove{folder};
  fs::copy_file(Confined::probeZygote(), folder + "/zygote");
  BOOST_REQUIRE_EQUAL(::chown(folder.c_str(), kOrdinary, kOrdinary), 0);
  BOOST_REQUIRE_EQUAL(::chmod(folder.c_str(), 0700), 0);
  Confined confined(EngineMode::kJit, folder + "/zygote");
  Probe probe = confined.spawn();
  BOOST_TEST(probe.lives());
}
