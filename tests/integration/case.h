#pragma once
// One integration case, as its case.json states it.
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runtime::integration {

using Json = nlohmann::json;

// What stands at the other end of the command's standard output.
enum class StdoutKind : uint8_t { kReader, kClosed, kFullDevice, kReaderGone, kTerminal };

struct SignalPlan {
  int signal = 0;
  std::string afterOutput;  // sent once standard output contains this
};

struct Case {
  std::filesystem::path folder;
  std::string command = "run";
  std::vector<std::string> options;  // before the entry, without --policy, --json and --audit
  std::string policy;                // relative to the folder; empty: none
  std::string entry;                 // empty: none is given
  std::vector<std::string> arguments;
  std::vector<std::string> shared;  // files of tests/cases/shared that are copied beside the program
  std::vector<std::pair<std::string, std::string>> environment;
  std::string stdinText;
  // Whether standard input ends after `stdinText`, or stays open and silent.
  enum class StdinEnd : uint8_t { kCloses, kStaysOpen } stdinEnd = StdinEnd::kCloses;
  StdoutKind stdoutKind = StdoutKind::kReader;
  std::optional<SignalPlan> signal;
  std::chrono::milliseconds timeout{20'000};
  int repeat = 1;  // the same command several times in one scratch copy
  bool asRoot = true;
  bool asUser = true;
  Json prepare = Json::array();

  int exitCode = 0;
  std::optional<Json> standardOutput;  // an expectation of text; absent: anything
  std::optional<Json> standardError;
  std::optional<Json> result;  // a subset of the JSON object; its presence adds --json
  Json files = Json::object();
  std::optional<Json> audit;  // {"records": N, "contain": [subset, ...]}; its presence adds --audit
};

// Throws std::runtime_error with a sentence where case.json says what is not understood.
Case readCase(const std::filesystem::path& folder);

// The command's arguments, from the name of the program on.
std::vector<std::string> commandLine(const Case& testCase, const std::string& program);

inline constexpr const char* kAuditFile = "audit.jsonl";

}  // namespace runtime::integration
