#pragma once
// What is wrong with a policy, and where. Values; any thread.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runtime::policies {

// Where in a policy file something stands. Lines and columns count from 1, columns in bytes; line 0 means the file as
// a whole.
struct Place {
  std::string file;  // as the user named it
  uint32_t line = 0;
  uint32_t column = 0;
  // "file:line", as audit records and explanations name a rule.
  std::string rule() const;
  // "file:line:column", or "file" for the file as a whole.
  std::string text() const;
  bool operator==(const Place&) const = default;
};

enum class Severity : uint8_t { kFault, kWarning };

struct Diagnostic {
  Severity severity = Severity::kFault;
  Place place;
  std::string message;     // what is wrong and what to do, a line without the place
  std::string suggestion;  // for a misspelt word, the one that was probably meant; or empty
  std::string sourceLine;  // the line of the file without its end; empty where there is none
};

// As a person reads it on a terminal, each line with its end:
//   file:line:column: fault: message; did you mean `suggestion`?
//     the source line
//          ^
// Control characters and others that could move the cursor or reorder text are replaced; a long line is clipped.
std::string render(const Diagnostic& diagnostic);
std::string render(const std::vector<Diagnostic>& diagnostics);

// `text` for a message: between backquotes, clipped, without control characters.
std::string quoted(std::string_view text);

// The one of `known` that is nearest to `word` by edits, if near enough to be meant; else empty.
std::string_view nearestWord(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace runtime::policies
