#include "supervisor/audit/verify.h"

#include <algorithm>
#include <format>

namespace runtime::audit {
namespace {

Finding otherHead(const Judge& judge, const std::string& file, std::string_view wanted, std::optional<uint64_t> found) {
  Finding finding{.kind = Finding::Kind::kOtherHead, .file = file, .line = 0, .seq = found};
  if (found) {
    finding.what = std::format("the log goes on after the head that was given: records {} to {} were added", *found + 1,
                               judge.lastSeq());
    finding.advice = "If they are of later runs, give the head of the last one.";
  } else {
    finding.what =
        std::format("no record has the hash {}: the end of the log was cut off, or it was rewritten", wanted);
    finding.advice = "Compare it with a copy, and find out who could write to it.";
  }
  return finding;
}

// A record that is missing where it should be, and stands elsewhere, was moved.
std::expected<void, std::string> lookElsewhere(const std::vector<std::string>& files, Finding& finding) {
  for (const std::string& path : files) {
    auto lines = Lines::open(path);
    if (!lines) return std::unexpected(lines.error());
    for (;;) {
      const auto line = lines->next();
      if (!line) return std::unexpected(line.error());
      if (!*line) break;
      const auto framed = frame((*line)->text);
      if (!framed || framed->seq != *finding.missing) continue;
      finding.kind = Finding::Kind::kReordered;
      finding.what =
          std::format("record {} should stand here, and stands at {}:{}", *finding.missing, path, (*line)->number);
      return {};
    }
  }
  return {};
}

}  // namespace

std::expected<std::vector<std::string>, std::string> inOrder(const std::vector<std::string>& files) {
  struct Candidate {
    FileIdentity file;
    std::string path;
    std::optional<uint64_t> first;
  };
  std::vector<Candidate> candidates;
  for (const std::string& path : files) {
    auto lines = Lines::open(path);
    if (!lines) return std::unexpected(lines.error());
    if (std::ranges::contains(candidates, lines->identity(), &Candidate::file)) continue;
    const auto line = lines->next();
    if (!line) return std::unexpected(line.error());
    const auto framed = *line ? frame((*line)->text) : std::nullopt;
    candidates.push_back({lines->identity(), path, framed ? std::optional(framed->seq) : std::nullopt});
  }
  // A file that does not begin with a record comes first, and is found there.
  std::ranges::stable_sort(candidates, {}, [](const Candidate& candidate) { return candidate.first; });
  std::vector<std::string> ordered;
  for (Candidate& candidate : candidates) ordered.push_back(std::move(candidate.path));
  return ordered;
}

std::expected<Answer, std::string> verify(const Question& question) {
  auto files = inOrder(question.files);
  if (!files) return std::unexpected(files.error());
  Judge judge(question.expected);
  Answer answer;
  std::optional<uint64_t> headAt;
  const bool anchored = !question.head.empty();
  for (const std::string& path : *files) {
    auto lines = Lines::open(path);
    if (!lines) return std::unexpected(lines.error());
    while (!answer.finding) {
      const auto line = lines->next();
      if (!line) return std::unexpected(line.error());
      if (!*line) break;
      answer.finding = judge.line(path, **line);
      if (anchored && judge.head() == question.head) headAt = judge.lastSeq();
    }
  }
  if (!answer.finding) answer.finding = judge.end();
  if (answer.finding && answer.finding->missing) {
    if (auto looked = lookElsewhere(*files, *answer.finding); !looked) return std::unexpected(looked.error());
  }
  if (!answer.finding && anchored && judge.head() != question.head) {
    answer.finding = otherHead(judge, files->empty() ? std::string() : files->back(), question.head, headAt);
  }
  answer.notes = judge.notes();
  answer.records = judge.records();
  answer.runs = judge.runs();
  answer.firstSeq = judge.firstSeq();
  answer.lastSeq = judge.lastSeq();
  answer.head = judge.head();
  return answer;
}

}  // namespace runtime::audit
