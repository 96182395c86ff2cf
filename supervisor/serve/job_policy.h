#pragma once
// The policy that a job runs under: what it brings or names, put beneath the ceiling of its tenant. Any thread.
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "policies/policy.h"
#include "supervisor/serve/api_fault.h"
#include "supervisor/serve/submission.h"
#include "supervisor/serve/tenants.h"

namespace runtime::serve {

// Where the files of one job stand: host paths, canonical.
struct JobPlaces {
  std::string root;     // modules.root
  std::string folders;  // NAME beneath it is what the policy calls job:NAME
};

// What the tenant may have this job run under, as it is written: its mounts are mounts.
struct JudgedPolicy {
  policies::Policy policy;
  std::vector<std::string> folders;  // names of the job's own folders that it shows
};
// Decided from texts alone, before anything of the job is on the disk. 400 "policy" for a fault in it, 403
// "exceeds-ceiling", 404 "no-such-policy". Pure.
std::expected<JudgedPolicy, ApiFault> judgePolicy(const Submission& submission, const Tenant& tenant);

// The policy in force. Looks at the file system to compare it with the ceiling; `places` are there.
std::expected<std::shared_ptr<const policies::Policy>, ApiFault> policyInForce(JudgedPolicy judged,
                                                                               const Submission& submission,
                                                                               const Tenant& tenant,
                                                                               const JobPlaces& places);

}  // namespace runtime::serve
