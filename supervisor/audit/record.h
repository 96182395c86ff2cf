#pragma once
// One record of the log, as it is written and as it is read. README.md says what each member means. Any thread.
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace runtime::audit {

struct Record {
  std::string module;      // path under root
  std::string capability;  // "fs", "module", "job"
  std::string right;       // "read"; of a refusal the first one missing
  std::string resource;    // guest path
  bool allowed = true;
  std::string rule;  // "file:line" of the entry that covers the resource, or empty
  uint64_t count = 1;
  uint64_t bytes = 0;
  uint64_t durationNs = 0;
  std::string error;     // code of a call that failed
  std::string sha256;    // of a loaded module
  uint64_t worker = 0;   // 0: the first of the job
  std::string previous;  // of the beginning of a run: what the log held before
  std::string torn;      // the same: SHA-256 of the torn line before it, or empty
  uint64_t timeMs = 0;   // since 1970, of the first of `count`
};

// What all records of one run have in common.
struct Run {
  std::string job;
  uint64_t worker = 0;
  std::string policySha256;
};

// A text that is longer is cut: names that are longer cannot be opened.
inline constexpr size_t kMaxFieldBytes = 4'200;

Record beginning(std::string entry);
Record seal(std::string verdict);

// The members of a line that are the record's own, from "time" to "policy". Text that is not UTF-8 is replaced.
std::string body(const Record& record, const Run& run);
// At least the bytes that body() takes of the record's texts, without making it.
size_t boundOfBody(const Record& record);

struct ReadRecord {
  uint64_t seq = 0;
  Record record;
  Run run;
};
// A line of a log. Members that are missing or of another type are as in an empty record; nothing where it is no JSON
// object. Whether it is what was written is judge.h's to say.
std::optional<ReadRecord> parse(std::string_view line);

// Whether a line that the chain binds begins or ends a run, without parsing it: no text of a record can hold these
// bytes, for its quotes are escaped.
bool isBeginning(std::string_view line);
bool isSeal(std::string_view line);

}  // namespace runtime::audit
