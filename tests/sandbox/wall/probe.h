#pragma once
// What a test tells a confined probe to do, over the worker's two pipes, and what it answers.
#include <array>
#include <cstdint>

namespace runtime::tests {

struct Command {
  enum class Kind : uint32_t {
    kSyscall,         // as the kernel takes it
    kInterrupt80,     // the 32-bit entry: only `number` counts
    kScratchAddress,  // the address of 4 KiB that the probe may read and write
    kPrepareScratch,  // writes ScratchText there
    kStackAddress,
    kSpin,  // for ever
  };
  Kind kind = Kind::kSyscall;
  int64_t number = 0;
  std::array<uint64_t, 6> arguments{};
};

// Texts that calls take the address of.
struct ScratchText {
  char root[8] = "/";
  char sharedMemory[24] = "/dev/shm/channel";
  char key[8] = "user";
};

// -errno where the call failed.
using Answer = int64_t;

}  // namespace runtime::tests
