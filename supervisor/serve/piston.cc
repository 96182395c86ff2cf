#include "supervisor/serve/piston.h"

#include <algorithm>
#include <format>
#include <vector>

#include "supervisor/serve/base64.h"
#include "supervisor/serve/strict_json.h"

namespace runtime::serve::piston {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::string_view kLanguage = "javascript";
constexpr std::string_view kVersion = RUNTIME_VERSION;
constexpr int64_t kDefaultTimeoutMs = 3000;  // of Piston
constexpr int64_t kMostTimeoutMs = 60'000;
constexpr std::string_view kModuleEndings[] = {".mjs", ".cjs", ".js", ".json", ".wasm"};

const std::vector<std::string_view>& aliases() {
  static const std::vector<std::string_view> all{"node-javascript", "node-js", "javascript", "js"};
  return all;
}

struct Refused {
  std::string message;
};

[[noreturn]] void refuse(std::string message) { throw Refused{std::move(message)}; }

std::vector<std::string_view> partsOf(std::string_view version) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t dot = version.find('.');
    parts.push_back(version.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    version.remove_prefix(dot + 1);
  }
}

// "*", "1.2.3", "1.x", "^1.2": of the ranges of semver those that name parts of one version.
bool isWanted(std::string_view range) {
  if (range.starts_with('^') || range.starts_with('~')) range.remove_prefix(1);
  const auto own = partsOf(kVersion);
  const auto wanted = partsOf(range);
  if (wanted.size() > own.size()) return false;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "*" || wanted[i] == "x") return true;
    if (wanted[i] != own[i]) return false;
  }
  return true;
}

