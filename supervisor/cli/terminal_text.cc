#include "supervisor/cli/terminal_text.h"

#include <cstdint>
#include <format>

namespace runtime::cli {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Length of the sequence that `lead` opens, 0 for a byte that opens none.
size_t sequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool isContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

uint32_t decode(std::string_view sequence) {
  constexpr unsigned char kLeadBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  uint32_t point = static_cast<unsigned char>(sequence[0]) & kLeadBits[sequence.size()];
  for (char byte : sequence.substr(1)) point = point << 6 | (static_cast<unsigned char>(byte) & 0x3F);
  return point;
}

bool isScalar(uint32_t point, size_t length) {
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  return point >= kLeast[length] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
}

// C1 controls, the marks that reorder a line of text, and the separators that begin a new one.
bool isHidden(uint32_t point) {
  return (point >= 0x80 && point <= 0x9F) || point == 0x061C || point == 0x200E || point == 0x200F ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

void appendAscii(std::string& out, char byte) {
  if (byte == '\n' || byte == '\t' || (byte >= 0x20 && byte < 0x7F)) {
    out += byte;
  } else {
    out += '^';
    out += static_cast<char>(byte ^ 0x40);
  }
}

}  // namespace

std::string TerminalText::show(std::string_view chunk) {
  const std::string text = held_ + std::string(chunk);
  held_.clear();
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t length = sequenceLength(static_cast<unsigned char>(text[at]));
    size_t present = 1;
    while (present < length && at + present < text.size() && isContinuation(text[at + present])) ++present;
    if (length > 1 && present < length && at + present == text.size()) {
      held_ = text.substr(at);
      break;
    }
    if (length == 1) {
      appendAscii(out, text[at]);
    } else if (length == 0 || present < length) {
      out += kReplacement;
    } else {
      const std::string_view sequence = std::string_view(text).substr(at, length);
      const uint32_t point = decode(sequence);
      if (!isScalar(point, length)) {
        out += kReplacement;
      } else if (isHidden(point)) {
        out += std::format("<U+{:04X}>", point);
      } else {
        out += sequence;
      }
    }
    at += present;
  }
  return out;
}

std::string TerminalText::finish() {
  const bool cut = !held_.empty();
  held_.clear();
  return cut ? std::string(kReplacement) : std::string();
}

std::string visibleInLine(std::string_view text) {
  TerminalText terminal;
  std::string shown = terminal.show(text);
  shown += terminal.finish();
  std::string line;
  line.reserve(shown.size());
  for (const char byte : shown) {
    if (byte == '\n' || byte == '\t') line += '^';
    line += byte == '\n' || byte == '\t' ? static_cast<char>(byte ^ 0x40) : byte;
  }
  return line;
}

}  // namespace runtime::cli
