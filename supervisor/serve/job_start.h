#pragma once
// From what a client sent to a job that the Runtime runs: read, judged, written to its folder, put beneath the ceiling
// of its tenant. Blocks on the file system and on the Runtime's loop; the thread of the job's slot.
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "supervisor/runtime.h"
#include "supervisor/serve/api_fault.h"
#include "supervisor/serve/job_folder.h"
#include "supervisor/serve/job_policy.h"
#include "supervisor/serve/output_log.h"
#include "supervisor/serve/storage_fault.h"
#include "supervisor/serve/submission.h"
#include "supervisor/serve/tenants.h"

namespace runtime::serve {

struct JobStart {
  std::string id;
  std::shared_ptr<const Tenant> tenant;  // null: it is no longer configured
  std::string request;                   // the body, where the two that follow are not at hand
  std::optional<Submission> submission;
  std::optional<JudgedPolicy> judged;
  std::string jobsFolder;   // host, canonical
  std::string auditFolder;  // host; empty: no log is kept
  std::shared_ptr<OutputLog> output;
  std::function<void(Completion)> done;  // as Runtime::start() has it
};
struct StartedJob {
  JobId id;  // of the Runtime
  std::unique_ptr<JobFolder> folder;
};
// The error: nothing runs, and `done` is not called.
std::expected<StartedJob, std::variant<ApiFault, StorageFault>> startJob(Runtime& runtime, JobStart start);

}  // namespace runtime::serve
