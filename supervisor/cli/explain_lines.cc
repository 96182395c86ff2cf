#include "supervisor/cli/explain_lines.h"

#include <algorithm>
#include <format>

namespace runtime::cli {

using policies::Exception;
using policies::Row;

std::vector<ExplainLine> linesOf(const policies::Table& table) {
  std::vector<ExplainLine> lines;
  for (const Row& row : table.rows) {
    // Rights of one entry follow each other.
    const bool alike = !lines.empty() && row.right && !lines.back().rights.empty() &&
                       lines.back().modules == row.modules && lines.back().resource == row.resource &&
                       lines.back().extent == row.extent && lines.back().exceptions == row.exceptions &&
                       lines.back().rule == row.rule;
    if (!alike) {
      lines.push_back({row.modules, row.example, {}, row.resource, row.extent, row.exceptions, row.rule});
    }
    if (row.right) lines.back().rights = lines.back().rights | capabilities::RightSet{*row.right};
  }
  return lines;
}

std::vector<std::string> exceptionsText(const ExplainLine& line) {
  std::vector<std::string> parts;
  if (line.extent == Row::Extent::kUndecided) parts.emplace_back("what is taken away is too much to tell: ask for one");
  if (line.extent == Row::Extent::kNothing && line.exceptions.empty()) parts.emplace_back("no module is so named");
  for (const Exception& exception : line.exceptions) {
    const std::string_view how = line.extent == Row::Extent::kNothing ? "nothing is left: " : "but not ";
    if (exception.kind == Exception::Kind::kCeiling) {
      parts.push_back(std::format("{}what the ceiling {} does not give", how, exception.what));
    } else {
      parts.push_back(std::format("{}{}: denied by {}", how, exception.what, exception.rule.rule()));
    }
  }
  return parts;
}

}  // namespace runtime::cli
