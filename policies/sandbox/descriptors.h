#pragma once
// The descriptors of a worker: 0, the pipe that it reads, and 1, the pipe that it writes. No other; no standard error.
namespace runtime::sandbox {

// Whatever numbers the two have, also 0 and 1 themselves. Everything else is closed. Async-signal-safe.
void keepExactly(int readEnd, int writeEnd) noexcept;

}  // namespace runtime::sandbox
