#include "supervisor/serve/job_ending.h"

#include "supervisor/result_json.h"
#include "supervisor/serve/log.h"
#include "supervisor/serve/strict_json.h"

namespace runtime::serve {
namespace {

// Of a fault whose own words are of the host.
Fault withoutHost(const Fault& fault) {
  const bool ours = fault.exitCode == 3 || fault.exitCode == 70;
  std::string message = fault.code.starts_with("entry-") ? "the entry is no module file that can be run"
                        : ours
                            ? "the service could not run this job now; its operator's log says why"
                            : "what the policy names cannot be opened now; ask the operator for what its ceiling shows";
  return {fault.exitCode, fault.code, std::move(message), fault.where.contains('/') ? "" : fault.where};
}

}  // namespace

JobEnding endingOf(const Fault& fault) {
  JobEnding ending;
  ending.verdict = "fault";
  ending.result = dumped(jsonOf(fault));
  return ending;
}

JobEnding endingOf(const std::string& id, const std::variant<ApiFault, StorageFault>& fault) {
  if (const auto* refused = std::get_if<ApiFault>(&fault)) {
    return endingOf(Fault{2, refused->code, refused->message, refused->where});
  }
  const auto& trouble = std::get<StorageFault>(fault);
  log(Level::kError, "storage", {{"job", id}, {"message", trouble.message}});
  const char* code = trouble.trouble == StorageTrouble::kFull ? "storage-full" : "storage-unavailable";
  return endingOf(Fault{70, code, "the service could not write the job's files", ""});
}

nlohmann::ordered_json resultOf(const std::string& id, Completion completion, const OutputLog& output) {
  if (!completion) {
    const Fault& fault = completion.error();
    log(Level::kError, "job-fault",
        {{"job", id}, {"code", fault.code}, {"message", fault.message}, {"where", fault.where}});
    return jsonOf(withoutHost(fault));
  }
  completion->standardOutput = output.text(OutputStream::kStdout);
  completion->standardError = output.text(OutputStream::kStderr);
  completion->policyFiles.clear();  // host paths
  return jsonOf(*completion);
}

void addArtifacts(const std::string& id, std::expected<ArtifactFiles::Collected, StorageFault> collected,
                  nlohmann::ordered_json& result, JobEnding& ending) {
  auto list = nlohmann::ordered_json::array();
  if (!collected) {
    log(Level::kError, "storage", {{"job", id}, {"message", collected.error().message}});
    result["artifacts"] = std::move(list);
    result["artifactsLost"] = "the service could not store them";
    return;
  }
  for (const Artifact& artifact : collected->artifacts) {
    list.push_back({{"path", artifact.path}, {"size", artifact.size}, {"sha256", artifact.sha256}});
  }
  result["artifacts"] = std::move(list);
  if (collected->leftOut > 0) result["artifactsLeftOut"] = collected->leftOut;
  ending.artifacts = std::move(collected->artifacts);
  ending.pins = std::move(collected->pins);
}

}  // namespace runtime::serve
