#include "supervisor/cli/audit_text.h"

#include <chrono>
#include <format>

#include "supervisor/cli/terminal_text.h"

namespace runtime::cli {
namespace {

std::string_view word(audit::Finding::Kind kind) {
  switch (kind) {
    case audit::Finding::Kind::kNotARecord:
      return "not a record";
    case audit::Finding::Kind::kAltered:
      return "altered";
    case audit::Finding::Kind::kRewritten:
      return "replaced";
    case audit::Finding::Kind::kMissing:
      return "missing";
    case audit::Finding::Kind::kReordered:
      return "reordered";
    case audit::Finding::Kind::kUnauthentic:
      return "not written with the key";
    case audit::Finding::Kind::kOtherHead:
      return "another head";
  }
  return "";
}

}  // namespace

std::string placeOf(const std::string& file, uint64_t line) {
  return line == 0 ? visibleInLine(file) : std::format("{}:{}", visibleInLine(file), line);
}

std::string textOf(const audit::Finding& finding) {
  const std::string record = finding.seq ? std::format("record {}: ", *finding.seq) : std::string();
  return std::format("{}: {}{}: {}\n  {}\n", placeOf(finding.file, finding.line), record, word(finding.kind),
                     visibleInLine(finding.what), finding.advice);
}

std::string timeOf(uint64_t ms) {
  // Beyond the year 9999 nothing was written.
  constexpr uint64_t kEnd = 253'402'300'800'000;
  if (ms >= kEnd) return std::to_string(ms);
  return std::format("{:%FT%T}Z", std::chrono::sys_time<std::chrono::milliseconds>(
                                      std::chrono::milliseconds(static_cast<int64_t>(ms))));
}

}  // namespace runtime::cli
