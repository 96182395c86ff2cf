#pragma once
// Whether the files of a log hold what was written to them. Blocks on the file system.
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/audit/judge.h"

namespace runtime::audit {

struct Question {
  std::vector<std::string> files;  // of one log, in any order
  std::string head;                // the hash of the last record, known from elsewhere; empty: not known
  Judge::Expected expected;
};

struct Answer {
  std::optional<Finding> finding;  // nothing: the log is as it was written
  std::vector<Note> notes;
  uint64_t records = 0, runs = 0, firstSeq = 0, lastSeq = 0;
  std::string head;
};

// The error is a sentence for a person: a file that cannot be read.
std::expected<Answer, std::string> verify(const Question& question);

// The files in the order of the records they begin with, each once. The error as above.
std::expected<std::vector<std::string>, std::string> inOrder(const std::vector<std::string>& files);

}  // namespace runtime::audit
