#include "policies/source.h"

#include <algorithm>

#include "loader/utf8.h"

namespace runtime::policies {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
// Tables nest by dotted keys without a bound of toml++'s own, and it frees them by recursion.
constexpr int kMaxKeyParts = 16;

}  // namespace

Source::Source(std::string_view text, std::string fileName) : text_(text), fileName_(std::move(fileName)) {
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  lineStarts_.push_back(0);
  for (size_t at = text_.find('\n'); at != text_.npos; at = text_.find('\n', at + 1)) lineStarts_.push_back(at + 1);
}

std::string_view Source::line(uint32_t number) const {
  if (number == 0 || number > lineStarts_.size()) return {};
  const size_t begin = lineStarts_[number - 1];
  std::string_view line = text_.substr(begin, text_.find('\n', begin) - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Place Source::atOffset(size_t offset) const {
  const auto after = std::ranges::upper_bound(lineStarts_, offset);
  const size_t start = *(after - 1);
  return {fileName_, static_cast<uint32_t>(after - lineStarts_.begin()), static_cast<uint32_t>(offset - start + 1)};
}

Place Source::atCharacter(uint32_t lineNumber, uint32_t character) const {
  std::string_view rest = line(lineNumber);
  uint32_t column = 1;
  for (; character > 1 && !rest.empty(); --character) {
    const size_t size = loader::firstCharacter(rest).size;
    column += static_cast<uint32_t>(size);
    rest.remove_prefix(size);
  }
  return {fileName_, std::max(lineNumber, 1u), column};
}

Diagnostic Source::diagnose(Severity severity, Place place, std::string message, std::string_view suggestion) const {
  std::string shownLine(line(place.line));
  return {severity, std::move(place), std::move(message), std::string(suggestion), std::move(shownLine)};
}

std::optional<Diagnostic> Source::unreadable() const {
  const auto fault = [&](size_t offset, std::string message) {
    return diagnose(Severity::kFault, atOffset(offset), std::move(message));
  };
  if (const size_t valid = loader::wellFormedPrefix(text_); valid < text_.size()) {
    return fault(valid, "this byte is not UTF-8: save the file as UTF-8");
  }
  if (const size_t nul = text_.find('\0'); nul != text_.npos) return fault(nul, "a policy file cannot hold NUL");
  if (const auto key = overlongKey()) return fault(*key, "a key has too many parts");
  return std::nullopt;
}

// Follows TOML's strings and comments just far enough to count the dots of every key.
std::optional<size_t> Source::overlongKey() const {
  enum class State : uint8_t { kPlain, kComment, kString };
  State state = State::kPlain;
  std::string_view quote;  // what ends the string
  int dots = 0;
  for (size_t at = 0; at < text_.size(); ++at) {
    const char c = text_[at];
    const std::string_view rest = text_.substr(at);
    switch (state) {
      case State::kComment:
        if (c == '\n') state = State::kPlain;
        break;
      case State::kString:
        if (c == '\\' && quote[0] == '"') {
          ++at;
        } else if (rest.starts_with(quote)) {
          at += quote.size() - 1;
          // Up to two quotes may stand before those that end a string of several lines.
          while (quote.size() == 3 && at + 1 < text_.size() && text_[at + 1] == quote[0]) ++at;
          state = State::kPlain;
        } else if (c == '\n' && quote.size() == 1) {
          state = State::kPlain;
        }
        break;
      case State::kPlain:
        if (c == '#') {
          state = State::kComment;
        } else if (c == '"' || c == '\'') {
          static constexpr std::string_view kQuotes[] = {"\"\"\"", "'''", "\"", "'"};
          quote = *std::ranges::find_if(kQuotes, [&](std::string_view known) { return rest.starts_with(known); });
          at += quote.size() - 1;
          state = State::kString;
        } else if (c == '.') {
          if (++dots >= kMaxKeyParts) return at;
        } else if (std::string_view("\n=,{}[]").contains(c)) {
          dots = 0;
        }
        break;
    }
  }
  return std::nullopt;
}

}  // namespace runtime::policies
