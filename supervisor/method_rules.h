#pragma once
// What the door must check before each method of an extension, read once from the schema by reflection. Immutable
// afterwards; loop thread.
#include <capnp/schema.h>

#include <expected>
#include <string>
#include <vector>

#include "capabilities/needs.h"

namespace runtime::supervisor {

struct ParameterRule {
  enum class Kind : uint8_t { kPath, kHandle, kHandles };
  Kind kind;  // kHandles: a List(Handle), each element of which must carry the rights
  capnp::StructSchema::Field field;
  std::string name;
  capabilities::Needs needs;
};

struct MethodRules {
  std::string name;
  capnp::StructSchema params;
  capnp::StructSchema results;
  std::vector<ParameterRule> parameters;  // annotated ones, in the order of the schema
  bool isFree = false;                    // budgets are not charged for it
  bool answersContent = false;            // there is Data in its results
};

// One for each method, by ordinal. The error names the parameter that is at fault: a Path or Handle without `needs`,
// one that hides in a struct or in another list than a List(Handle), or a `needs` on anything else.
std::expected<std::vector<MethodRules>, std::string> readRules(capnp::InterfaceSchema interface);

}  // namespace runtime::supervisor
