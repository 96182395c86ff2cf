#pragma once
// One run of the command, and everything that came of it.
#include <filesystem>
#include <string>
#include <vector>

#include "tests/integration/case.h"
#include "tests/integration/scratch.h"

namespace runtime::integration {

struct Ended {
  int status = 0;  // its exit code; 128 + the signal that killed it
  bool timedOut = false;
  std::string standardOutput, standardError;  // the first 64 MiB
  std::vector<std::string> strays;            // processes that outlived it
};

// Makes this process the reaper of everything that the command leaves behind. Once, before runCommand().
void becomeReaper();

// Runs `line` in `folder` as `identity`. Throws std::system_error. Strays are killed and named.
Ended runCommand(const Case& testCase, const std::vector<std::string>& line, const std::filesystem::path& folder,
                 Identity identity);

}  // namespace runtime::integration
