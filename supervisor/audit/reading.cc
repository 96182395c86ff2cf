#include "supervisor/audit/reading.h"

#include "supervisor/audit/verify.h"

namespace runtime::audit {

std::expected<std::optional<Finding>, std::string> readRecords(const std::vector<std::string>& files,
                                                               const std::function<void(std::string_view line)>& take) {
  auto ordered = inOrder(files);
  if (!ordered) return std::unexpected(ordered.error());
  std::optional<Judge> judge;
  std::optional<Finding> finding;
  for (const std::string& path : *ordered) {
    auto lines = Lines::open(path);
    if (!lines) return std::unexpected(lines.error());
    for (;;) {
      const auto line = lines->next();
      if (!line) return std::unexpected(line.error());
      if (!*line) break;
      const auto framed = frame((*line)->text);
      // A part of a log may be shown: it is judged from its first record on.
      if (!judge) {
        const bool isStart = !framed || framed->prev == kNoHash;
        judge.emplace(Judge::Expected{.after = isStart ? std::string() : std::string(framed->prev)});
      }
      if (!finding) finding = judge->line(path, **line);
      if (!(*line)->cut) take((*line)->text);
    }
  }
  if (!finding && judge) finding = judge->end();
  return finding;
}

}  // namespace runtime::audit
