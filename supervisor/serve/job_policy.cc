#include "supervisor/serve/job_policy.h"

#include <algorithm>

#include "policies/job_mount.h"
#include "policies/parse.h"
#include "policies/within.h"

namespace runtime::serve {
namespace {

using policies::Diagnostic;
using policies::Policy;

// What the text of a job is called in the places of its faults.
constexpr const char* kTextName = "policy";

ApiFault faultOf(unsigned status, std::string code, const std::vector<Diagnostic>& diagnostics) {
  const auto first = std::ranges::find(diagnostics, policies::Severity::kFault, &Diagnostic::severity);
  if (first == diagnostics.end()) return {status, std::move(code), "the policy is refused", "", {}};
  std::string message = first->message;
  if (!first->suggestion.empty()) message += "; did you mean `" + first->suggestion + "`?";
  return {status, std::move(code), std::move(message), first->place.text(), {}};
}

// As it is written: mounts are mounts, and it has no root.
std::expected<Policy, ApiFault> policyAsWritten(const Submission& submission, const Tenant& tenant) {
  if (submission.policyText) {
    auto policy = policies::parseJobText(*submission.policyText, kTextName);
    if (!policy) return std::unexpected(faultOf(400, "policy", policy.error()));
    return std::move(*policy);
  }
  if (submission.policyName.empty()) return policies::emptyPolicy("/");
  const auto named = tenant.policies.find(submission.policyName);
  if (named == tenant.policies.end()) {
    return std::unexpected(
        ApiFault{404,
                 "no-such-policy",
                 "there is no policy " + policies::quoted(submission.policyName) + " for this tenant",
                 "policyName",
                 {}});
  }
  return *named->second;
}

}  // namespace

std::expected<JudgedPolicy, ApiFault> judgePolicy(const Submission& submission, const Tenant& tenant) {
  auto policy = policyAsWritten(submission, tenant);
  if (!policy) return std::unexpected(std::move(policy.error()));
  // The excess of a policy that the service keeps is dropped instead.
  if (submission.policyText) {
    if (const auto excess = policies::beyondCeiling(*policy, *tenant.ceiling); !excess.empty()) {
      return std::unexpected(faultOf(403, "exceeds-ceiling", excess));
    }
  }
  JudgedPolicy judged{std::move(*policy), {}};
  judged.folders = policies::jobFolders(judged.policy);
  return judged;
}

std::expected<std::shared_ptr<const Policy>, ApiFault> policyInForce(JudgedPolicy judged, const Submission& submission,
                                                                     const Tenant& tenant, const JobPlaces& places) {
  auto policy = std::make_shared<Policy>(std::move(judged.policy));
  policy->modules.root = places.root;
  submission.limits.replaceIn(policy->limits);
  if (const auto mounted = policies::mountJob(*policy, *tenant.ceiling, places.folders); !mounted) {
    return std::unexpected(faultOf(403, "exceeds-ceiling", {mounted.error()}));
  }
  const auto put = policies::putWithin(*policy, policies::ceilingOfJob(*tenant.ceiling, places.folders),
                                       policies::Place{tenant.ceilingName, 0, 0});
  // Its message is of host paths.
  if (!put) {
    return std::unexpected(ApiFault{
        403, "exceeds-ceiling", "the policy cannot be put beneath the tenant's ceiling", put.error().place.text(), {}});
  }
  return policy;
}

}  // namespace runtime::serve
