#include "policies/diagnostic.h"

#include <algorithm>
#include <numeric>

#include "loader/utf8.h"

namespace runtime::policies {
namespace {

constexpr size_t kMaxShownBytes = 160;
constexpr size_t kShownBeforeColumn = 100;
constexpr size_t kMaxQuotedBytes = 120;
constexpr size_t kMaxSuggestedLength = 64;

// Characters that act on a terminal or reorder what stands around them.
bool isUnsafe(const loader::Character& c) {
  return !c.valid || c.value < 0x20 || (c.value >= 0x7f && c.value < 0xa0) || c.value == 0x061c ||
         (c.value >= 0x200b && c.value <= 0x200f) || (c.value >= 0x2028 && c.value <= 0x202e) ||
         (c.value >= 0x2060 && c.value <= 0x206f) || c.value == 0xfeff;
}

// One character is shown for each character of `text`; a tab stays one where `keepTabs` says so.
enum class Tabs : uint8_t { kKept, kReplaced };
std::string shown(std::string_view text, Tabs tabs) {
  std::string out;
  while (!text.empty()) {
    const loader::Character character = loader::firstCharacter(text);
    if (text[0] == '\t' && tabs == Tabs::kKept) {
      out += '\t';
    } else if (isUnsafe(character)) {
      out += "\ufffd";
    } else {
      out += text.substr(0, character.size);
    }
    text.remove_prefix(character.size);
  }
  return out;
}

// `at`, moved back to where a character begins.
size_t characterStart(std::string_view text, size_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) --at;
  return at;
}

std::string excerpt(std::string_view line, uint32_t column) {
  const size_t caret = std::min<size_t>(column > 0 ? column - 1 : 0, line.size());
  const size_t begin =
      line.size() > kMaxShownBytes && caret > kShownBeforeColumn ? characterStart(line, caret - kShownBeforeColumn) : 0;
  const std::string_view visible = loader::clipped(line.substr(begin), kMaxShownBytes);
  const std::string lead = begin > 0 ? "…" : "";
  const std::string tail = begin + visible.size() < line.size() ? "…" : "";
  std::string out = "  " + lead + shown(visible, Tabs::kKept) + tail + "\n  ";
  if (begin > 0) out += ' ';
  for (std::string_view before = visible.substr(0, std::min(caret - begin, visible.size())); !before.empty();) {
    out += before[0] == '\t' ? '\t' : ' ';
    before.remove_prefix(loader::firstCharacter(before).size);
  }
  return out + "^\n";
}

// Insertions, deletions, replacements and swaps of neighbours.
size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> beforeLast(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

std::string Place::rule() const { return file + ":" + std::to_string(line); }

std::string Place::text() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string render(const Diagnostic& diagnostic) {
  std::string out = shown(diagnostic.place.text(), Tabs::kReplaced);
  out += diagnostic.severity == Severity::kFault ? ": fault: " : ": warning: ";
  out += shown(diagnostic.message, Tabs::kReplaced);
  if (!diagnostic.suggestion.empty()) out += "; did you mean " + quoted(diagnostic.suggestion) + "?";
  out += '\n';
  if (!diagnostic.sourceLine.empty()) out += excerpt(diagnostic.sourceLine, diagnostic.place.column);
  return out;
}

std::string render(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) out += render(diagnostic);
  return out;
}

std::string quoted(std::string_view text) {
  const std::string_view visible = loader::clipped(text, kMaxQuotedBytes);
  return "`" + shown(visible, Tabs::kReplaced) + (visible.size() < text.size() ? "…`" : "`");
}

std::string_view nearestWord(std::string_view word, const std::vector<std::string_view>& known) {
  if (word.size() > kMaxSuggestedLength) return {};
  std::string lowered(word);
  std::ranges::transform(lowered, lowered.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  std::string_view nearest;
  size_t nearestDistance = 0;
  for (const std::string_view candidate : known) {
    const size_t distance = editDistance(lowered, candidate);
    // A third of the letters may differ, at least one; but never all of them.
    if (distance > std::max<size_t>(1, candidate.size() / 3) || distance >= candidate.size()) continue;
    if (nearest.empty() || distance < nearestDistance) nearest = candidate, nearestDistance = distance;
  }
  return nearest;
}

}  // namespace runtime::policies
