#include "supervisor/cli/policy_text.h"

#include <unistd.h>

#include <format>
#include <nlohmann/json.hpp>

#include "supervisor/cli/standard_streams.h"

namespace runtime::cli {

using capabilities::Right;
using capabilities::RightSet;
using Json = nlohmann::ordered_json;
using policies::Change;
using Direction = Change::Direction;
using Subject = Change::Subject;

std::string rightsText(RightSet rights) {
  std::string text;
  for (int i = 0; i < capabilities::kRightCount; ++i) {
    const auto right = static_cast<Right>(i);
    if (rights.has(right)) text += (text.empty() ? "" : ", ") + std::string(capabilities::name(right));
  }
  return text;
}

std::string jsonLine(const Json& json) {
  return json.dump(-1, ' ', ::isatty(STDOUT_FILENO) == 1, Json::error_handler_t::replace) + "\n";
}

Json rightsJson(RightSet rights) {
  Json list = Json::array();
  for (int i = 0; i < capabilities::kRightCount; ++i) {
    const auto right = static_cast<Right>(i);
    if (rights.has(right)) list.push_back(capabilities::name(right));
  }
  return list;
}

namespace {

std::string moduleOf(const Change& change) { return change.module.empty() ? "every module" : change.module; }

}  // namespace

std::string changeText(const Change& change) {
  const bool wider = change.direction == Direction::kWidened;
  switch (change.subject) {
    case Subject::kSetting:
      return std::format("{} = {}, was {}", change.name, change.after, change.before);
    case Subject::kRoot:
      return std::format("modules.root is {}, was {}", change.after, change.before);
    case Subject::kWithin:
      return std::format("the ceiling {} {}", change.resource, wider ? "holds no more" : "holds");
    case Subject::kFs:
      return std::format("{}: {} on {}", moduleOf(change), rightsText(change.rights), change.resource);
    case Subject::kMove:
      return std::format("{}: rename, move or remove {} whole", moduleOf(change), change.resource);
    case Subject::kStorage:
      return std::format("{} bytes may be written beneath {}, were {}", change.after, change.resource, change.before);
    case Subject::kEnvironment:
      return std::format("{}: the variable {}", moduleOf(change), change.resource);
    case Subject::kDeny:
      return std::format("{}: {} {} {}", moduleOf(change),
                         change.rights.empty() ? "the variable" : rightsText(change.rights) + " on", change.resource,
                         wider ? "is denied no more" : "is denied");
    case Subject::kLoad:
      return std::format("{}: load /{} as a module", moduleOf(change), change.resource);
    case Subject::kIsolate:
      return std::format(
          "{} {}", change.module,
          wider ? "may share a worker with modules that it shared none with" : "shares a worker with fewer modules");
    case Subject::kIntegrity:
      return std::format("/{} {}", change.resource,
                         change.after.empty()    ? "is held to " + change.before + " no more"
                         : change.before.empty() ? "is held to " + change.after
                                                 : "is held to " + change.after + ", was to " + change.before);
    case Subject::kUndecided:
      return change.reason;
  }
  return "";
}

Json ruleJson(const policies::Place& place) { return place.line == 0 ? Json() : Json(place.rule()); }

int printAll(const std::string& text, int exitCode) {
  const auto written = writeAll(STDOUT_FILENO, text);
  if (written) return exitCode;
  complainOfStdout(written.error());
  return exitCodeOfStdout(written.error());
}

}  // namespace runtime::cli
