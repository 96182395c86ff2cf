#include "tests/integration/case.h"

#include <signal.h>

#include <format>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>

namespace runtime::integration {
namespace {

StdoutKind stdoutKind(const std::string& word) {
  if (word == "closed") return StdoutKind::kClosed;
  if (word == "full-device") return StdoutKind::kFullDevice;
  if (word == "reader-gone") return StdoutKind::kReaderGone;
  if (word == "terminal") return StdoutKind::kTerminal;
  throw std::runtime_error(std::format("stdoutTo: {}?", word));
}

int signalNumber(const std::string& word) {
  if (word == "SIGINT") return SIGINT;
  if (word == "SIGTERM") return SIGTERM;
  throw std::runtime_error(std::format("signal: {}?", word));
}

}  // namespace

Case readCase(const std::filesystem::path& folder) {
  std::ifstream file(folder / "case.json");
  if (!file) throw std::runtime_error(std::format("{}: no case.json", folder.string()));
  const Json json = Json::parse(file, nullptr, true, true);

  Case out;
  out.folder = folder;
  if (std::filesystem::exists(folder / "case.policy.toml")) out.policy = "case.policy.toml";
  if (std::filesystem::exists(folder / "main.mjs")) out.entry = "main.mjs";
  out.standardError = "";

  const std::map<std::string, std::function<void(const Json&)>> keys = {
      {"about", [](const Json&) {}},
      {"command", [&](const Json& v) { out.command = v; }},
      {"options", [&](const Json& v) { out.options = v; }},
      {"policy", [&](const Json& v) { out.policy = v.is_null() ? std::string() : v.get<std::string>(); }},
      {"entry", [&](const Json& v) { out.entry = v.is_null() ? std::string() : v.get<std::string>(); }},
      {"args", [&](const Json& v) { out.arguments = v; }},
      {"shared", [&](const Json& v) { out.shared = v; }},
      {"env",
       [&](const Json& v) {
         out.environment = v.get<std::map<std::string, std::string>>() | std::ranges::to<decltype(out.environment)>();
       }},
      {"stdin", [&](const Json& v) { out.stdinText = v; }},
      {"stdinStaysOpen",
       [&](const Json& v) {
         if (v.get<bool>()) out.stdinEnd = Case::StdinEnd::kStaysOpen;
       }},
      {"stdoutTo", [&](const Json& v) { out.stdoutKind = stdoutKind(v); }},
      {"signal", [&](const Json& v) { out.signal = SignalPlan{signalNumber(v.at("send")), v.at("afterOutput")}; }},
      {"timeoutMs", [&](const Json& v) { out.timeout = std::chrono::milliseconds(v.get<int>()); }},
      {"repeat", [&](const Json& v) { out.repeat = v; }},
      {"users",
       [&](const Json& v) {
         out.asRoot = std::ranges::find(v, Json("root")) != v.end();
         out.asUser = std::ranges::find(v, Json("user")) != v.end();
       }},
      {"prepare", [&](const Json& v) { out.prepare = v; }},
      {"exit", [&](const Json& v) { out.exitCode = v; }},
      {"stdout", [&](const Json& v) { out.standardOutput = v; }},
      {"stderr", [&](const Json& v) { out.standardError = v; }},
      {"result", [&](const Json& v) { out.result = v; }},
      {"files", [&](const Json& v) { out.files = v; }},
      {"audit", [&](const Json& v) { out.audit = v; }},
  };
  for (const auto& [key, value] : json.items()) {
    const auto known = keys.find(key);
    if (known == keys.end()) throw std::runtime_error(std::format("case.json: unknown key {}", key));
    known->second(value);
  }
  return out;
}

std::vector<std::string> commandLine(const Case& testCase, const std::string& program) {
  std::vector<std::string> line{program};
  if (!testCase.command.empty()) line.push_back(testCase.command);
  line.insert(line.end(), testCase.options.begin(), testCase.options.end());
  if (testCase.command == "run") {
    if (!testCase.policy.empty()) line.insert(line.end(), {"--policy", testCase.policy});
    if (testCase.result) line.push_back("--json");
    if (testCase.audit) line.insert(line.end(), {"--audit", kAuditFile});
    if (!testCase.entry.empty()) line.push_back(testCase.entry);
  }
  line.insert(line.end(), testCase.arguments.begin(), testCase.arguments.end());
  return line;
}

}  // namespace runtime::integration
