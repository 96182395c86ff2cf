#pragma once
// Opening files for writing, and making them: blocking work for a lane. A new file can be without a name until its
// content is complete.
#include <sys/types.h>

#include <optional>
#include <span>
#include <string>

#include "capabilities/attenuation.h"
#include "capabilities/walk.h"

namespace runtime::extensions::fs {

enum class IfPresent : uint8_t { kUse, kTruncate, kRefuse };
enum class Naming : uint8_t { kAtOnce, kWhenComplete };

struct Intent {
  int access = 0;  // O_WRONLY or O_RDWR, with O_APPEND
  IfPresent ifPresent = IfPresent::kUse;
  Naming naming = Naming::kAtOnce;
  mode_t mode = 0666;
  uint64_t storage = 0;  // spent once it is clear that it may be opened, before anything is truncated or made
};

// What a file without a name will be called.
struct FutureName {
  capabilities::Lookup lookup;
  IfPresent ifPresent = IfPresent::kTruncate;
};

struct OpenedFile {
  os::UniqueFd fd;
  std::optional<FutureName> unnamed;
  bool staged = false;          // begun with Naming::kWhenComplete
  capabilities::RightSet held;  // at the file itself, where denies of what a link led to are known
};

capabilities::Result<OpenedFile> openForWriting(const capabilities::Lookup& lookup, const Intent& intent);
// Gives the file its name, in the folder that its path leads to then: one that has left the entry meanwhile gets no
// file. Where the name has come to exist, the content goes into that file.
capabilities::Result<void> giveName(OpenedFile& file, const capabilities::StopSign& stop);
// All of it, at `offset`, or at the file's position where that is negative.
capabilities::Result<void> writeAll(int fd, std::span<const unsigned char> bytes, off_t offset);

}  // namespace runtime::extensions::fs
