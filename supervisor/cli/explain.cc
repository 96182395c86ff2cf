#include "supervisor/cli/explain.h"

#include <algorithm>
#include <format>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "capabilities/guest_path.h"
#include "policies/decide.h"
#include "policies/diff.h"
#include "policies/explain.h"
#include "policies/host_path.h"
#include "policies/parse.h"
#include "supervisor/cli/explain_lines.h"
#include "supervisor/cli/explain_page.h"
#include "supervisor/cli/policy_text.h"
#include "supervisor/cli/replace_file.h"
#include "supervisor/cli/standard_streams.h"
#include "supervisor/cli/terminal_text.h"

namespace runtime::cli {
namespace {

using Json = nlohmann::ordered_json;
using capabilities::Right;
using policies::Answer;
using policies::Policy;
using policies::Question;
using policies::Table;
using policies::Turn;
using Reason = policies::Decision::Reason;

constexpr int kExitFault = 2;
constexpr int kExitRefused = 1;
constexpr size_t kMostWidth = 48;

int refuse(const std::string& message) {
  complain("secure-runtime: " + message);
  return kExitFault;
}

std::optional<Policy> read(const std::string& path) {
  auto policy = policies::parseFile(path);
  if (!policy) {
    complain(policies::render(policy.error()));
    return std::nullopt;
  }
  if (!policy->warnings.empty()) complain(policies::render(policy->warnings));
  return std::move(*policy);
}

// --- The table ---

// Paths under root; the root itself is "/".
std::string loading(const Policy& policy) {
  std::string text = "every module may load .mjs, .js, .cjs, .json and .wasm files beneath modules.root";
  std::set<std::string> writable;
  for (const std::string& path : policies::writablePaths(policy)) {
    if (capabilities::covers(path, policy.modules.root)) {
      return "no module can be loaded, for a grant can write modules.root";
    }
    if (const auto relative = capabilities::relativeTo(policy.modules.root, path)) writable.insert("/" + *relative);
  }
  for (const std::string& path : writable) text += ", but not beneath " + path + ", which a grant can write";
  return text + ", and not what it is denied to read";
}

std::string textOf(const Policy& policy, const Table& table) {
  std::string out;
  size_t modulesWidth = 8, rightsWidth = 8, resourceWidth = 10;
  const auto lines = linesOf(table);
  const auto width = [](size_t& width, const std::string& text) {
    width = std::max(width, std::min(visibleInLine(text).size(), kMostWidth));
  };
  for (const ExplainLine& line : lines) {
    width(modulesWidth, line.modules);
    width(rightsWidth, line.rights.empty() ? "env" : rightsText(line.rights));
    width(resourceWidth, line.resource);
  }
  out += std::format("{:<{}}  {:<{}}  {:<{}}  rule\n", "modules", modulesWidth, "rights", rightsWidth, "resource",
                     resourceWidth);
  for (const ExplainLine& line : lines) {
    out += std::format("{:<{}}  {:<{}}  {:<{}}  {}\n", visibleInLine(line.modules), modulesWidth,
                       line.rights.empty() ? "env" : rightsText(line.rights), rightsWidth, visibleInLine(line.resource),
                       resourceWidth, visibleInLine(line.rule.rule()));
    for (const std::string& part : exceptionsText(line)) {
      out += std::format("{:<{}}  {}\n", "", modulesWidth, visibleInLine(part));
    }
  }
  if (lines.empty()) out = "nothing is granted\n";
  for (const std::string& modules : table.contradicted) {
    out += visibleInLine(modules) + ": no files at all, for two paths are given to it at one `at`; each run says so\n";
  }
  for (const policies::Grant& grant : policy.grants) {
    if (!grant.isolate) continue;
    std::string to;
    for (const auto& glob : grant.to) to += (to.empty() ? "" : ", ") + glob.pattern();
    out += visibleInLine(to + ": in a worker that no other module shares; " + grant.place.rule()) + "\n";
  }
  return out + visibleInLine(loading(policy)) + "\n";
}

Json jsonOf(const Table& table) {
  Json rows = Json::array();
  for (const ExplainLine& line : linesOf(table)) {
    Json row = {{"modules", line.modules}};
    if (line.rights.empty()) {
      row["right"] = "env";
    } else {
      row["rights"] = rightsJson(line.rights);
    }
    row["resource"] = line.resource;
    constexpr std::string_view kExtents[] = {"all", "part", "nothing", "undecided"};
    row["extent"] = kExtents[static_cast<size_t>(line.extent)];
    row["exceptions"] = Json::array();
    for (const policies::Exception& exception : line.exceptions) {
      row["exceptions"].push_back({{"kind", exception.kind == policies::Exception::Kind::kDeny ? "deny" : "within"},
                                   {"what", exception.what},
                                   {"rule", ruleJson(exception.rule)}});
    }
    row["rule"] = ruleJson(line.rule);
    rows.push_back(std::move(row));
  }
  return rows;
}

// --- One question ---

std::string because(const Answer& answer, const Question& question) {
  const std::string rule = answer.rule.line == 0 ? "" : answer.rule.rule();
  if (answer.contradicted) return "two paths are given to it at one `at`, " + rule + " is one: it gets no files";
  const std::string ceiling = answer.ceiling.empty() ? "" : " of the ceiling " + answer.ceiling;
  switch (answer.reason) {
    case Reason::kGranted:
      return rule + " grants it";
    case Reason::kNoEntry:
      return question.right ? "no entry shows that path to it" : "no grant names that variable for it";
    case Reason::kNoRight:
      return rule + " shows that path, without this right";
    case Reason::kDenied:
      return rule + ceiling + " denies it";
    case Reason::kCeiling:
      return "the ceiling " + answer.ceiling + " does not give it";
  }
  return "";
}

std::string change(const Turn& turn) {
  const std::string rule = turn.rule.rule();
  switch (turn.how) {
    case Turn::How::kWithoutDeny:
      return "if the deny at " + rule + " did not name it";
    case Turn::How::kEntryHadRight:
      return "if the entry at " + rule + " had this right as well";
    case Turn::How::kRuleForModule:
      return "if the rule at " + rule + " were for this module as well";
    case Turn::How::kWithoutEntry:
      return "if the entry at " + rule + " were not there";
    case Turn::How::kDenyOfRight:
      return "if the deny at " + rule + " were of this right as well";
    case Turn::How::kEntryLacked:
      return "if the entry at " + rule + " did not give it";
  }
  return "";
}

struct Asked {
  std::string modules;  // as it is shown
  Question question;
  Answer answer;
};

std::string verb(const Question& question) {
  return question.right ? std::string(capabilities::name(*question.right)) : "have the variable";
}

std::string textOf(const Asked& asked) {
  const Question& question = asked.question;
  std::string out = std::format("{} {} {} {}: {}", asked.modules, asked.answer.allowed() ? "may" : "may not",
                                verb(question), question.resource, because(asked.answer, question));
  out = visibleInLine(out) + "\n";
  const std::string other = asked.answer.allowed() ? "  refused " : "  allowed ";
  return out +
         visibleInLine(other + (asked.answer.nearest ? change(*asked.answer.nearest) : "by no change of one rule")) +
         "\n";
}

Json jsonOf(const Asked& asked) {
  constexpr std::string_view kReasons[] = {"granted", "no-entry", "no-right", "denied", "ceiling"};
  const Answer& answer = asked.answer;
  Json out = {{"modules", asked.modules},
              {"allowed", answer.allowed()},
              {"reason", answer.contradicted ? "contradicted" : kReasons[static_cast<size_t>(answer.reason)]},
              {"rule", ruleJson(answer.rule)}};
  if (!answer.ceiling.empty()) out["within"] = answer.ceiling;
  if (answer.nearest) {
    out["nearest"] = {{"change", change(*answer.nearest)}, {"rule", ruleJson(answer.nearest->rule)}};
  }
  return out;
}

// Which modules are asked about: the one, or for each glob of a grant one that it stands for, and any that is allowed
// only by several together.
std::vector<Asked> ask(const Policy& policy, const std::string& module, const Question& question) {
  std::vector<Asked> all;
  const auto put = [&](const std::string& shown, const std::string& example) {
    Question own = question;
    own.module = example;
    all.push_back({shown, own, policies::answer(policy, own)});
  };
  if (!module.empty()) {
    put(module, module);
    return all;
  }
  std::set<std::string> shown;
  for (const policies::Row& row : policies::tableOf(policy, "").rows) {
    if (!row.example.empty() && shown.insert(row.modules).second) put(row.modules, row.example);
  }
  const bool allowed = std::ranges::any_of(all, [](const Asked& asked) { return asked.answer.allowed(); });
  const auto modules = policies::modulesOf(policy);
  if (modules && (all.empty() || !allowed)) {
    for (const std::string& example : *modules) {
      Question own = question;
      own.module = example;
      if (policies::answer(policy, own).allowed()) put(example, example);
    }
  }
  if (all.empty()) put("any module", "main.mjs");
  return all;
}

// The fault is a sentence.
std::expected<Question, std::string> questionOf(const ExplainCommand& command) {
  Question question{command.module, std::nullopt, command.resource};
  if (command.right == "env") return question;
  question.right = capabilities::rightFromName(command.right);
  if (!question.right) {
    return std::unexpected(
        std::format("{}: RIGHT is read, list, write, append, create or delete, or env before the name of a variable",
                    command.right));
  }
  const std::string& path = command.resource;
  const bool isNormal = path.starts_with('/') && capabilities::join("/", capabilities::lexicallyNormal(path)) == path;
  if (!isNormal) {
    return std::unexpected(
        std::format("{}: RESOURCE is a path as the program names it: absolute, without `.`, `..`, "
                    "doubled slashes or a slash at its end",
                    path));
  }
  return question;
}

int answerQuestion(const Policy& policy, const ExplainCommand& command) {
  const auto question = questionOf(command);
  if (!question) return refuse(question.error());
  const auto all = ask(policy, command.module, *question);
  const bool allowed = std::ranges::any_of(all, [](const Asked& asked) { return asked.answer.allowed(); });
  const int exitCode = allowed ? 0 : kExitRefused;
  if (command.format == Format::kText) {
    std::string out;
    for (const Asked& asked : all) out += textOf(asked);
    return printAll(out, exitCode);
  }
  Json out = {{"version", 1},
              {"right", command.right},
              {"resource", command.resource},
              {"allowed", allowed},
              {"answers", Json::array()}};
  for (const Asked& asked : all) out["answers"].push_back(jsonOf(asked));
  return printAll(jsonLine(out), exitCode);
}

// What is wider than in the policy at `path`. Nothing after a fault, which has been told.
std::optional<policies::Difference> widenedSince(const std::string& path, const ExplainCommand& command) {
  auto older = read(path);
  auto newer = policies::parseFile(command.policy);
  const auto oldFolder = policies::folderOf(path);
  const auto newFolder = policies::folderOf(command.policy);
  if (!older || !newer || !oldFolder || !newFolder) return std::nullopt;
  return policies::diff(std::move(*older), std::move(*newer), *oldFolder, *newFolder);
}

int writePage(const Policy& policy, const Table& table, const ExplainCommand& command) {
  std::optional<policies::Difference> difference;
  if (!command.since.empty()) {
    difference = widenedSince(command.since, command);
    if (!difference) return kExitFault;
  }
  const std::string page = explainPage(command.policy, policy, table, difference);
  if (const auto written = replaceFile(command.html, page, 0644); !written) {
    return refuse(std::format("{}: {}", command.html, written.error()));
  }
  return 0;
}

}  // namespace

int explain(const ExplainCommand& command) {
  const auto policy = read(command.policy);
  if (!policy) return kExitFault;
  ExplainCommand normal = command;
  while (normal.module.starts_with('/')) normal.module.erase(0, 1);
  if (!normal.module.empty() && capabilities::lexicallyNormal(normal.module) != normal.module) {
    return refuse(std::format("{}: --module is a path under modules.root, without `.` and `..`", command.module));
  }
  if (!normal.right.empty()) return answerQuestion(*policy, normal);
  const Table table = policies::tableOf(*policy, normal.module);
  if (table.tooLarge) {
    return refuse("the globs of this policy tell more modules apart than can be looked at: ask for one by --module");
  }
  if (!normal.html.empty()) return writePage(*policy, table, normal);
  if (normal.format == Format::kText) return printAll(textOf(*policy, table), 0);
  Json out = {{"version", 1}, {"policy", normal.policy}, {"rows", jsonOf(table)}, {"contradicted", table.contradicted}};
  out["isolated"] = Json::array();
  for (const policies::Grant& grant : policy->grants) {
    if (!grant.isolate) continue;
    Json to = Json::array();
    for (const auto& glob : grant.to) to.push_back(glob.pattern());
    out["isolated"].push_back({{"modules", std::move(to)}, {"rule", ruleJson(grant.place)}});
  }
  out["loads"] = loading(*policy);
  return printAll(jsonLine(out), 0);
}

}  // namespace runtime::cli
