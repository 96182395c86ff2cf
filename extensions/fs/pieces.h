#pragma once
// Reading bytes in bounded pieces, and text that is fit for the wire. Any thread.
#include <kj/array.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "capabilities/beneath.h"

namespace runtime::extensions::fs {

// At most `length` bytes from `offset`, or from the file's position where that is negative; fewer only at the end of
// the file. Where it may not wait and would have to, even for a part: EAGAIN; the position has then not moved.
capabilities::Result<kj::Array<kj::byte>> readPiece(int fd, size_t length, int64_t offset, capabilities::Wait wait);

// Bytes that are not UTF-8 become U+FFFD.
std::string validUtf8(std::string_view text);

}  // namespace runtime::extensions::fs
