#pragma once
// How a job ended, decided from all that is known of its end. Pure.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "supervisor/runtime.h"

namespace runtime::supervisor {

// Why the supervisor itself ended a worker. The first reason stands.
struct KillReason {
  Verdict verdict;
  std::string sentence;  // for a person: what was wrong and what to do
};

// What the worker said last, if it did.
struct SaidDone {
  enum class Kind : uint8_t { kCompleted, kExited, kException };
  Kind kind = Kind::kCompleted;
  uint8_t exitCode = 0;
};

struct Ending {
  std::optional<KillReason> killed;
  std::optional<int> status;  // as of waitpid(2); nothing: the zygote was lost, and with it the worker
  std::optional<SaidDone> done;
  bool killedForMemory = false;  // the kernel says so of the worker's control group
};

struct Decision {
  Verdict verdict;
  int exitCode;
  std::string reason;
};

// Precedence: our own reason, the out-of-memory status, SIGSYS, SIGXCPU, a lost zygote, any other signal but SIGKILL,
// what the worker said. A worker that ends without a word and without a signal broke the protocol: a violation. No
// program can make SIGKILL happen, so it is none: where it cut a job short, that is our failure, not the job's.
Decision decide(const Ending& ending);

int exitCodeOf(Verdict verdict);

}  // namespace runtime::supervisor
