#pragma once
// The rights that a Path or Handle parameter must carry, as its annotation in the schema states them (ipc/door.capnp,
// Needs). Values; any thread.
#include <optional>

#include "capabilities/rights.h"

namespace runtime::capabilities {

// What an operation does at a path. Reading and deleting are kReplace: they meet something that exists.
enum class Effect : uint8_t {
  kMake,     // the name does not exist and is made
  kReplace,  // it exists and is used, changed, replaced or removed
};

struct Needs {
  RightSet all = {};
  RightSet any = {};
  RightSet ifAbsent = {};
  RightSet ifPresent = {};

  // The first right that `held` lacks for `effect`; nothing where it suffices.
  std::optional<Right> missing(RightSet held, Effect effect) const {
    if (auto right = held.firstMissing(all)) return right;
    if (!any.empty() && !held.hasAny(any)) return held.firstMissing(any);
    return held.firstMissing(effect == Effect::kMake ? ifAbsent : ifPresent);
  }
  // The right that a refusal names where none is missing by itself: a link that leads outside, a device.
  Right first() const {
    return RightSet{}.firstMissing(!all.empty() ? all : any | ifAbsent | ifPresent).value_or(Right::kRead);
  }
  bool operator==(const Needs&) const = default;
};

}  // namespace runtime::capabilities
