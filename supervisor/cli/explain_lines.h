#pragma once
// The table of `explain` as it is shown: rights that the same rule gives alike share a line.
#include <string>
#include <vector>

#include "policies/explain.h"

namespace runtime::cli {

struct ExplainLine {
  std::string modules;
  std::string example;
  capabilities::RightSet rights;  // empty: `resource` is a variable
  std::string resource;
  policies::Row::Extent extent = policies::Row::Extent::kAll;
  std::vector<policies::Exception> exceptions;
  policies::Place rule;
};

std::vector<ExplainLine> linesOf(const policies::Table& table);

// "but what /docs/private/** names: site.policy.toml:12"; of what the rule gives, what is taken away. A part for each.
std::vector<std::string> exceptionsText(const ExplainLine& line);

}  // namespace runtime::cli
