#include "supervisor/cli/audit_show.h"

#include <unistd.h>

#include <algorithm>
#include <format>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "policies/glob.h"
#include "supervisor/audit/reading.h"
#include "supervisor/audit/summary.h"
#include "supervisor/cli/audit_text.h"
#include "supervisor/cli/audit_timeline.h"
#include "supervisor/cli/replace_file.h"
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
    // A page has a section for each run: where one begins and ends is always taken.
    if (!command_.html.empty() && record.capability == "job") return true;
    if (module_ && !module_->matches(record.module)) return false;
    if (!command_.right.empty() && !hasRight(record.right, command_.right)) return false;
    return command_.decisions == AuditShowCommand::Decisions::kAll || !record.allowed;
  }

 private:
  const AuditShowCommand& command_;
  std::optional<policies::Glob> module_;
};

std::string line(const ReadRecord& read) {
  const Record& record = read.record;
  std::string text = std::format("{:>6}  {}  {:<5}  {:<20}  {:<14}  {}", read.seq, timeOf(record.timeMs),
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

// The records that are asked for, in order, with the lines they stand on.
using Take = std::function<void(const ReadRecord& read, std::string_view line)>;
std::expected<std::optional<audit::Finding>, std::string> select(const AuditShowCommand& command, const Take& take) {
  const Selection selection(command);
  return audit::readRecords(command.files, [&](std::string_view line) {
    const auto read = audit::parse(line);
    if (read && selection.takes(read->record)) take(*read, line);
  });
}

int fault(const std::string& sentence) {
  complain("secure-runtime: " + sentence);
  return kExitFault;
}

void warn(const audit::Finding& finding) {
  complain("secure-runtime: this log is not as it was written; `secure-runtime audit verify` says more\n" +
           textOf(finding));
}

int print(const AuditShowCommand& command) {
  const bool asJson = command.format == Format::kJson;
  const bool summarised = command.detail == AuditShowCommand::Detail::kSummary;
  Out out;
  audit::Summary summary;
  std::string_view separator;
  if (asJson && !summarised) out.add(R"({"version":1,"records":[)");
  const auto finding = select(command, [&](const ReadRecord& read, std::string_view text) {
    if (summarised) {
      summary.add(read);
    } else if (!asJson) {
      out.add(line(read));
    } else {
      out.add(separator);
      out.add(dump(Json::parse(text)));
      separator = ",";
    }
  });
  if (!finding) return fault(finding.error());
  if (asJson && !summarised) out.add("]}\n");
  if (summarised) out.add(asJson ? json(summary) : text(summary));
  if (*finding) warn(**finding);
  return out.end();
}

int writePage(const AuditShowCommand& command) {
  AuditTimeline timeline;
  const auto finding = select(command, [&](const ReadRecord& read, std::string_view) { timeline.add(read); });
  if (!finding) return fault(finding.error());
  std::string title = "Audit log";
  for (const std::string& file : command.files) title += " " + file;
  if (const auto written = replaceFile(command.html, timeline.page(title, *finding), 0644); !written) {
    return fault(command.html + ": " + written.error());
  }
  if (*finding) warn(**finding);
  return 0;
}

}  // namespace

int auditShow(const AuditShowCommand& command) { return command.html.empty() ? print(command) : writePage(command); }

}  // namespace runtime::cli
