#include "supervisor/serve/submission.h"

#include <algorithm>
#include <format>

#include "policies/diagnostic.h"
#include "policies/notation.h"
#include "policies/parse.h"
#include "supervisor/serve/base64.h"
#include "supervisor/serve/strict_json.h"
#include "supervisor/sha256.h"

namespace runtime::serve {
namespace {

constexpr size_t kMaxPathBytes = 1024;
constexpr size_t kMaxNameBytes = 255;

struct Refusal {
  ApiFault fault;
};

[[noreturn]] void refuse(std::string where, std::string message) {
  throw Refusal{{400, "bad-request", std::move(message), std::move(where), {}}};
}

const std::string& text(const Json& value, const std::string& where) {
  if (!value.is_string()) refuse(where, "must be a string");
  return value.get_ref<const std::string&>();
}

int64_t integer(const Json& value, const std::string& where, int64_t least, int64_t most) {
  if (value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(most)) {
    refuse(where, std::format("must be at most {}", most));
  }
  if (!value.is_number_integer()) refuse(where, "must be an integer");
  const auto number = value.get<int64_t>();
  if (number < least || number > most) refuse(where, std::format("must be an integer from {} to {}", least, most));
  return number;
}

// Text, or {"base64": text}.
std::string bytes(const Json& value, const std::string& where) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object() || value.size() != 1 || !value.contains("base64")) {
    refuse(where, "must be a string, or {\"base64\": \"...\"}");
  }
  auto decoded = decodeBase64(text(value["base64"], where + ".base64"));
  if (!decoded) refuse(where + ".base64", "is not base64 with padding (RFC 4648)");
  return std::move(*decoded);
}

void checkPath(std::string_view path, const std::string& where) {
  constexpr std::string_view kMust =
      "a path must be relative, of names without `.`, `..`, control characters and "
      "backslashes, and at most 1024 bytes long, each name at most 255";
  if (path.empty() || path.size() > kMaxPathBytes) refuse(where, std::string(kMust));
  for (size_t at = 0; at <= path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view name = path.substr(at, end - at);
    const bool plain = !name.empty() && name.size() <= kMaxNameBytes && name != "." && name != ".." &&
                       std::ranges::none_of(
                           name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\'; });
    if (!plain) refuse(where, std::string(kMust));
    at = end + 1;
  }
}

void readFiles(const Json& value, Submission& into) {
  if (!value.is_object()) refuse("files", "must be an object of contents by path");
  if (value.size() > kMaxFiles) refuse("files", std::format("has more than {} files", kMaxFiles));
  for (const auto& [path, content] : value.items()) {
    const std::string where = "files[" + policies::quoted(path) + "]";
    checkPath(path, where);
    into.files.emplace(path, bytes(content, where));
  }
  for (const auto& [path, content] : into.files) {
    for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      const std::string folder = path.substr(0, slash);
      if (into.files.contains(folder)) refuse("files", policies::quoted(folder) + " is a file and a folder");
    }
  }
}

void readLimits(const Json& value, JobLimits& into) {
  if (!value.is_object()) refuse("limits", "must be an object");
  for (const auto& [name, given] : value.items()) {
    const std::string where = "limits." + name;
    const auto amount = [&](auto parse) {
      const auto parsed = parse(text(given, where));
      if (!parsed) refuse(where, parsed.error());
      return *parsed;
    };
    const auto count = [&](int64_t most) { return static_cast<uint64_t>(integer(given, where, 1, most)); };
    if (name == "wall") {
      into.wallNs = amount(policies::parseDuration);
    } else if (name == "cpu") {
      into.cpuNs = amount(policies::parseDuration);
    } else if (name == "memory") {
      into.memoryBytes = amount(policies::parseSize);
      if (*into.memoryBytes < policies::kLeastMemoryBytes) refuse(where, "must be at least 16MiB");
    } else if (name == "output") {
      into.outputBytes = amount(policies::parseSize);
    } else if (name == "storage") {
      into.storageBytes = amount(policies::parseSize);
    } else if (name == "audit") {
      into.auditBytes = amount(policies::parseSize);
    } else if (name == "handles") {
      into.handles = count(policies::kMostHandles);
    } else if (name == "entries") {
      into.entries = count(INT64_MAX);
    } else {
      refuse("limits", "no limit is called " + policies::quoted(name));
    }
  }
}

