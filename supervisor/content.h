#pragma once
// Content on its way to a worker or from it: every Data in the parameters or the results of a call, however deep. Loop
// thread.
#include <capnp/dynamic.h>
#include <capnp/schema.h>

#include <cstdint>

namespace runtime::supervisor {

bool holdsContent(capnp::StructSchema schema);
uint64_t contentBytes(capnp::DynamicStruct::Reader message);

}  // namespace runtime::supervisor
