#include "loader/utf8.h"

#include <cstdint>

namespace runtime::loader {

Character firstCharacter(std::string_view text) {
  const auto byteAt = [&](size_t index) { return static_cast<uint8_t>(text[index]); };
  const uint8_t lead = byteAt(0);
  const Character malformed{lead, 1, false};
  if (lead < 0x80) return {lead, 1, true};

  size_t size = 0;
  char32_t value = 0;
  char32_t least = 0;
  if ((lead & 0xe0) == 0xc0) {
    size = 2, value = lead & 0x1f, least = 0x80;
  } else if ((lead & 0xf0) == 0xe0) {
    size = 3, value = lead & 0x0f, least = 0x800;
  } else if ((lead & 0xf8) == 0xf0) {
    size = 4, value = lead & 0x07, least = 0x10000;
  } else {
    return malformed;
  }
  if (text.size() < size) return malformed;
  for (size_t i = 1; i < size; ++i) {
    if ((byteAt(i) & 0xc0) != 0x80) return malformed;
    value = (value << 6) | (byteAt(i) & 0x3f);
  }
  if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return malformed;
  return {value, size, true};
}

size_t wellFormedPrefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const Character character = firstCharacter(text.substr(at));
    if (!character.valid) break;
    at += character.size;
  }
  return at;
}

std::string_view clipped(std::string_view text, size_t maxBytes) {
  if (text.size() <= maxBytes) return text;
  while (maxBytes > 0 && (static_cast<uint8_t>(text[maxBytes]) & 0xc0) == 0x80) --maxBytes;
  return text.substr(0, maxBytes);
}

}  // namespace runtime::loader
