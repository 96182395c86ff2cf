#pragma once
// Whether parameters are what their schema says, before anybody reads them. Our own worker sends no others; what is
// read of them afterwards throws nothing. Loop thread.
#include <capnp/any.h>
#include <capnp/schema.h>

namespace runtime::supervisor {

// False where a pointer that the schema knows leads out of its message or to something of another kind, where a text is
// without its end, a union or an enum of no known case, or where there is more to look at than the message is long.
// What the schema does not know is not looked at.
bool haveShapeOf(capnp::StructSchema schema, capnp::AnyPointer::Reader params);

}  // namespace runtime::supervisor
