#pragma once
// Confinement that cannot be had: the step that failed and its errno. There is no retry and no going on: a process that
// cannot be confined ends.
#include <cstdint>
#include <optional>
#include <string>

namespace runtime::sandbox {

enum class Step : uint32_t {
  kParentDeath,
  kNamespaces,
  kIdentity,
  kExecute,
  kControl,
  kBoot,
  kSameBuild,
  kEngine,
  kOneThread,
  kForkableHeap,
  kEmptyRoot,
  kCapabilities,
  kNoNewPrivileges,
  kNotDumpable,
  kLimits,
  kDescriptors,
  kSignals,
  kMemoryUse,
  kFilterCompile,
  kFilter,  // last
};

struct SetupError {
  Step step;
  int error;  // errno, 0 where none tells more
};

// What the step does, for a person: "make an empty root".
const char* name(Step step);
// "make an empty root: Operation not permitted"
std::string describe(SetupError error);

// How a zygote that fails says so: one packet of exactly this on its control socket. No message of the schema has this
// size, for those are whole words.
struct FailurePacket {
  static constexpr uint32_t kMagic = 0x6c696166;
  uint32_t magic;
  uint32_t step;
  uint32_t error;
};
static_assert(sizeof(FailurePacket) == 12);

// What a process ends with where a step failed, and the step behind a status of WEXITSTATUS().
int exitStatusOf(Step step);
std::optional<Step> stepOfExitStatus(int status);

// Ends this process with exitStatusOf(). A zygote (PID 1 of its namespace) first sends a FailurePacket on descriptor 0.
// Async-signal-safe; any process. The first form takes the errno of the call that just failed.
[[noreturn]] void dieAt(Step step) noexcept;
[[noreturn]] void dieAt(SetupError error) noexcept;

}  // namespace runtime::sandbox
