#include "supervisor/cli/explain_page.h"

#include <algorithm>
#include <format>
#include <map>
#include <set>
#include <vector>

#include "supervisor/cli/explain_lines.h"
#include "supervisor/cli/html_text.h"
#include "supervisor/cli/policy_text.h"

namespace runtime::cli {
namespace {

using capabilities::Right;
using policies::Change;
using policies::Row;

constexpr std::string_view kStyle =
    "body{font:14px/1.4 system-ui,sans-serif;margin:2em;color:#222;background:#fff}"
    "svg{display:block;width:100%;max-width:1200px;font:12px ui-monospace,monospace}"
    "table{border-collapse:collapse;margin:1em 0}td,th{text-align:left;padding:2px 12px 2px 0;vertical-align:top}"
    "td{font-family:ui-monospace,monospace;overflow-wrap:anywhere;max-width:40em}"
    "path{fill:none;stroke-width:1.5;opacity:.7}path:hover{stroke-width:4;opacity:1}"
    "circle{fill:#444}.walled{fill:none;stroke:#6b46c1;stroke-width:2}.end{text-anchor:end}"
    ".reads{stroke:#2b6cb0}.writes{stroke:#c05621}.env{stroke:#6b46c1}"
    ".part{stroke-dasharray:6 3}.nothing{stroke:#e00030;stroke-dasharray:2 4}"
    ".wider{stroke:#e00030;stroke-width:3}td.wider,.bad{color:#b00020;font-weight:bold}";

// The picture, in its own units.
constexpr size_t kWidth = 1200;
constexpr size_t kFromX = 400;
constexpr size_t kToX = 800;
constexpr size_t kRowHeight = 18;
constexpr size_t kLabelCharacters = 52;

// The last characters: they tell paths apart.
std::string shortened(const std::string& name) {
  if (name.size() <= kLabelCharacters) return name;
  size_t from = name.size() - kLabelCharacters;
  while (from < name.size() && (static_cast<unsigned char>(name[from]) & 0xC0) == 0x80) ++from;
  return "\xE2\x80\xA6" + name.substr(from);
}

std::string resourceOf(const ExplainLine& line) { return line.rights.empty() ? "env " + line.resource : line.resource; }

std::string saying(const ExplainLine& line) {
  std::string text = line.modules + ": " + (line.rights.empty() ? "" : rightsText(line.rights) + " ") +
                     resourceOf(line) + "\n" + line.rule.rule();
  for (const std::string& part : exceptionsText(line)) text += "\n" + part;
  return text;
}

std::string classesOf(const ExplainLine& line, bool wider) {
  std::string classes = "reads";
  if (line.rights.hasAny({Right::kWrite, Right::kAppend, Right::kCreate, Right::kDelete})) classes = "writes";
  if (line.rights.empty()) classes = "env";
  if (line.extent == Row::Extent::kPart || line.extent == Row::Extent::kUndecided) classes += " part";
  if (line.extent == Row::Extent::kNothing) classes += " nothing";
  return wider ? classes + " wider" : classes;
}

class Page {
 public:
  Page(const policies::Policy& policy, const policies::Table& table, const std::optional<policies::Difference>& since)
      : policy_(policy), table_(table), since_(since), lines_(linesOf(table)) {
    if (since_) {
      for (const Change& change : since_->changes) {
        if (change.direction == Change::Direction::kWidened && change.newRule.line != 0)
          wider_.insert(change.newRule.text());
      }
    }
    for (const ExplainLine& line : lines_) {
      add(modules_, line.modules);
      add(resources_, resourceOf(line));
    }
    for (const std::string& modules : table_.contradicted) add(modules_, modules);
  }

  std::string body(const std::string& title) const {
    std::string out = "<h1>" + htmlText(title) + "</h1>\n";
    out += std::format("<p>{} module patterns, {} resources, {} grants shown. ", modules_.names.size(),
                       resources_.names.size(), lines_.size());
    out +=
        "<span class=\"legend\">Blue reads, orange changes, violet is an environment variable; broken: denied in part; "
        "dotted red: nothing is left; a ring: a worker of its own";
    out += since_ ? "; thick red: wider than before.</span></p>\n" : ".</span></p>\n";
    if (lines_.empty()) out += "<p>Nothing is granted.</p>\n";
    for (const std::string& modules : table_.contradicted) {
      out +=
          "<p class=\"bad\">" + htmlText(modules) + ": no files at all, for two paths are given to it at one at</p>\n";
    }
    if (!lines_.empty()) out += picture() + table() + denies();
    if (since_) out += changes();
    return out;
  }

 private:
  struct Column {
    std::vector<std::string> names;
    std::map<std::string, size_t> at;
  };
  static void add(Column& column, const std::string& name) {
    if (column.at.try_emplace(name, column.names.size()).second) column.names.push_back(name);
  }
  bool isWider(const ExplainLine& line) const { return wider_.contains(line.rule.text()); }

