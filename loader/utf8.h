#pragma once
// Reading UTF-8 that may be hostile. Pure; any thread.
#include <cstddef>
#include <string_view>

namespace runtime::loader {

// The first character of a text that is not empty. A byte that begins no well-formed character (overlong forms,
// surrogates and values above U+10FFFF are not) is one of its own: `valid` is false, `value` the byte, `size` 1.
struct Character {
  char32_t value = 0;
  size_t size = 1;
  bool valid = true;
};
Character firstCharacter(std::string_view text);

// How many leading bytes are well-formed: text.size() where all are.
size_t wellFormedPrefix(std::string_view text);

// At most `maxBytes` of `text`, cut between characters.
std::string_view clipped(std::string_view text, size_t maxBytes);

}  // namespace runtime::loader
