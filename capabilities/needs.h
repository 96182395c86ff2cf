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
  // Of `any`, the one that the schema names first: a refusal names it.
  std::optional<Right> firstOfAny = {};

  // The first right that `held` lacks for `effect`; nothing where it suffices.
  std::optional<Right> missing(RightSet held, Effect effect) const {
    if (auto right = held.firstMissing(all)) return right;
    if (!any.empty() && !held.hasAny(any)) return firstOfAny ? firstOfAny : held.firstMissing(any);
    return held.firstMissing(effect == Effect::kMake ? ifAbsent : ifPresent);
  }
  // The same before it is known which of the two effects a call will have: nothing where either may be brought about.
  // An empty list is an effect that needs nothing more.
  std::optional<Right> missing(RightSet held) const {
    if (!missing(held, Effect::kReplace)) return std::nullopt;
    return missing(held, Effect::kMake);
  }
  // The right that a refusal names where none is missing by itself: a link that leads outside, a device.
  Right first() const {
    return RightSet{}.firstMissing(!all.empty() ? all : any | ifAbsent | ifPresent).value_or(Right::kRead);
  }
  bool operator==(const Needs&) const = default;
};

}  // namespace runtime::capabilities
