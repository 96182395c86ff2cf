#pragma once
// Tokens on the wire.
#include "capabilities/table.h"
#include "ipc/door.capnp.h"

namespace runtime::extensions::fs {

inline void set(ipc::Token::Builder builder, const capabilities::Token& token) {
  builder.setHigh(token.high);
  builder.setLow(token.low);
}

}  // namespace runtime::extensions::fs
