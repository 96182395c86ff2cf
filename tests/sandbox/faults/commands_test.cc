// The command itself is killed, stopped and continued at any instant.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <format>
#include <fstream>
#include <set>
#include <thread>

#include "tests/sandbox/faults/command.h"
#include "tests/sandbox/faults/crowd.h"
#include "tests/sandbox/faults/processes.h"
#include "tests/sandbox/report/attack_report.h"

namespace runtime::tests {
namespace {

using std::chrono::milliseconds;

std::vector<std::string> lineOf(const Programs& programs, size_t index) {
  return {"run", "--policy", programs.policy(), programs.entry(index)};
}

std::set<std::string> entriesOf(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

// The cgroups of a command's processes that are not this process's own, nor the root, where a process is once it has
// ended (cgroup v1).
std::set<std::string> cgroupsBeneath(pid_t command) {
  std::set<std::string> groups;
  for (const pid_t zygote : childrenOf(command)) {
    for (const pid_t pid : childrenOf(zygote)) {
      std::ifstream file(std::format("/proc/{}/cgroup", pid));
      for (std::string line; std::getline(file, line);) {
        if (!line.ends_with(":/")) groups.insert(line);
      }
    }
  }
  std::ifstream own("/proc/self/cgroup");
  for (std::string line; std::getline(own, line);) groups.erase(line);
  return groups;
}

bool exists(const std::string& group) {
  const auto controllers = group.find(':'), path = group.find(':', controllers + 1);
  const std::string name = group.substr(controllers + 1, path - controllers - 1);
  return std::filesystem::exists("/sys/fs/cgroup/" + name + group.substr(path + 1));
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_command_is_killed) {
  const Programs programs;
  // Temporaries, if there were any, would be made here.
  const auto temporary = programs.folder() / "temporary";
  std::filesystem::create_directory(temporary);
  BOOST_REQUIRE(nothingIsLeft(std::chrono::seconds(5)));
  const std::string mountsBefore = mounts();
  Chance chance(6);
  const size_t rounds = longForm() ? 1000 : 15;
  size_t clean = 0;
  std::set<std::string> groups;
  for (size_t i = 0; i < rounds; ++i) {
    Command command(lineOf(programs, i), [&] { return ::setenv("TMPDIR", temporary.c_str(), 1) == 0; });
    chance.sleepUpTo(milliseconds(200));
    groups.merge(cgroupsBeneath(command.pid()));
    ::kill(command.pid(), SIGKILL);
    BOOST_TEST(command.wait().has_value());
    const bool gone = nothingIsLeft(std::chrono::seconds(longForm() ? 1 : 3));
    BOOST_TEST(gone, "a process is left");
    // Of the program's own folder, what the program itself had not yet removed: names of its own choice.
    bool onlyTheJobs = entriesOf(temporary).empty();
    for (const auto& name : entriesOf(programs.folder() / "granted")) {
      onlyTheJobs = onlyTheJobs && (name == "file" || name.starts_with("t-"));
    }
    BOOST_TEST(onlyTheJobs);
    if (gone && onlyTheJobs && mounts() == mountsBefore) ++clean;
  }
  BOOST_TEST(mounts() == mountsBefore);
  // The next start removes them; or the one after it, where the kernel has not yet taken an ended process out of its
  // group.
  constexpr int kStarts = 5;
  for (int i = 0; i < kStarts && (i == 0 || std::ranges::any_of(groups, exists)); ++i) {
    Command next(lineOf(programs, 1));
    BOOST_TEST(next.wait().value_or(-1) == 0);
    BOOST_TEST(next.standardOutput() == Programs::output(1));
  }
  for (const std::string& group : groups) BOOST_TEST(!exists(group), group);
  report(AttackRow{.area = "faults",
                   .attack = "SIGKILL to the command",
                   .tried = rounds,
                   .refused = clean,
                   .detail = "no process, mount or file left; the next run works"});
}

namespace {

enum class Reach : uint8_t { kSupervisor, kTree, kJobControl };

// The processes that are stopped at once; continued in the same order.
std::vector<pid_t> targets(const Command& command, Reach reach) {
  std::vector<pid_t> list{command.pid()};
  if (reach != Reach::kTree) return list;
  for (const pid_t zygote : childrenOf(command.pid())) {
    list.push_back(zygote);
    for (const pid_t worker : childrenOf(zygote)) list.push_back(worker);
  }
  return list;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_command_is_stopped_and_continued) {
  const Programs programs;
  Chance chance(7);
  const size_t rounds = longForm() ? 1000 : 15;
  size_t whole = 0;
  for (size_t i = 0; i < rounds; ++i) {
    const auto reach = static_cast<Reach>(i % 3);
    Command command(lineOf(programs, i / 3), [] { return ::setpgid(0, 0) == 0; });
    for (int stops = 0; stops < 3; ++stops) {
      chance.sleepUpTo(milliseconds(60));
      if (reach == Reach::kJobControl) {
        ::kill(-command.pid(), SIGTSTP);
        chance.sleepUpTo(milliseconds(40));
        ::kill(-command.pid(), SIGCONT);
        continue;
      }
      const auto list = targets(command, reach);
      for (const pid_t pid : list) ::kill(pid, SIGSTOP);
      chance.sleepUpTo(milliseconds(40));
      for (const pid_t pid : list) ::kill(pid, SIGCONT);
    }
    const auto status = command.wait();
    BOOST_TEST(status.value_or(-1) == 0, command.standardError());
    BOOST_TEST(command.standardOutput() == Programs::output(i / 3));
    if (status == 0 && command.standardOutput() == Programs::output(i / 3)) ++whole;
  }
  BOOST_TEST(nothingIsLeft(std::chrono::seconds(5)));
  report(AttackRow{.area = "faults",
                   .attack = "SIGSTOP, SIGTSTP and SIGCONT to the command and its tree",
                   .tried = rounds,
                   .refused = whole,
                   .detail = "the job went on and ended well"});
}

// Longer than anybody waits for anybody: what was due meanwhile is heard before it is called late.
BOOST_AUTO_TEST_CASE(the_command_is_stopped_for_long) {
  if (!longForm()) return;
  const Programs programs;
  Chance chance(8);
  for (size_t i = 0; i < 12; ++i) {
    Command command(lineOf(programs, 4));
    chance.sleepUpTo(milliseconds(150));
    ::kill(command.pid(), SIGSTOP);
    std::this_thread::sleep_for(std::chrono::seconds(12));
    ::kill(command.pid(), SIGCONT);
    BOOST_TEST(command.wait().value_or(-1) == 0, command.standardError());
    BOOST_TEST(command.standardOutput() == Programs::output(4));
  }
}

}  // namespace runtime::tests
