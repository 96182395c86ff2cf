#pragma once
// The identities of the annotations of door.capnp, for those who read them by reflection.
#include <cstdint>

namespace runtime::ipc {

inline constexpr uint64_t kNeedsAnnotation = 0xd6f1c6a1b7e0a0ff;
inline constexpr uint64_t kFreeAnnotation = 0xd6f1c6a1b7e0a0fe;

}  // namespace runtime::ipc
