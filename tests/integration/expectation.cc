#include "tests/integration/expectation.h"

#include <algorithm>
#include <format>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/integration/audit_chain.h"

namespace runtime::integration {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxShown = 4000;

std::string shown(std::string_view text) {
  std::string out(text.substr(0, kMaxShown));
  if (text.size() > kMaxShown) out += std::format("... ({} bytes)", text.size());
  return out;
}

std::string shownJson(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::vector<std::string> listOf(const Json& json) {
  if (json.is_string()) return {json.get<std::string>()};
  return json.get<std::vector<std::string>>();
}

bool matches(const std::string& pattern, std::string_view text) {
  return std::regex_search(std::string(text), std::regex(pattern));
}

void append(Faults& faults, Faults more) { std::ranges::move(more, std::back_inserter(faults)); }

std::string contentOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Faults compareFolder(const std::string& name, const Json& expected, const fs::path& path) {
  std::vector<std::string> found;
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::directory_iterator(path)) found.push_back(entry.path().filename().string());
  }
  std::ranges::sort(found);
  if (Json(found) == expected) return {};
  return {std::format("folder {}: expected {}, found {}", name, shownJson(expected), shownJson(Json(found)))};
}

Faults compareFile(const std::string& name, const Json& expected, const fs::path& path) {
  const bool exists = fs::exists(fs::symlink_status(path));
  if (expected.is_null()) return exists ? Faults{std::format("{} exists", name)} : Faults{};
  if (!exists) return {std::format("{} does not exist", name)};
  if (expected.is_object() && expected.contains("folder")) return compareFolder(name, expected["folder"], path);
  if (expected.is_object() && expected.contains("symlink")) {
    return fs::is_symlink(path) ? Faults{} : Faults{std::format("{} is no symlink", name)};
  }
  return compareText(name, expected, contentOf(path));
}

Faults compareAudit(const Json& expected, const fs::path& file) {
  const AuditLog log = readAuditLog(file);
  Faults faults = log.faults;
  if (expected.contains("records")) {
    append(faults, compareSubset("audit records", expected["records"], Json(log.records.size())));
  }
  for (const Json& subset : expected.value("contain", Json::array())) {
    if (!std::ranges::any_of(log.records, [&](const Json& r) { return compareSubset("", subset, r).empty(); })) {
      faults.push_back(
          std::format("no audit record has {}; the log is\n{}", shownJson(subset), shown(contentOf(file))));
    }
  }
  for (const Json& subset : expected.value("lack", Json::array())) {
    if (std::ranges::any_of(log.records, [&](const Json& r) { return compareSubset("", subset, r).empty(); })) {
      faults.push_back(std::format("an audit record has {}", shownJson(subset)));
    }
  }
  return faults;
}

// A job never learns where on the host it runs.
Faults lookForHostPath(std::string_view what, std::string_view text, const fs::path& folder) {
  if (!text.contains(folder.string()) && !text.contains("secure-runtime-case.")) return {};
  return {std::format("{} shows a host path: {}", what, shown(text))};
}

Faults judgeJson(const Case& testCase, const Ended& ended, const fs::path& folder) {
  const Json result = Json::parse(ended.standardOutput, nullptr, false);
  if (!result.is_object() || std::ranges::count(ended.standardOutput, '\n') != 1) {
    return {std::format("standard output is not one JSON object: {}", shown(ended.standardOutput))};
  }
  Faults faults = compareSubset("result", *testCase.result, result);
  if (result.value("exitCode", -1) != ended.status) faults.push_back("result.exitCode is not the exit code");
  for (const char* member : {"stdout", "stderr", "exception"}) {
    if (result.contains(member)) append(faults, lookForHostPath(member, shownJson(result[member]), folder));
  }
  if (testCase.audit && result.contains("audit")) {
    const AuditLog log = readAuditLog(folder / kAuditFile);
    if (log.records.empty() || log.records.back()["hash"] != result["audit"].value("head", "")) {
      faults.push_back("result.audit.head is not the hash of the last record");
    }
  }
  return faults;
}

}  // namespace

