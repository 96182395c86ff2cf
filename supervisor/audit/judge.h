#pragma once
// The chain, judged line by line in order, across files: what is the first record that is not as it was written, or not
// where it was. Pure.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "supervisor/audit/chain.h"
#include "supervisor/audit/lines.h"

namespace runtime::audit {

// What is wrong with a log; the first only, for what follows it proves nothing.
struct Finding {
  enum class Kind : uint8_t { kNotARecord, kAltered, kRewritten, kMissing, kReordered, kUnauthentic, kOtherHead };
  Kind kind = Kind::kAltered;
  std::string file;
  uint64_t line = 0;                               // 0: the file as a whole
  std::optional<uint64_t> seq;                     // of the record
  std::optional<uint64_t> missing = std::nullopt;  // the first record that should stand before it
  std::string what = {}, advice = {};              // sentences for a person
};

// What a person should know of a log that is as it was written.
struct Note {
  std::string file;
  uint64_t line = 0;
  std::string text;
};

class Judge {
 public:
  struct Expected {
    std::string after;  // the hash that the first record continues from; empty: there is none before it
    std::optional<Key> key = std::nullopt;
  };
  explicit Judge(Expected expected);

  // The next line. Nothing: so far all is well.
  std::optional<Finding> line(const std::string& file, const Line& line);
  // After the last line of the last file.
  std::optional<Finding> end();

  uint64_t records() const { return records_; }
  uint64_t runs() const { return runs_; }
  // Of the first and the last record; where there is none, 0.
  uint64_t firstSeq() const { return firstSeq_; }
  uint64_t lastSeq() const { return nextSeq_ - (records_ > 0 ? 1 : 0); }
  // Of the last record, or what was expected before the first.
  std::string_view head() const { return view(head_); }
  const std::vector<Note>& notes() const { return notes_; }

 private:
  struct Place {
    std::string file;
    uint64_t line = 0;
  };
  // A line that is no record: what a crash left, if the next record says so.
  struct Torn {
    Place place;
    std::string sha256;
    bool ended = true;
    bool unfinished = false;  // it could be the beginning of the record that comes next
  };
  static Finding finding(Finding::Kind kind, const Place& place, std::optional<uint64_t> seq, std::string what,
                         std::string advice);
  std::optional<Finding> noRecord(const Place& place, const Line& line);
  std::optional<Finding> record(const Place& place, std::string_view text, const Framed& framed);
  std::optional<Finding> position(const Place& place, const Framed& framed);
  std::optional<Finding> run(const Place& place, std::string_view text, const Framed& framed);
  // Of `torn_`.
  Finding notARecord() const;
  void note(const Place& place, std::string text);

  const std::string after_;
  Chain chain_;
  Digits head_;
  uint64_t nextSeq_ = 0;
  uint64_t firstSeq_ = 0;
  uint64_t records_ = 0;
  uint64_t runs_ = 0;
  bool sealed_ = true;  // the last record is a seal, or there is none
  Place last_;          // of the last record
  std::optional<Torn> torn_;
  std::vector<Note> notes_;
};

}  // namespace runtime::audit