  // Each column spread over the whole height.
  static double yOf(const Column& column, size_t index, size_t height) {
    return (static_cast<double>(index) + 0.5) * static_cast<double>(height) / static_cast<double>(column.names.size());
  }

  bool isWalled(const std::string& modules) const {
    return std::ranges::any_of(policy_.grants, [&](const policies::Grant& grant) {
      return grant.isolate && std::ranges::any_of(grant.to, [&](const auto& g) { return g.pattern() == modules; });
    });
  }

  std::string picture() const {
    const size_t height = std::max(modules_.names.size(), resources_.names.size()) * kRowHeight;
    std::string out = std::format("<svg viewBox=\"0 0 {} {}\" role=\"img\">\n", kWidth, height);
    for (const ExplainLine& line : lines_) {
      const double from = yOf(modules_, modules_.at.at(line.modules), height);
      const double to = yOf(resources_, resources_.at.at(resourceOf(line)), height);
      const size_t middle = (kFromX + kToX) / 2;
      out += std::format(
          "<path class=\"{}\" d=\"M {} {:.1f} C {} {:.1f} {} {:.1f} {} {:.1f}\"><title>{}</title></path>\n",
          classesOf(line, isWider(line)), kFromX, from, middle, from, middle, to, kToX, to, htmlText(saying(line)));
    }
    const auto labels = [&](const Column& column, size_t x, bool left) {
      for (size_t i = 0; i < column.names.size(); ++i) {
        const double y = yOf(column, i, height);
        const std::string& name = column.names[i];
        out += std::format("<circle cx=\"{}\" cy=\"{:.1f}\" r=\"3\"/>", x, y);
        if (left && isWalled(name))
          out += std::format("<circle class=\"walled\" cx=\"{}\" cy=\"{:.1f}\" r=\"6\"/>", x, y);
        out +=
            std::format("<text class=\"{}\" x=\"{}\" y=\"{:.1f}\">{}<title>{}</title></text>\n", left ? "end" : "start",
                        left ? x - 10 : x + 10, y + 4, htmlText(shortened(name)), htmlText(name));
      }
    };
    labels(modules_, kFromX, true);
    labels(resources_, kToX, false);
    return out + "</svg>\n";
  }

  std::string table() const {
    std::string out =
        "<h2>Grants</h2>\n<table>\n<tr><th>modules</th><th>rights</th><th>resource</th><th>but</th><th>rule</th></"
        "tr>\n";
    for (const ExplainLine& line : lines_) {
      std::string but;
      for (const std::string& part : exceptionsText(line)) but += (but.empty() ? "" : "\n") + part;
      const std::string kind = isWider(line) ? " class=\"wider\"" : "";
      out += std::format("<tr><td>{}</td><td{}>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", htmlText(line.modules),
                         kind, line.rights.empty() ? "env" : rightsText(line.rights), htmlText(line.resource),
                         htmlText(but), htmlText(line.rule.rule()));
    }
    return out + "</table>\n";
  }

  std::string denies() const {
    std::string rows;
    const auto row = [&](const policies::Deny& deny, const std::string& rights, const std::string& what,
                         const policies::Place& rule) {
      std::string to;
      for (const auto& glob : deny.to) to += (to.empty() ? "" : ", ") + glob.pattern();
      rows += std::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", htmlText(to), rights,
                          htmlText(what), htmlText(rule.rule()));
    };
    for (const policies::Policy* level = &policy_; level != nullptr; level = level->within.get()) {
      for (const policies::Deny& deny : level->denies) {
        for (const policies::FsDeny& each : deny.fs) row(deny, rightsText(each.rights), each.at.pattern(), each.place);
        for (const std::string& name : deny.env) row(deny, "env", name, deny.place);
      }
    }
    if (rows.empty()) return "";
    return "<h2>Denials</h2>\n<table>\n<tr><th>modules</th><th>rights</th><th>resource</th><th>rule</th></tr>\n" +
           rows + "</table>\n";
  }

  std::string changes() const {
    if (since_->changes.empty()) return "<h2>Changes</h2>\n<p>Nothing is had or bound differently.</p>\n";
    std::string out = "<h2>Changes</h2>\n<table>\n";
    for (const Change& change : since_->changes) {
      const bool wider = change.direction == Change::Direction::kWidened;
      out += std::format("<tr><td{}>{}</td><td>{}</td></tr>\n", wider ? " class=\"wider\"" : "",
                         wider ? "wider" : "narrower", htmlText(changeText(change)));
    }
    return out + "</table>\n";
  }

  const policies::Policy& policy_;
  const policies::Table& table_;
  const std::optional<policies::Difference>& since_;
  const std::vector<ExplainLine> lines_;
  std::set<std::string> wider_;  // places of rules
  Column modules_, resources_;
};

}  // namespace

std::string explainPage(const std::string& title, const policies::Policy& policy, const policies::Table& table,
                        const std::optional<policies::Difference>& since) {
  return htmlPage(title, kStyle, Page(policy, table, since).body(title));
}

}  // namespace runtime::cli
