#include "supervisor/result_json.h"

#include <nlohmann/json.hpp>

namespace runtime {
namespace {

using Json = nlohmann::ordered_json;

std::string text(const Json& json, Characters characters = Characters::kUtf8) {
  return json.dump(-1, ' ', characters == Characters::kAscii, Json::error_handler_t::replace);
}

}  // namespace

Json jsonOf(const Result& result) {
  Json json = {{"version", 1},
               {"verdict", name(result.verdict)},
               {"exitCode", result.exitCode},
               {"stdout", result.standardOutput},
               {"stderr", result.standardError}};
  if (result.exception) {
    json["exception"] = {
        {"name", result.exception->name}, {"message", result.exception->message}, {"stack", result.exception->stack}};
  }
  if (!result.reason.empty()) json["reason"] = result.reason;
  json["usage"] = {{"wallNs", result.usage.wallNs},
                   {"cpuNs", result.usage.cpuNs},
                   {"peakMemoryBytes", result.usage.peakMemoryBytes},
                   {"calls", result.usage.calls},
                   {"deniedCalls", result.usage.deniedCalls},
                   {"bytesRead", result.usage.bytesRead},
                   {"bytesWritten", result.usage.bytesWritten}};
  json["limits"] = {{"wall", result.limits.wall},       {"cpu", result.limits.cpu},
                    {"memory", result.limits.memory},   {"output", result.limits.output},
                    {"handles", result.limits.handles}, {"storage", result.limits.storage},
                    {"entries", result.limits.entries}, {"audit", result.limits.audit}};
  json["policy"] = {{"sha256", result.policySha256}, {"files", result.policyFiles}};
  json["audit"] = {{"records", result.auditRecords}, {"head", result.auditHead}};
  json["confinement"] = {{"seccomp", result.confinement.seccomp},
                         {"namespaces", result.confinement.namespaces},
                         {"noNewPrivs", result.confinement.noNewPrivs},
                         {"capabilities", result.confinement.capabilities},
                         {"jit", result.confinement.jit},
                         {"systemCalls", result.confinement.systemCalls},
                         {"emptyRoot", true},
                         {"dumpable", false},
                         {"parentDeath", true},
                         {"descriptors", 2},
                         {"memoryLimit", result.confinement.memoryLimit},
                         {"mdwe", result.confinement.mdwe},
                         {"landlock", result.confinement.landlockAbi},
                         {"keyring", result.confinement.ownKeyring},
                         {"storeBypassDisabled", result.confinement.noStoreBypass},
                         {"indirectBranchDisabled", result.confinement.noIndirectBranch}};
  return json;
}

Json jsonOf(const Fault& fault) {
  return {{"version", 1},
          {"verdict", "fault"},
          {"exitCode", fault.exitCode},
          {"error", {{"code", fault.code}, {"message", fault.message}, {"where", fault.where}}}};
}

Json jsonOf(const std::vector<Layer>& layers) {
  Json list = Json::array();
  bool confined = true;
  for (const Layer& layer : layers) {
    list.push_back(
        {{"name", layer.name}, {"required", layer.required}, {"available", layer.available}, {"detail", layer.detail}});
    confined = confined && (layer.available || !layer.required);
  }
  return {{"version", 1}, {"confined", confined}, {"layers", list}};
}

std::string toJson(const Result& result, Characters characters) { return text(jsonOf(result), characters); }
std::string toJson(const Fault& fault) { return text(jsonOf(fault)); }
std::string toJson(const std::vector<Layer>& layers) { return text(jsonOf(layers)); }

}  // namespace runtime
