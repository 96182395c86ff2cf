// run_case PROGRAM FOLDER: runs the integration case in FOLDER, as this user and, where this is root, as an ordinary
// user too. Exit code 0: all as expected; 1: not; 2: the case itself is wrong.
#include <pwd.h>
#include <unistd.h>

#include <cstdio>

#include <exception>
#include <filesystem>
#include <print>
#include <vector>

#include "tests/integration/case.h"
#include "tests/integration/child.h"
#include "tests/integration/expectation.h"
#include "tests/integration/scratch.h"

namespace runtime::integration {
namespace {

std::vector<Identity> identitiesFor(const Case& testCase) {
  const Identity self{::geteuid(), ::getegid()};
  if (self.uid != 0) return testCase.asUser ? std::vector{self} : std::vector<Identity>{};
  std::vector<Identity> out;
  if (testCase.asRoot) out.push_back(self);
  if (const passwd* nobody = ::getpwnam("nobody"); testCase.asUser && nobody != nullptr) {
    out.push_back({nobody->pw_uid, nobody->pw_gid});
  }
  return out;
}

// Whether all was as expected.
bool runAs(const Case& testCase, const std::string& program, Identity identity) {
  const Scratch scratch(testCase, identity);
  Faults faults;
  for (int turn = 0; turn < testCase.repeat && faults.empty(); ++turn) {
    const Ended ended = runCommand(testCase, commandLine(testCase, program), scratch.path(), identity);
    faults = judge(testCase, ended, scratch.path());
  }
  for (const std::string& fault : faults) std::println(stderr, "as uid {}: {}", identity.uid, fault);
  return faults.empty();
}

}  // namespace
}  // namespace runtime::integration

int main(int count, char** values) {
  using namespace runtime::integration;
  if (count != 3) {
    std::fputs("usage: run_case PROGRAM FOLDER\n", stderr);
    return 2;
  }
  try {
    const Case testCase = readCase(std::filesystem::absolute(values[2]));
    becomeReaper();
    bool good = true;
    for (const Identity& identity : identitiesFor(testCase)) {
      good = runAs(testCase, std::filesystem::absolute(values[1]), identity) && good;
    }
    return good ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", values[2], error.what());
    return 2;
  }
}
