#pragma once
// The rights of a method's parameters as the schema states them, for operations that learn only at the file what a path
// leads to. The door checks the same rights before an operation starts.
#include <capnp/schema.h>

#include <vector>

#include "capabilities/needs.h"
#include "ipc/door.capnp.h"

namespace runtime::extensions {

// One annotation as a value.
capabilities::Needs needsOf(ipc::Needs::Reader needs);

// By method ordinal; each the annotated parameters in the order of the schema, as Call::arguments.
std::vector<std::vector<capabilities::Needs>> readNeeds(capnp::InterfaceSchema schema);

}  // namespace runtime::extensions