std::optional<std::string> decodeHex(std::string_view text) {
  const auto digit = [](char c) -> int {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

const std::string& text(const Json& json, const std::string& name) {
  if (!json.contains(name) || !json[name].is_string()) refuse(name + " is required as a string");
  return json[name].get_ref<const std::string&>();
}

// Of a limit in milliseconds or bytes; nothing where it is not given, or -1.
std::optional<int64_t> limit(const Json& json, const std::string& name) {
  if (!json.contains(name) || json[name].is_null()) return std::nullopt;
  if (!json[name].is_number_integer()) refuse("if specified, " + name + " must be a number");
  const auto value = json[name].get<int64_t>();
  if (value == -1) return std::nullopt;
  if (value < 1) refuse(name + " cannot be negative");
  return value;
}

// As our files have it: text, or {"base64"}.
OrderedJson contentOf(const Json& file) {
  const std::string& content = text(file, "content");
  const std::string encoding = file.contains("encoding") ? text(file, "encoding") : "utf8";
  if (encoding == "utf8") return content;
  const auto bytes = encoding == "base64" ? decodeBase64(content)
                     : encoding == "hex"  ? decodeHex(content)
                                          : std::nullopt;
  if (!bytes) refuse("files: content is not in the encoding it names, or that is none of utf8, base64 and hex");
  return {{"base64", encodeBase64(*bytes)}};
}

}  // namespace

std::string runtimes() {
  return dumped(
      {{{"language", kLanguage}, {"version", kVersion}, {"aliases", aliases()}, {"runtime", "secure-runtime"}}});
}

std::string messageOf(std::string_view message) { return dumped({{"message", message}}); }

std::expected<std::string, std::string> submissionOf(std::string_view body) {
  const auto json = parseStrictJson(body);
  if (!json) return std::unexpected(json.error().message);
  try {
    if (!json->is_object()) refuse("the body must be a JSON object");
    const std::string& language = text(*json, "language");
    const std::string& version = text(*json, "version");
    if (!std::ranges::contains(aliases(), language) || !isWanted(version)) {
      refuse(std::format("{}-{} runtime is unknown", language, version));
    }
    if (!json->contains("files") || !(*json)["files"].is_array() || (*json)["files"].empty()) {
      refuse("files is required as a non-empty array");
    }
    OrderedJson files = OrderedJson::object();
    std::string entry;
    for (const Json& file : (*json)["files"]) {
      if (!file.is_object()) refuse("files must be a list of objects");
      std::string name = file.contains("name") ? text(file, "name") : std::format("file{}.code", files.size());
      // What has no ending of a module is the program all the same, as it is for Piston.
      const bool isModule = std::ranges::any_of(kModuleEndings, [&](auto ending) { return name.ends_with(ending); });
      if (entry.empty() && !isModule) name += ".js";
      if (files.contains(name)) refuse("files: two have the name " + name);
      files[name] = contentOf(file);
      if (entry.empty()) entry = name;
    }
    // .js is CommonJS where nothing says otherwise.
    OrderedJson submission{{"files", std::move(files)}, {"entry", entry}};
    if (json->contains("stdin")) submission["stdin"] = text(*json, "stdin");
    if (json->contains("args")) {
      if (!(*json)["args"].is_array()) refuse("if specified, args must be an array");
      submission["args"] = (*json)["args"];
    }
    const int64_t wallMs = limit(*json, "run_timeout").value_or(kDefaultTimeoutMs);
    if (wallMs > kMostTimeoutMs)
      refuse(std::format("run_timeout cannot exceed the configured limit of {}", kMostTimeoutMs));
    OrderedJson limits{{"wall", std::format("{}ms", wallMs)}};
    if (const auto cpuMs = limit(*json, "run_cpu_time")) limits["cpu"] = std::format("{}ms", *cpuMs);
    if (const auto memory = limit(*json, "run_memory_limit")) {
      constexpr int64_t kLeast = 16 << 20;
      limits["memory"] = std::format("{}B", std::max(*memory, kLeast));
    }
    submission["limits"] = std::move(limits);
    return dumped(submission);
  } catch (const Refused& refused) {
    return std::unexpected(refused.message);
  }
}

std::string answerOf(const JobRecord& record) {
  OrderedJson run{{"stdout", ""},       {"stderr", ""},      {"output", ""},  {"code", nullptr}, {"signal", nullptr},
                  {"message", nullptr}, {"status", nullptr}, {"cpu_time", 0}, {"wall_time", 0},  {"memory", 0}};
  const Json result = record.result.empty() ? Json::object() : Json::parse(record.result);
  const std::string verdict = result.value("verdict", "cancelled");
  std::string standardError = result.value("stderr", "");
  if (result.contains("exception")) {
    // What node would print of it.
    const Json& exception = result["exception"];
    const std::string stack = exception.value("stack", "");
    standardError += stack.empty() ? exception.value("name", "") + ": " + exception.value("message", "") : stack;
    standardError += "\n";
  }
  run["stdout"] = result.value("stdout", "");
  run["stderr"] = standardError;
  run["output"] = result.value("stdout", "") + standardError;
  if (verdict == "ok" || verdict == "exit" || verdict == "exception") {
    run["code"] = result.value("exitCode", 1);
  } else {
    run["signal"] = "SIGKILL";
    run["status"] = verdict == "wall-limit" || verdict == "cpu-limit" ? "TO"
                    : verdict == "memory-limit"                       ? "SG"
                    : verdict == "output-limit"                       ? "OL"
                                                                      : "SG";
    const std::string reason =
        result.contains("error") ? result["error"].value("message", "") : result.value("reason", record.reason);
    run["message"] = verdict + (reason.empty() ? "" : ": " + reason);
  }
  if (result.contains("usage")) {
    run["cpu_time"] = result["usage"].value("cpuNs", uint64_t{0}) / 1'000'000;
    run["wall_time"] = result["usage"].value("wallNs", uint64_t{0}) / 1'000'000;
    run["memory"] = result["usage"].value("peakMemoryBytes", uint64_t{0});
  }
  return dumped({{"run", std::move(run)}, {"language", kLanguage}, {"version", kVersion}});
}

}  // namespace runtime::serve::piston
