#include "supervisor/cli/audit_show.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <format>
#include <nlohmann/json.hpp>
#include <optional>

#include "policies/glob.h"
#include "supervisor/audit/reading.h"
#include "supervisor/audit/summary.h"
#include "supervisor/cli/audit_verify.h"
#include "supervisor/cli/standard_streams.h"
#include "supervisor/cli/terminal_text.h"

namespace runtime::cli {
namespace {

using Json = nlohmann::ordered_json;
using audit::ReadRecord;
using audit::Record;

constexpr int kExitFault = 2;
constexpr size_t kWriteBytes = 64 << 10;

// Standard output, in pieces. After a failure nothing more is written.
class Out {
 public:
  void add(std::string_view text) {
    text_ += text;
    if (text_.size() >= kWriteBytes) flush();
  }
  // What the command exits with.
  int end() {
    flush();
    if (!error_) return 0;
    complainOfStdout(*error_);
    return exitCodeOfStdout(*error_);
  }

 private:
  void flush() {
    if (!error_) {
      if (const auto written = writeAll(STDOUT_FILENO, text_); !written) error_ = written.error();
    }
    text_.clear();
  }
  std::string text_;
  std::optional<int> error_;
};

// Rights of one call are joined by commas.
bool hasRight(std::string_view rights, std::string_view wanted) {
  while (!rights.empty()) {
    const size_t end = std::min(rights.find(','), rights.size());
    if (rights.substr(0, end) == wanted) return true;
    rights.remove_prefix(std::min(end + 1, rights.size()));
  }
  return false;
}

class Selection {
 public:
  explicit Selection(const AuditShowCommand& command) : command_(command) {
    // The command line was refused where it is no glob.
    if (!command.module.empty()) {
      module_ = policies::Glob::parse(command.module, policies::Glob::Over::kModules).value();
    }
  }
  bool takes(const Record& record) const {
    if (module_ && !module_->matches(record.module)) return false;
    if (!command_.right.empty() && !hasRight(record.right, command_.right)) return false;
    return command_.decisions == AuditShowCommand::Decisions::kAll || !record.allowed;
  }

 private:
  const AuditShowCommand& command_;
  std::optional<policies::Glob> module_;
};

std::string time(uint64_t ms) {
  // Beyond the year 9999 nothing was written.
  constexpr uint64_t kEnd = 253'402'300'800'000;
  if (ms >= kEnd) return std::to_string(ms);
  return std::format("{:%FT%T}Z", std::chrono::sys_time<std::chrono::milliseconds>(
                                      std::chrono::milliseconds(static_cast<int64_t>(ms))));
}

std::string line(const ReadRecord& read) {
  const Record& record = read.record;
  std::string text = std::format("{:>6}  {}  {:<5}  {:<20}  {:<14}  {}", read.seq, time(record.timeMs),
                                 record.allowed ? "allow" : "DENY", visibleInLine(record.module),
                                 visibleInLine(record.capability + " " + record.right), visibleInLine(record.resource));
  if (record.count != 1) text += std::format("  {} times", record.count);
  if (record.bytes != 0) text += std::format("  {} B", record.bytes);
  if (!record.error.empty()) text += "  " + visibleInLine(record.error);
  if (!record.previous.empty()) text += "  after: " + visibleInLine(record.previous);
  if (!record.rule.empty()) text += "  by " + visibleInLine(record.rule);
  return text + "\n";
}

std::string table(const std::vector<audit::Total>& totals, std::string_view title) {
  size_t width = title.size();
  for (const audit::Total& total : totals) width = std::max(width, visibleInLine(total.module).size());
  width = std::min<size_t>(width, 60);
  std::string out = std::format("{:<{}}  {:<16}  {:>10}  {:>10}  {:>10}  {:>14}  {:>10}\n", title, width, "right",
                                "allowed", "failed", "refused", "bytes", "resources");
  for (const audit::Total& total : totals) {
    out += std::format("{:<{}}  {:<16}  {:>10}  {:>10}  {:>10}  {:>14}  {:>10}\n", visibleInLine(total.module), width,
                       visibleInLine(total.capability + " " + total.right), total.allowed, total.failed, total.refused,
                       total.bytes, total.resources);
  }
  return out;
}

std::string text(const audit::Summary& summary) {
  std::string out = std::format("{} records, {} runs", summary.records(), summary.runs());
  for (const auto& [verdict, count] : summary.verdicts()) out += std::format(", {} {}", count, visibleInLine(verdict));
  return out + "\n\n" + table(summary.byModule(), "module") + "\n" + table(summary.byRight(), "all modules");
}

Json json(const std::vector<audit::Total>& totals) {
  Json list = Json::array();
  for (const audit::Total& total : totals) {
    Json one;
    one["module"] = total.module;
    one["capability"] = total.capability;
    one["right"] = total.right;
    one["allowed"] = total.allowed;
    one["failed"] = total.failed;
    one["refused"] = total.refused;
    one["bytes"] = total.bytes;
    one["resources"] = total.resources;
    list.push_back(std::move(one));
  }
  return list;
}

std::string dump(const Json& value) {
  // On a terminal nothing but ASCII: what it would obey is escaped.
  return value.dump(-1, ' ', ::isatty(STDOUT_FILENO) == 1, Json::error_handler_t::replace);
}

std::string json(const audit::Summary& summary) {
  Json out = {{"version", 1}, {"records", summary.records()}, {"runs", summary.runs()}};
  out["verdicts"] = summary.verdicts();
  out["modules"] = json(summary.byModule());
  out["rights"] = json(summary.byRight());
  for (Json& total : out["rights"]) total.erase("module");
  return dump(out) + "\n";
}

}  // namespace

int auditShow(const AuditShowCommand& command) {
  const Selection selection(command);
  const bool asJson = command.format == Format::kJson;
  const bool summarised = command.detail == AuditShowCommand::Detail::kSummary;
  Out out;
  audit::Summary summary;
  bool first = true;
  if (asJson && !summarised) out.add(R"({"version":1,"records":[)");
  const auto finding = audit::readRecords(command.files, [&](std::string_view text) {
    const auto read = audit::parse(text);
    if (!read || !selection.takes(read->record)) return;
    if (summarised) {
      summary.add(*read);
    } else if (!asJson) {
      out.add(line(*read));
    } else {
      out.add((first ? "" : ",") + dump(Json::parse(text)));
      first = false;
    }
  });
  if (!finding) {
    complain("secure-runtime: " + finding.error());
    return kExitFault;
  }
  if (asJson && !summarised) out.add("]}\n");
  if (summarised) out.add(asJson ? json(summary) : text(summary));
  if (*finding) {
    complain("secure-runtime: this log is not as it was written; `secure-runtime audit verify` says more\n" +
             textOf(**finding));
  }
  return out.end();
}

}  // namespace runtime::cli
