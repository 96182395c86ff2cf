#include "supervisor/cli/audit_timeline.h"

#include <algorithm>
#include <format>

#include "supervisor/cli/audit_text.h"
#include "supervisor/cli/html_text.h"

namespace runtime::cli {
namespace {

constexpr std::string_view kStyle =
    "body{font:14px/1.4 system-ui,sans-serif;margin:2em;color:#222;background:#fff}"
    "svg{display:block;width:100%;font:12px ui-monospace,monospace}"
    "table{border-collapse:collapse;margin:1em 0}td,th{text-align:left;padding:2px 12px 2px 0;vertical-align:top}"
    "td{font-family:ui-monospace,monospace;overflow-wrap:anywhere;max-width:48em}"
    ".n{text-align:right}.bad{color:#b00020;font-weight:bold}"
    ".line{stroke:#ddd}.tick{fill:#666}.read{fill:#2b6cb0}.write{fill:#c05621}.load{fill:#718096}.other{fill:#6b46c1}"
    ".refused{fill:#e00030}";

// The picture, in its own units.
constexpr size_t kLabelWidth = 320;
constexpr size_t kColumns = 880;  // of time; marks in the same column are one
constexpr size_t kRowHeight = 18;
constexpr size_t kHeaderHeight = 22;
constexpr size_t kLabelCharacters = 44;
constexpr size_t kTicks = 5;
// Of different things that were done in one column.
constexpr size_t kMostTexts = 8;

std::string_view className(uint8_t doing) {
  constexpr std::string_view kNames[] = {"read", "write", "load", "other", "refused"};
  return kNames[doing];
}

// The last characters: they tell modules apart.
std::string shortened(const std::string& name) {
  if (name.size() <= kLabelCharacters) return name;
  size_t from = name.size() - kLabelCharacters;
  while (from < name.size() && (static_cast<unsigned char>(name[from]) & 0xC0) == 0x80) ++from;
  return "\xE2\x80\xA6" + name.substr(from);
}

std::string cells(const std::vector<std::string>& texts) {
  std::string row = "<tr>";
  for (const std::string& text : texts) row += "<td>" + htmlText(text) + "</td>";
  return row + "</tr>\n";
}

std::string numbers(const audit::Total& total) {
  std::string row =
      std::format("<tr><td>{}</td><td>{}</td>", htmlText(total.module), htmlText(total.capability + " " + total.right));
  for (const uint64_t number : {total.allowed, total.failed, total.refused, total.bytes, total.resources}) {
    row += std::format("<td class=\"n\">{}</td>", number);
  }
  return row + "</tr>\n";
}

}  // namespace

AuditTimeline::Doing AuditTimeline::doing(const audit::Record& record) {
  if (!record.allowed) return Doing::kRefused;
  if (record.capability == "module") return Doing::kLoad;
  if (record.right == "read" || record.right == "list") return Doing::kRead;
  return record.capability == "fs" ? Doing::kWrite : Doing::kOther;
}

void AuditTimeline::add(const audit::ReadRecord& read) {
  const audit::Record& record = read.record;
  const bool begins = record.capability == "job" && record.right == "begin";
  if (begins || runs_.empty()) {
    runs_.emplace_back();
    runs_.back().fromMs = runs_.back().toMs = record.timeMs;
    if (runs_.size() > kMostRuns) {
      runs_.pop_front();
      ++dropped_;
    }
  }
  Run& run = runs_.back();
  run.toMs = std::max(run.toMs, record.timeMs);
  run.summary.add(read);
  if (begins) run.entry = record.resource;
  if (record.capability == "job") {
    if (record.right == "end") run.verdict = record.resource;
    return;
  }
  const auto [row, isNewRow] = run.rowOf.try_emplace(record.module, run.rows.size());
  if (isNewRow) run.rows.push_back({record.module, {}});
  const std::string what =
      record.capability + " " + record.right + " " + record.resource + (record.error.empty() ? "" : " " + record.error);
  const auto [text, isNewText] = run.textOf.try_emplace(what, static_cast<uint32_t>(run.texts.size()));
  if (isNewText) run.texts.push_back(what);
  run.rows[row->second].events.push_back({record.timeMs, doing(record), record.count, text->second});
  if (record.allowed) return;
  run.refused += record.count;
  if (run.refusals.size() < kMostRefusals) run.refusals.push_back({read.seq, record});
}

std::string AuditTimeline::marks(const Run& run, const Row& row, size_t y) {
  struct Mark {
    uint64_t count = 0;
    std::vector<uint32_t> what;
    bool more = false;
  };
  const uint64_t span = std::max<uint64_t>(run.toMs - run.fromMs, 1);
  std::map<std::pair<uint8_t, size_t>, Mark> columns;
  for (const Event& event : row.events) {
    const uint64_t at = event.timeMs - std::min(event.timeMs, run.fromMs);
    const auto column = static_cast<size_t>(static_cast<double>(at) / static_cast<double>(span) * (kColumns - 4));
    Mark& mark = columns[{static_cast<uint8_t>(event.doing), column}];
    mark.count += event.count;
    if (std::ranges::contains(mark.what, event.what)) continue;
    if (mark.what.size() < kMostTexts) {
      mark.what.push_back(event.what);
    } else {
      mark.more = true;
    }
  }
  std::string out;
  for (const auto& [place, mark] : columns) {
    const bool refused = place.first == static_cast<uint8_t>(Doing::kRefused);
    std::string title = std::format("{} \xC3\x97", mark.count);
    for (const uint32_t what : mark.what) title += "\n" + htmlText(run.texts[what]);
    if (mark.more) title += "\n\xE2\x80\xA6";
    out += std::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"4\" height=\"{}\"><title>{}</title></rect>\n",
                       className(place.first), kLabelWidth + place.second, y + (refused ? 1 : 5),
                       kRowHeight - (refused ? 2 : 10), title);
  }
  return out;
}

