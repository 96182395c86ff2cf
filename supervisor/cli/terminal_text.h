#pragma once
// Text that a job chose, on its way to a terminal: control sequences are made visible, so that it cannot move the
// cursor, rename the window or hide what it printed.
#include <string>
#include <string_view>

namespace runtime::cli {

// One output stream. Newlines, tabs and printable UTF-8 pass; other control characters become `^[`, `<U+009B>`, ...; a
// byte that is not UTF-8 becomes U+FFFD. A character cut in two by a chunk's end is held back until the rest comes.
class TerminalText {
 public:
  std::string show(std::string_view chunk);
  // What was held back, at the end of the stream.
  std::string finish();

 private:
  std::string held_;
};

// A text that must stay within its line: newlines and tabs are made visible too.
std::string visibleInLine(std::string_view text);

}  // namespace runtime::cli
