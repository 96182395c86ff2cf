#include "supervisor/serve/job_start.h"

#include <algorithm>

namespace runtime::serve {
namespace {

// Standard input, as the Runtime reads it.
std::function<size_t(char*, size_t)> readerOf(std::string bytes) {
  struct Input {
    std::string bytes;
    size_t at = 0;
  };
  return [input = std::make_shared<Input>(Input{std::move(bytes)})](char* into, size_t most) {
    const size_t count = std::min(most, input->bytes.size() - input->at);
    std::copy_n(input->bytes.data() + input->at, count, into);
    input->at += count;
    return count;
  };
}

}  // namespace

std::expected<StartedJob, std::variant<ApiFault, StorageFault>> startJob(Runtime& runtime, JobStart start) {
  if (start.tenant == nullptr) {
    return std::unexpected(ApiFault{404, "no-such-tenant", "its tenant is no longer configured", "", {}});
  }
  if (!start.submission) {
    auto parsed = parseSubmission(start.request);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    start.submission = std::move(*parsed);
  }
  Submission& submission = *start.submission;
  if (!start.judged) {
    auto judged = judgePolicy(submission, *start.tenant);
    if (!judged) return std::unexpected(std::move(judged.error()));
    start.judged = std::move(*judged);
  }
  auto folder = JobFolder::make(start.jobsFolder, start.id, submission.files, start.judged->folders);
  if (!folder) return std::unexpected(std::move(folder.error()));
  auto policy = policyInForce(std::move(*start.judged), submission, *start.tenant, (*folder)->places());
  if (!policy) return std::unexpected(std::move(policy.error()));
  Job job;
  job.policy = ReadPolicy{std::move(*policy)};
  job.entry = (*folder)->places().root + "/" + submission.entry;
  if (!start.auditFolder.empty()) job.auditFile = start.auditFolder + "/" + start.id + ".jsonl";
  job.arguments = std::move(submission.arguments);
  if (!submission.standardInput.empty()) job.readStdin = readerOf(std::move(submission.standardInput));
  job.onOutput = [output = start.output](OutputStream stream, std::string_view bytes) {
    output->append(stream, bytes);
  };
  const JobId id = runtime.start(std::move(job), std::move(start.done));
  return StartedJob{id, std::move(*folder)};
}

}  // namespace runtime::serve