std::string AuditTimeline::picture(const Run& run) {
  const size_t height = kHeaderHeight + run.rows.size() * kRowHeight + 4;
  std::string out = std::format("<svg viewBox=\"0 0 {} {}\" role=\"img\">\n", kLabelWidth + kColumns, height);
  for (size_t tick = 0; tick < kTicks; ++tick) {
    const size_t x = kLabelWidth + (kColumns - 60) * tick / (kTicks - 1);
    const double ms =
        static_cast<double>(run.toMs - run.fromMs) * static_cast<double>(x - kLabelWidth) / (kColumns - 4);
    out += std::format("<text class=\"tick\" x=\"{}\" y=\"14\">{:.0f} ms</text>\n", x, ms);
  }
  for (size_t i = 0; i < run.rows.size(); ++i) {
    const size_t y = kHeaderHeight + i * kRowHeight;
    const std::string name = run.rows[i].module.empty() ? "(ended handles)" : run.rows[i].module;
    out += std::format("<line class=\"line\" x1=\"0\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>\n", kLabelWidth + kColumns, y, y);
    out += std::format("<text x=\"0\" y=\"{}\">{}<title>{}</title></text>\n", y + 13, htmlText(shortened(name)),
                       htmlText(name));
    out += marks(run, run.rows[i], y);
  }
  return out + "</svg>\n";
}

std::string AuditTimeline::section(const Run& run, size_t number) {
  std::string out = std::format("<h2>Run {}: {}</h2>\n<p>{}, {} ms, ", number, htmlText(run.entry), timeOf(run.fromMs),
                                run.toMs - run.fromMs);
  out += run.verdict.empty() ? "<span class=\"bad\">no seal: it is under way or was cut short</span>"
                             : std::format("ended with {}", htmlText(run.verdict));
  out += run.refused == 0 ? ", nothing was refused</p>\n"
                          : std::format(", <span class=\"bad\">refused: {}</span></p>\n", run.refused);
  out += picture(run);
  out +=
      "<table>\n<tr><th>module</th><th>right</th><th>allowed</th><th>failed</th><th>refused</th><th>bytes</th>"
      "<th>resources</th></tr>\n";
  for (const audit::Total& total : run.summary.byModule()) out += numbers(total);
  out += "</table>\n";
  if (run.refusals.empty()) return out;
  out += "<table>\n<tr><th>refused</th><th>at</th><th>module</th><th>right</th><th>resource</th><th>times</th></tr>\n";
  for (const Refusal& refusal : run.refusals) {
    const audit::Record& record = refusal.record;
    out += cells({std::to_string(refusal.seq), timeOf(record.timeMs), record.module,
                  record.capability + " " + record.right, record.resource, std::to_string(record.count)});
  }
  out += "</table>\n";
  if (run.refusals.size() == kMostRefusals) out += "<p>Further refusals are not listed.</p>\n";
  return out;
}

std::string AuditTimeline::page(const std::string& title, const std::optional<audit::Finding>& finding) const {
  std::string body = std::format("<h1>{}</h1>\n", htmlText(title));
  if (finding) {
    body += std::format("<p class=\"bad\">This log is not as it was written: {}:{}: {}</p>\n", htmlText(finding->file),
                        finding->line, htmlText(finding->what));
  }
  body += "<svg viewBox=\"0 0 1200 20\" role=\"img\">";
  size_t x = 0;
  for (uint8_t doing = 0; doing <= static_cast<uint8_t>(Doing::kRefused); ++doing) {
    body += std::format(
        "<rect class=\"{0}\" x=\"{1}\" y=\"5\" width=\"10\" height=\"10\"/><text x=\"{2}\" y=\"14\">"
        "{0}</text>",
        className(doing), x, x + 16);
    x += 110;
  }
  body += "</svg>\n";
  if (dropped_ > 0) body += std::format("<p>{} runs before these are not drawn.</p>\n", dropped_);
  if (runs_.empty()) body += "<p>There are no records.</p>\n";
  size_t number = dropped_;
  for (const Run& run : runs_) body += section(run, ++number);
  return htmlPage(title, kStyle, body);
}

}  // namespace runtime::cli