void readArguments(const Json& value, Submission& into) {
  if (!value.is_array()) refuse("args", "must be a list of strings");
  if (value.size() > kMaxArguments) refuse("args", std::format("has more than {} strings", kMaxArguments));
  size_t total = 0;
  for (const Json& each : value) {
    into.arguments.push_back(text(each, std::format("args[{}]", into.arguments.size())));
    total += into.arguments.back().size();
  }
  if (total > kMaxArgumentBytes) refuse("args", std::format("is more than {} bytes", kMaxArgumentBytes));
}

void readField(const std::string& name, const Json& value, Submission& into) {
  if (name == "source" || name == "entry") return;  // below, together
  if (name == "files") return readFiles(value, into);
  if (name == "policy") {
    into.policyText = text(value, name);
    if (into.policyText->size() > policies::kMaxJobPolicyBytes) refuse(name, "is longer than 256 KiB");
  } else if (name == "policyName") {
    into.policyName = text(value, name);
    if (into.policyName.empty()) refuse(name, "is empty: leave it out where no policy is meant");
  } else if (name == "args") {
    readArguments(value, into);
  } else if (name == "stdin") {
    into.standardInput = bytes(value, name);
  } else if (name == "limits") {
    readLimits(value, into.limits);
  } else if (name == "idempotencyKey") {
    into.idempotencyKey = text(value, name);
    if (into.idempotencyKey.empty() || into.idempotencyKey.size() > kMaxKeyBytes) {
      refuse(name, std::format("must have 1 to {} bytes", kMaxKeyBytes));
    }
  } else if (name == "priority") {
    into.priority = static_cast<int>(integer(value, name, -kMaxPriority, kMaxPriority));
  } else if (name == "deadline") {
    const auto parsed = policies::parseDuration(text(value, name));
    if (!parsed) refuse(name, parsed.error());
    into.deadlineNs = *parsed;
  } else {
    refuse("body", "no field is called " + policies::quoted(name));
  }
}

void readProgram(const Json& body, Submission& into) {
  if (body.contains("source")) {
    if (body.contains("files")) refuse("source", "stands beside `files`: give one of the two");
    into.entry = "main.mjs";
    if (body.contains("entry")) refuse("entry", "belongs to `files`: a `source` is main.mjs");
    into.files.emplace(into.entry, text(body["source"], "source"));
    return;
  }
  if (!body.contains("files")) refuse("body", "has no program: give `source`, or `files` and `entry`");
  if (!body.contains("entry")) refuse("body", "has `files` and does not say which is the `entry`");
  into.entry = text(body["entry"], "entry");
  if (!into.files.contains(into.entry)) refuse("entry", "is none of `files`");
}

}  // namespace

void JobLimits::replaceIn(policies::Limits& limits) const {
  const auto replace = [](uint64_t& limit, const std::optional<uint64_t>& by) { limit = by.value_or(limit); };
  replace(limits.wallNs, wallNs);
  replace(limits.cpuNs, cpuNs);
  replace(limits.memoryBytes, memoryBytes);
  replace(limits.outputBytes, outputBytes);
  replace(limits.handles, handles);
  replace(limits.storageBytes, storageBytes);
  replace(limits.entries, entries);
  replace(limits.auditBytes, auditBytes);
}

std::expected<Submission, ApiFault> parseSubmission(std::string_view body) {
  const auto json = parseStrictJson(body);
  if (!json) return std::unexpected(json.error());
  try {
    Submission submission;
    if (!json->is_object()) refuse("body", "must be a JSON object");
    for (const auto& [name, value] : json->items()) readField(name, value, submission);
    readProgram(*json, submission);
    if (submission.policyText && !submission.policyName.empty()) {
      refuse("policyName", "stands beside `policy`: give one of the two");
    }
    if (!submission.idempotencyKey.empty()) submission.digest = supervisor::sha256Hex(json->dump());
    return submission;
  } catch (Refusal& refusal) {
    return std::unexpected(std::move(refusal.fault));
  }
}

std::expected<uint64_t, std::string> parseWait(std::string_view text) {
  constexpr uint64_t kMostWaitNs = 60'000'000'000;
  auto parsed = policies::parseDuration(text);
  if (!parsed) return parsed;
  if (*parsed > kMostWaitNs) return std::unexpected("is longer than a minute");
  return parsed;
}

}  // namespace runtime::serve
