#pragma once
// How an attempt at a job ended, as it is stored and told: without paths of the host and words of libraries. Values;
// any thread.
#include <expected>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <variant>
#include <vector>

#include "supervisor/runtime.h"
#include "supervisor/serve/api_fault.h"
#include "supervisor/serve/artifact_files.h"
#include "supervisor/serve/job_store.h"
#include "supervisor/serve/output_log.h"
#include "supervisor/serve/storage_fault.h"

namespace runtime::serve {

struct JobEnding {
  JobState state = JobState::kDone;
  std::string reason;   // why it was cancelled; or empty
  std::string verdict;  // for counting; empty: it counts as none
  std::string result;   // JSON; empty where nothing ran
  std::vector<Artifact> artifacts;
  std::unique_ptr<ArtifactFiles::Pins> pins;  // until it is stored
};

// Nothing ran. What the client is not told is logged.
JobEnding endingOf(const std::string& id, const std::variant<ApiFault, StorageFault>& fault);
JobEnding endingOf(const Fault& fault);

// What the client is told of a job that ran, with what it printed; or of one whose start failed, which is logged.
nlohmann::ordered_json resultOf(const std::string& id, Completion completion, const OutputLog& output);

// Adds the artifacts of a job that has folders of its own; or that they were lost, which is logged.
void addArtifacts(const std::string& id, std::expected<ArtifactFiles::Collected, StorageFault> collected,
                  nlohmann::ordered_json& result, JobEnding& ending);

}  // namespace runtime::serve
