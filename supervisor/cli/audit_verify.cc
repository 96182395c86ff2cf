#include "supervisor/cli/audit_verify.h"

#include <unistd.h>

#include <format>

#include "supervisor/audit/verify.h"
#include "supervisor/cli/audit_text.h"
#include "supervisor/cli/standard_streams.h"

namespace runtime::cli {
namespace {

constexpr int kExitAltered = 1;
constexpr int kExitFault = 2;

std::string counted(uint64_t count, std::string_view noun) {
  return std::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string report(const audit::Answer& answer, const AuditVerifyCommand& command) {
  std::string text;
  for (const audit::Note& note : answer.notes)
    text += std::format("{}: {}\n", placeOf(note.file, note.line), note.text);
  if (answer.finding) return text + textOf(*answer.finding);
  if (answer.records == 0) {
    text += "There are no records.\n";
  } else {
    text += std::format("As it was written: {}, {} to {}, of {}.\nhead {}\n", counted(answer.records, "record"),
                        answer.firstSeq, answer.lastSeq, counted(answer.runs, "run"), answer.head);
  }
  if (command.head.empty() && command.key.empty()) {
    text +=
        "Not checked, for neither --head nor --key was given: whether its end was cut off, or all of it rewritten.\n";
  } else if (command.head.empty()) {
    text += "Not checked, for --head was not given: whether its end was cut off.\n";
  }
  return text;
}

int fault(const std::string& sentence) {
  complain(std::format("secure-runtime: {}", sentence));
  return kExitFault;
}

}  // namespace

int auditVerify(const AuditVerifyCommand& command) {
  audit::Question question{.files = command.files, .head = command.head, .expected = {.after = command.after}};
  if (!command.key.empty()) {
    auto key = audit::readKey(command.key);
    if (!key) return fault(key.error());
    question.expected.key = std::move(*key);
  }
  const auto answer = audit::verify(question);
  if (!answer) return fault(answer.error());
  if (const auto written = writeAll(STDOUT_FILENO, report(*answer, command)); !written) {
    complainOfStdout(written.error());
    return answer->finding ? kExitAltered : exitCodeOfStdout(written.error());
  }
  return answer->finding ? kExitAltered : 0;
}

}  // namespace runtime::cli