Faults compareText(const std::string& what, const Json& expected, std::string_view actual) {
  Faults faults;
  if (expected.is_string()) {
    if (expected.get<std::string>() == actual) return {};
    return {
        std::format("{}: expected\n{}\n--- found\n{}\n---", what, shown(expected.get<std::string>()), shown(actual))};
  }
  for (const auto& [key, value] : expected.items()) {
    bool holds = false;
    if (key == "match") {
      holds = matches(value, actual);
    } else if (key == "contains") {
      holds = std::ranges::all_of(listOf(value), [&](const std::string& text) { return actual.contains(text); });
    } else if (key == "lacks") {
      holds = std::ranges::none_of(listOf(value), [&](const std::string& text) { return actual.contains(text); });
    } else if (key == "size") {
      holds = value == actual.size();
    }
    if (!holds)
      faults.push_back(std::format("{}: {} {} does not hold of\n{}\n---", what, key, shownJson(value), shown(actual)));
  }
  return faults;
}

Faults compareSubset(const std::string& what, const Json& expected, const Json& actual) {
  const auto differs = [&] {
    return Faults{std::format("{}: expected {}, found {}", what, shownJson(expected), shownJson(actual))};
  };
  if (!expected.is_object()) return expected == actual ? Faults{} : differs();
  if (expected.contains("$match"))
    return actual.is_string() && matches(expected["$match"], actual.get<std::string>()) ? Faults{} : differs();
  if (expected.contains("$contains"))
    return actual.is_string() && actual.get<std::string>().contains(expected["$contains"].get<std::string>())
               ? Faults{}
               : differs();
  if (expected.contains("$least")) return actual.is_number() && actual >= expected["$least"] ? Faults{} : differs();
  if (expected.contains("$most")) return actual.is_number() && actual <= expected["$most"] ? Faults{} : differs();
  if (!actual.is_object()) return differs();
  Faults faults;
  for (const auto& [key, value] : expected.items()) {
    const bool mustBeAbsent = value.is_object() && value.contains("$absent");
    if (mustBeAbsent != actual.contains(key)) {
      if (!mustBeAbsent) append(faults, compareSubset(what + "." + key, value, actual[key]));
    } else {
      faults.push_back(std::format("{}.{} {}", what, key, mustBeAbsent ? "is there" : "is missing"));
    }
  }
  return faults;
}

Faults judge(const Case& testCase, const Ended& ended, const std::filesystem::path& folder) {
  Faults faults;
  if (ended.timedOut) faults.push_back("it did not end in time");
  if (ended.status != testCase.exitCode) {
    faults.push_back(std::format("exit code {}, expected {}", ended.status, testCase.exitCode));
  }
  for (const std::string& stray : ended.strays) faults.push_back(std::format("it left a process behind: {}", stray));
  if (testCase.result) {
    append(faults, judgeJson(testCase, ended, folder));
  } else if (testCase.standardOutput) {
    append(faults, compareText("standard output", *testCase.standardOutput, ended.standardOutput));
  }
  if (testCase.standardError)
    append(faults, compareText("standard error", *testCase.standardError, ended.standardError));
  if (!testCase.result && ended.status != 2 && ended.status != 3) {
    append(faults, lookForHostPath("standard output", ended.standardOutput, folder));
    append(faults, lookForHostPath("standard error", ended.standardError, folder));
  }
  for (const auto& [name, expected] : testCase.files.items()) {
    append(faults, compareFile(name, expected, folder / name));
  }
  if (testCase.audit) append(faults, compareAudit(*testCase.audit, folder / kAuditFile));
  if (!faults.empty()) {
    if (!testCase.standardError || testCase.result)
      faults.push_back("standard error was: " + shown(ended.standardError));
    if (testCase.result || !testCase.standardOutput)
      faults.push_back("standard output was: " + shown(ended.standardOutput));
  }
  return faults;
}

}  // namespace runtime::integration
