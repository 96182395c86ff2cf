#include "supervisor/audit/record.h"

#include <string.h>

#include <nlohmann/json.hpp>

namespace runtime::audit {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kBeginning = R"(,"capability":"job","right":"begin",)";
constexpr std::string_view kSeal = R"(,"capability":"job","right":"end",)";
// The numbers, names and hashes of a line.
constexpr size_t kConstantBytes = 620;

std::string clipped(const std::string& text) {
  return text.size() <= kMaxFieldBytes ? text : text.substr(0, kMaxFieldBytes) + "\xE2\x80\xA6";
}

// What JSON makes of it at most.
size_t escapedBytes(std::string_view text) {
  size_t size = 0;
  for (const char c : text.substr(0, kMaxFieldBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    size += byte < 0x20 ? 6 : c == '"' || c == '\\' ? 2 : byte < 0x80 ? 1 : 3;
  }
  return size;
}

std::string text(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

uint64_t number(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_number_unsigned() ? found->get<uint64_t>() : 0;
}

// Much faster than std::string_view::find, for every line of a log is asked.
bool holds(std::string_view text, std::string_view part) {
  return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

}  // namespace

Record beginning(std::string entry) {
  Record record;
  record.capability = "job";
  record.right = "begin";
  record.resource = std::move(entry);
  return record;
}

Record seal(std::string verdict) {
  Record record;
  record.capability = "job";
  record.right = "end";
  record.resource = std::move(verdict);
  return record;
}

std::string body(const Record& record, const Run& run) {
  Json json;
  json["time"] = record.timeMs;
  json["job"] = run.job;
  json["worker"] = record.worker == 0 ? run.worker : record.worker;
  json["module"] = clipped(record.module);
  json["capability"] = record.capability;
  json["right"] = record.right;
  json["resource"] = clipped(record.resource);
  json["decision"] = record.allowed ? "allow" : "deny";
  json["rule"] = clipped(record.rule);
  json["count"] = record.count;
  json["bytes"] = record.bytes;
  json["durationNs"] = record.durationNs;
  json["error"] = record.error;
  if (!record.sha256.empty()) json["sha256"] = record.sha256;
  if (!record.previous.empty()) json["previous"] = record.previous;
  if (!record.torn.empty()) json["torn"] = record.torn;
  json["policy"] = run.policySha256;
  const std::string object = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return object.substr(1, object.size() - 2);
}

size_t boundOfBody(const Record& record) {
  return kConstantBytes + escapedBytes(record.module) + escapedBytes(record.resource) + escapedBytes(record.rule);
}

std::optional<ReadRecord> parse(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  ReadRecord read;
  read.seq = number(json, "seq");
  read.run = {text(json, "job"), number(json, "worker"), text(json, "policy")};
  Record& record = read.record;
  record.timeMs = number(json, "time");
  record.module = text(json, "module");
  record.capability = text(json, "capability");
  record.right = text(json, "right");
  record.resource = text(json, "resource");
  record.allowed = text(json, "decision") == "allow";
  record.rule = text(json, "rule");
  record.count = number(json, "count");
  record.bytes = number(json, "bytes");
  record.durationNs = number(json, "durationNs");
  record.error = text(json, "error");
  record.sha256 = text(json, "sha256");
  record.previous = text(json, "previous");
  record.torn = text(json, "torn");
  return read;
}

bool isBeginning(std::string_view line) { return holds(line, kBeginning); }
bool isSeal(std::string_view line) { return holds(line, kSeal); }

}  // namespace runtime::audit
