#include "supervisor/audit/judge.h"

#include <algorithm>
#include <format>

#include "supervisor/audit/record.h"

namespace runtime::audit {
namespace {

using Kind = Finding::Kind;

constexpr size_t kMostNotes = 1'000;
constexpr std::string_view kUntrusted =
    "Trust nothing from here on; compare the log with a copy, and find out who could write to it.";

}  // namespace

Judge::Judge(Expected expected) : after_(std::move(expected.after)), chain_(std::move(expected.key)) {
  std::ranges::copy(after_.empty() ? kNoHash : std::string_view(after_), head_.begin());
}

Finding Judge::finding(Kind kind, const Place& place, std::optional<uint64_t> seq, std::string what,
                       std::string advice) {
  return {.kind = kind,
          .file = place.file,
          .line = place.line,
          .seq = seq,
          .what = std::move(what),
          .advice = std::move(advice)};
}

void Judge::note(const Place& place, std::string text) {
  if (notes_.size() < kMostNotes) notes_.push_back({place.file, place.line, std::move(text)});
}

std::optional<Finding> Judge::line(const std::string& file, const Line& line) {
  const Place place{file, line.number};
  const auto framed = line.cut || !line.ended ? std::nullopt : frame(line.text);
  if (!framed) return noRecord(place, line);
  return record(place, line.text, *framed);
}

std::optional<Finding> Judge::noRecord(const Place& place, const Line& line) {
  if (torn_) return notARecord();
  Torn torn{place, std::string(view(chain_.digest(line.text))), line.ended};
  const std::string next = opening(nextSeq_);
  const bool empty = line.text.find_first_not_of('\0') == std::string_view::npos;
  torn.unfinished = empty || std::string_view(next).starts_with(line.text) || line.text.starts_with(next);
  // A whole record and one byte more was a record and the end of its line.
  if (!line.ended && frame(line.text.substr(0, line.text.size() - 1))) torn.unfinished = false;
  if (line.cut) torn.unfinished = false;
  torn_ = std::move(torn);
  return std::nullopt;
}

Finding Judge::notARecord() const {
  return finding(Kind::kNotARecord, torn_->place, nextSeq_, "this line was altered, or written by something else",
                 std::string(kUntrusted));
}

std::optional<Finding> Judge::end() {
  if (torn_ && (torn_->ended || !torn_->unfinished)) return notARecord();
  if (torn_) {
    note(
        torn_->place,
        "the last line is torn, as a crash leaves it; the next run goes on after it, and binds it to its first record");
  } else if (!sealed_) {
    note(last_, "the log ends without a seal: its last run is under way or was cut short, or its end was cut off");
  }
  return std::nullopt;
}

std::optional<Finding> Judge::record(const Place& place, std::string_view text, const Framed& framed) {
  if (torn_ && !isBeginning(text)) return notARecord();
  if (auto wrong = position(place, framed)) return wrong;
  if (view(chain_.hashOf(framed)) != framed.hash) {
    return finding(Kind::kAltered, place, framed.seq, "its content does not match its hash", std::string(kUntrusted));
  }
  if (framed.prev != view(head_)) {
    return finding(Kind::kRewritten, place, framed.seq,
                   records_ == 0 ? "the first record does not continue from what came before it"
                                 : "this record continues from another one than stands before it: one of the two was "
                                   "replaced",
                   std::string(kUntrusted));
  }
  if (chain_.hasKey() && (framed.mac.empty() || view(chain_.macOf(framed)) != framed.mac)) {
    return finding(Kind::kUnauthentic, place, framed.seq,
                   framed.mac.empty() ? "it was written without a key"
                                      : "the chain was rewritten from here on, or kept with another key",
                   std::string(kUntrusted));
  }
  if (auto wrong = run(place, text, framed)) return wrong;
  if (records_++ == 0) firstSeq_ = framed.seq;
  nextSeq_ = framed.seq + 1;
  std::ranges::copy(framed.hash, head_.begin());
  sealed_ = isSeal(text);
  last_ = place;
  return std::nullopt;
}

// What is told of a record that is whole, and not where it was. One that is altered is no witness of its place.
std::optional<Finding> Judge::position(const Place& place, const Framed& framed) {
  const bool first = records_ == 0;
  if (framed.seq == nextSeq_ || (first && !after_.empty())) return std::nullopt;
  if (view(chain_.hashOf(framed)) != framed.hash) return std::nullopt;
  if (framed.seq < nextSeq_) {
    return finding(Kind::kReordered, place, framed.seq,
                   std::format("it follows record {}: it was moved, or stands here a second time", nextSeq_ - 1),
                   std::string(kUntrusted));
  }
  const std::string missing = framed.seq - nextSeq_ == 1 ? std::format("record {} is missing before this one", nextSeq_)
                                                         : std::format("records {} to {} are missing before this one",
                                                                       nextSeq_, framed.seq - 1);
  Finding found =
      finding(Kind::kMissing, place, framed.seq, missing,
              first ? "Name the files that hold them as well, or give the hash that they ended with by --after."
                    : std::string(kUntrusted));
  found.missing = nextSeq_;
  return found;
}

std::optional<Finding> Judge::run(const Place& place, std::string_view text, const Framed& framed) {
  if (!isBeginning(text)) return std::nullopt;
  ++runs_;
  const auto read = parse(text);
  const std::string bound = read ? read->record.torn : std::string();
  if (torn_ && bound != torn_->sha256) return notARecord();
  if (!torn_ && !bound.empty() && (records_ > 0 || after_.empty())) {
    return finding(Kind::kMissing, place, framed.seq, "the torn line that this run began after is missing",
                   std::string(kUntrusted));
  }
  if (torn_) {
    note(torn_->place,
         std::format("this line is torn, as a crash leaves it; the run that begins with record {} goes on "
                     "after it, and binds it",
                     framed.seq));
  } else if (!sealed_) {
    note(last_, std::format("the run that ends here has no seal: it was cut short; the next one begins with record {}",
                            framed.seq));
  }
  torn_.reset();
  return std::nullopt;
}

}  // namespace runtime::audit
