#pragma once
// The rights a grant can carry and sets of them. Values; any thread of the supervisor.
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace runtime::capabilities {

// The order of `ipc::Right` in ipc/door.capnp; a test holds the two together.
enum class Right : uint8_t { kRead, kList, kWrite, kAppend, kCreate, kDelete };
inline constexpr int kRightCount = 6;

// "read", "list", ... as policy files and errors name them.
std::string_view name(Right right);
std::optional<Right> rightFromName(std::string_view name);

class RightSet {
 public:
  constexpr RightSet() = default;
  constexpr RightSet(std::initializer_list<Right> rights) {
    for (Right right : rights) bits_ |= bit(right);
  }
  static constexpr RightSet all() { return RightSet(static_cast<uint8_t>((1u << kRightCount) - 1)); }

  constexpr bool has(Right right) const { return (bits_ & bit(right)) != 0; }
  constexpr bool hasAll(RightSet other) const { return (bits_ & other.bits_) == other.bits_; }
  constexpr bool hasAny(RightSet other) const { return (bits_ & other.bits_) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  // The first right of `wanted`, in the order of the enum, that this set lacks.
  constexpr std::optional<Right> firstMissing(RightSet wanted) const {
    for (int i = 0; i < kRightCount; ++i) {
      const auto right = static_cast<Right>(i);
      if (wanted.has(right) && !has(right)) return right;
    }
    return std::nullopt;
  }
  constexpr RightSet operator|(RightSet other) const { return RightSet(static_cast<uint8_t>(bits_ | other.bits_)); }
  constexpr RightSet operator&(RightSet other) const { return RightSet(static_cast<uint8_t>(bits_ & other.bits_)); }
  constexpr RightSet operator-(RightSet other) const { return RightSet(static_cast<uint8_t>(bits_ & ~other.bits_)); }
  constexpr bool operator==(const RightSet&) const = default;

 private:
  explicit constexpr RightSet(uint8_t bits) : bits_(bits) {}
  static constexpr uint8_t bit(Right right) { return static_cast<uint8_t>(1u << static_cast<uint8_t>(right)); }
  uint8_t bits_ = 0;
};

}  // namespace runtime::capabilities
