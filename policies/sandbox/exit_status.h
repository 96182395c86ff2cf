#pragma once
// The exit statuses of a worker. A hostile worker can choose any of them; none of them grants anything.
namespace runtime::sandbox {

inline constexpr int kExitDone = 0;
inline constexpr int kExitOutOfMemory = 83;     // V8 or operator new found no memory within the limit
inline constexpr int kExitLostSupervisor = 85;  // the pipe ended
// And above it, by the number of the Step that failed: dieAt().
inline constexpr int kExitSetup = 100;

}  // namespace runtime::sandbox
