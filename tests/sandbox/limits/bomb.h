#pragma once
// A bomb: a program that a limit must end, or the language itself. One file beneath bombs/ each; README.md there says
// what can stand at its head.
#include <filesystem>
#include <string>
#include <vector>

#include "supervisor/runtime.h"

namespace runtime::tests {

// What one run of a bomb is given.
struct Setting {
  std::string memory, wall, cpu;  // as in a policy file
  std::string jit;                // "true" or "false"
};

struct Bomb {
  std::filesystem::path file;
  std::string kind;     // the folder it is in
  std::string name;     // "heap/objects"
  std::string verdict;  // the only right one
  std::string prints;   // all that it prints; only of one whose verdict is "ok"
  std::vector<Setting> settings;
  std::string output;  // limit, as in a policy file
  bool eval = false;
  bool onlyLong = false;  // takes more than the short form of the suite has time for

  // The job, with `data` granted for reading at /data.
  Job job(const Setting& setting, const std::filesystem::path& data) const;
};

// All beneath the folder, in the order of their names. Throws std::runtime_error for one that it cannot make sense of.
std::vector<Bomb> readBombs(const std::filesystem::path& folder);

}  // namespace runtime::tests
