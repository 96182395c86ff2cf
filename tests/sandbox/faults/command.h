#pragma once
// One run of the command `secure-runtime`, as a child of the test.
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ipc/os/unique_fd.h"

namespace runtime::tests {

class Command {
 public:
  // `prepare` is called in the child before it becomes the command; false ends it with status 125.
  explicit Command(std::vector<std::string> arguments, const std::function<bool()>& prepare = [] { return true; });
  // Kills it if it still runs.
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  pid_t pid() const { return pid_; }
  // Its exit code, or 128 and the number of the signal it died of; nothing where it does not end in time.
  std::optional<int> wait(std::chrono::milliseconds time = std::chrono::seconds(60));
  // What it has written in all; after wait().
  std::string standardOutput();
  std::string standardError();

 private:
  pid_t pid_ = -1;
  os::UniqueFd out_, err_;
};

// Whether all that commands left behind, now children of this process, has ended by itself in time.
bool nothingIsLeft(std::chrono::milliseconds time);

}  // namespace runtime::tests
