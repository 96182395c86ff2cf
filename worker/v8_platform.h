#pragma once
// V8's platform: one thread, and the job's clock in place of the system's. V8 asks it for what Date shows; its own
// bookkeeping (garbage collection, tiering) runs on the real monotonic clock, which no job sees. Compiled without RTTI,
// as libnode is. One per process, made by the zygote, never destroyed.
#include <string>

#include "worker/clock.h"

namespace v8 {
class Isolate;
}

namespace runtime::worker {

// Starts V8 with `flags` ("--a --b"). Both live as long as the process.
void startV8(const std::string& flags, const Clock& clock);
// Runs V8's own tasks (finalisation, WebAssembly compilation) that are due. True if any ran.
bool runV8Tasks(v8::Isolate* isolate);

}  // namespace runtime::worker
