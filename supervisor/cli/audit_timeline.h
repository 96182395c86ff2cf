#pragma once
// The runs of an audit log as one page: a row for each module, a mark where it did something, refusals marked.
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/audit/judge.h"
#include "supervisor/audit/record.h"
#include "supervisor/audit/summary.h"

namespace runtime::cli {

class AuditTimeline {
 public:
  // Runs that are drawn: the last ones. Refusals that are listed, of each run.
  static constexpr size_t kMostRuns = 50;
  static constexpr size_t kMostRefusals = 1'000;

  void add(const audit::ReadRecord& read);
  // The page. `finding`: what is wrong with the log.
  std::string page(const std::string& title, const std::optional<audit::Finding>& finding) const;

 private:
  enum class Doing : uint8_t { kRead, kWrite, kLoad, kOther, kRefused };
  struct Event {
    uint64_t timeMs = 0;
    Doing doing = Doing::kOther;
    uint64_t count = 0;
    uint32_t what = 0;  // in Run::texts
  };
  struct Row {
    std::string module;
    std::vector<Event> events;
  };
  struct Refusal {
    uint64_t seq = 0;
    audit::Record record;
  };
  struct Run {
    std::string entry, verdict;
    uint64_t fromMs = 0, toMs = 0;
    std::vector<Row> rows;
    std::map<std::string, size_t> rowOf;
    std::vector<std::string> texts;
    std::map<std::string, uint32_t> textOf;
    std::vector<Refusal> refusals;
    uint64_t refused = 0;
    audit::Summary summary;
  };
  static Doing doing(const audit::Record& record);
  static std::string picture(const Run& run);
  static std::string marks(const Run& run, const Row& row, size_t y);
  static std::string section(const Run& run, size_t number);

  std::deque<Run> runs_;
  size_t dropped_ = 0;  // runs before the first that is kept
};

}  // namespace runtime::cli
