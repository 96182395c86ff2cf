#pragma once
// The identity of the annotation `needs` of door.capnp, for those who read it by reflection.
#include <cstdint>

namespace runtime::ipc {

inline constexpr uint64_t kNeedsAnnotation = 0xd6f1c6a1b7e0a0ff;

}  // namespace runtime::ipc
