// Every system call number of every entry to the kernel, tried by native code behind the wall with arguments that do no
// harm if it were allowed: each outcome stands in system_calls.txt.
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <format>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "policies/sandbox/syscall_rules.h"
#include "tests/sandbox/report/attack_report.h"
#include "tests/sandbox/wall/confined.h"

namespace {

using namespace runtime::tests;

enum class Entry : uint8_t { kX8664, kI386, kX32 };

// Outcomes as in system_calls.txt.
using Outcomes = std::map<std::pair<std::string, int64_t>, std::set<std::string>>;

// "ENTRY FIRST[-LAST] OUTCOME[|OUTCOME] NAMES"
Outcomes readList() {
  std::ifstream file(SYSTEM_CALLS_LIST);
  BOOST_REQUIRE_MESSAGE(file.is_open(), "no " SYSTEM_CALLS_LIST);
  Outcomes outcomes;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string entry, range, outcome;
    words >> entry >> range >> outcome;
    std::set<std::string> allowed;
    std::istringstream alternatives(outcome);
    for (std::string one; std::getline(alternatives, one, '|');) allowed.insert(one);
    const size_t dash = range.find('-');
    const int64_t first = std::stoll(range),
                  last = dash == std::string::npos ? first : std::stoll(range.substr(dash + 1));
    for (int64_t number = first; number <= last; ++number)
      BOOST_REQUIRE_MESSAGE(outcomes.emplace(std::pair(entry, number), allowed).second, "twice: " << line);
  }
  return outcomes;
}

std::string outcomeOf(Confined& confined, const Command& command) {
  Probe probe = confined.spawn();
  if (const auto answer = probe.obey(command)) return "answers";
  const int status = probe.status();
  return WIFSIGNALED(status) ? std::format("SIG{}", ::sigabbrev_np(WTERMSIG(status)))
                             : std::format("exits-{}", WEXITSTATUS(status));
}

Command commandFor(Entry entry, int64_t number) {
  constexpr int64_t kX32Bit = 0x40000000;
  switch (entry) {
    case Entry::kX8664: {
      // No length and no address.
      Command command{Command::Kind::kSyscall, number, {}};
      const auto rules = runtime::sandbox::syscallRules(runtime::sandbox::Jit::kOff);
      if (const auto rule = std::ranges::find(rules, number, &runtime::sandbox::SyscallRule::number);
          rule != rules.end())
        for (const auto& test : rule->tests) command.arguments[test.index] = test.value;
      return command;
    }
    case Entry::kI386:
      return {Command::Kind::kInterrupt80, number, {}};
    case Entry::kX32:
      return {Command::Kind::kSyscall, number | kX32Bit, {}};
  }
  return {};
}

void tryAll(EngineMode mode, Entry entry, const std::string& name) {
  const Outcomes expected = readList();
  Confined confined(mode);
  AttackRow row{"system calls", name + (mode == EngineMode::kJit ? ", JIT" : ", no JIT"), 0, 0, ""};
  size_t reachable = 0;
  for (const auto& [key, allowed] : expected) {
    if (key.first != name) continue;
    const std::string outcome = outcomeOf(confined, commandFor(entry, key.second));
    ++row.tried;
    if (allowed.contains(outcome)) {
      ++row.refused;
    } else {
      BOOST_ERROR(name << " " << key.second << ": " << outcome);
      row.detail += std::format("{}: {}; ", key.second, outcome);
    }
    // Whatever did not die of the filter was let through.
    if (outcome != "SIGSYS" && !allowed.contains("unfiltered")) ++reachable;
  }
  if (row.detail.empty()) row.detail = std::format("{} answer, the rest kills", reachable);
  report(row);
  if (entry == Entry::kX8664) {
    report(AttackFigure{std::format("system calls reachable, {}", mode == EngineMode::kJit ? "JIT" : "no JIT"),
                        static_cast<double>(reachable), mode == EngineMode::kJit ? 14.0 : 12.0, ""});
    BOOST_TEST(reachable <= (mode == EngineMode::kJit ? 14u : 12u));
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(everySystemCall) { tryAll(EngineMode::kJit, Entry::kX8664, "x86-64"); }

BOOST_AUTO_TEST_CASE(everySystemCallWithoutJit) { tryAll(EngineMode::kJitless, Entry::kX8664, "x86-64"); }

BOOST_AUTO_TEST_CASE(everySystemCallOfI386) { tryAll(EngineMode::kJit, Entry::kI386, "i386"); }

BOOST_AUTO_TEST_CASE(everySystemCallOfX32) { tryAll(EngineMode::kJit, Entry::kX32, "x32"); }
