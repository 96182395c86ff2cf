#pragma once
// What keeps the service from storing or reading something. Values; any thread.
#include <cstdint>
#include <string>

namespace runtime::serve {

enum class StorageTrouble : uint8_t {
  kFull,     // no space on the disk, or over the size that is configured
  kBusy,     // another process holds the database
  kCorrupt,  // the file is no database of ours, or damaged
  kForeign,  // of a newer version of this program
  kOther,
};

struct StorageFault {
  StorageTrouble trouble = StorageTrouble::kOther;
  std::string message;  // for the operator; may name host paths
};

}  // namespace runtime::serve
