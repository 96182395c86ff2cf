#include "supervisor/cli/diff.h"

#include <format>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "policies/diff.h"
#include "policies/host_path.h"
#include "policies/parse.h"
#include "supervisor/cli/policy_text.h"
#include "supervisor/cli/standard_streams.h"
#include "supervisor/cli/terminal_text.h"

namespace runtime::cli {
namespace {

using Json = nlohmann::ordered_json;
using policies::Change;
using Direction = Change::Direction;
using Subject = Change::Subject;

constexpr int kExitFault = 2;

struct Read {
  policies::Policy policy;
  std::string folder;
};

std::optional<Read> read(const std::string& path) {
  auto policy = policies::parseFile(path);
  if (!policy) {
    complain(policies::render(policy.error()));
    return std::nullopt;
  }
  auto folder = policies::folderOf(path);
  if (!folder) {
    complain(std::format("secure-runtime: {}: {}", path, folder.error()));
    return std::nullopt;
  }
  return Read{std::move(*policy), std::move(*folder)};
}

std::string_view name(Subject subject) {
  switch (subject) {
    case Subject::kSetting:
      return "setting";
    case Subject::kRoot:
      return "root";
    case Subject::kWithin:
      return "within";
    case Subject::kFs:
      return "fs";
    case Subject::kMove:
      return "move";
    case Subject::kStorage:
      return "storage";
    case Subject::kEnvironment:
      return "env";
    case Subject::kDeny:
      return "deny";
    case Subject::kLoad:
      return "load";
    case Subject::kIsolate:
      return "isolate";
    case Subject::kIntegrity:
      return "integrity";
    case Subject::kUndecided:
      return "undecided";
  }
  return "";
}

std::string text(const Change& change) {
  std::string line = std::string(change.direction == Direction::kWidened ? "+ " : "- ") + changeText(change);
  if (change.newRule.line != 0) line += std::format("; {}", change.newRule.rule());
  if (change.oldRule.line != 0) line += std::format("; before: {}", change.oldRule.rule());
  if (change.subject == Subject::kFs && !change.reason.empty()) {
    line += std::format(" ({} {})", change.direction == Direction::kWidened ? "before," : "now,", change.reason);
  }
  return visibleInLine(line) + "\n";
}

Json json(const Change& change) {
  Json out = {{"direction", change.direction == Direction::kWidened ? "widened" : "narrowed"},
              {"subject", name(change.subject)},
              {"text", changeText(change)}};
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) out[key] = value;
  };
  add("name", change.name);
  add("before", change.before);
  add("after", change.after);
  add("module", change.module);
  if (!change.rights.empty()) out["rights"] = rightsJson(change.rights);
  add("resource", change.resource);
  out["oldRule"] = ruleJson(change.oldRule);
  out["newRule"] = ruleJson(change.newRule);
  add("reason", change.reason);
  return out;
}

}  // namespace

int diff(const DiffCommand& command) {
  auto older = read(command.older);
  auto newer = read(command.newer);
  if (!older || !newer) return kExitFault;
  const auto difference =
      policies::diff(std::move(older->policy), std::move(newer->policy), older->folder, newer->folder);
  const int exitCode = difference.widened() ? 1 : 0;
  if (command.format == Format::kJson) {
    Json out = {{"version", 1}, {"widened", difference.widened()}, {"changes", Json::array()}};
    for (const Change& change : difference.changes) out["changes"].push_back(json(change));
    return printAll(jsonLine(out), exitCode);
  }
  std::string out;
  for (const Change& change : difference.changes) out += text(change);
  if (difference.changes.empty()) out = "nothing is had or bound differently\n";
  return printAll(out, exitCode);
}

}  // namespace runtime::cli
