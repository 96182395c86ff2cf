#include "capabilities/rights.h"

#include <array>
#include <cstddef>

namespace runtime::capabilities {
namespace {

constexpr std::array<std::string_view, kRightCount> kNames = {"read", "list", "write", "append", "create", "delete"};

}  // namespace

std::string_view name(Right right) { return kNames[static_cast<size_t>(right)]; }

std::optional<Right> rightFromName(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Right>(i);
  }
  return std::nullopt;
}

}  // namespace runtime::capabilities
