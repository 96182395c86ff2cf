#pragma once
// What a client asks to be run: the body of POST /v1/jobs, which is hostile, validated. Pure; any thread.
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/policy.h"
#include "supervisor/serve/api_fault.h"

namespace runtime::serve {

inline constexpr size_t kMaxBodyBytes = 8 << 20;
inline constexpr size_t kMaxFiles = 1000;
inline constexpr size_t kMaxArguments = 4096;
inline constexpr size_t kMaxArgumentBytes = 256 << 10;  // of all together
inline constexpr size_t kMaxKeyBytes = 256;
inline constexpr int kMaxPriority = 1000;

// Each that is given replaces the policy's.
struct JobLimits {
  std::optional<uint64_t> wallNs, cpuNs, memoryBytes, outputBytes, handles, storageBytes, entries, auditBytes;
  void replaceIn(policies::Limits& limits) const;
};

struct Submission {
  std::map<std::string, std::string> files;  // by the path under root, normal and relative
  std::string entry;                         // one of them
  std::optional<std::string> policyText;
  std::string policyName;  // empty: none
  std::vector<std::string> arguments;
  std::string standardInput;
  JobLimits limits;
  std::string idempotencyKey;          // empty: none
  int priority = 0;                    // more goes first
  std::optional<uint64_t> deadlineNs;  // from the submission
  // Where there is a key: SHA-256 in hex of what was sent, whatever its spaces and the order of its keys. Two bodies
  // ask for the same where this is the same.
  std::string digest;
};

// Everything that the API does not know is a fault, a key twice as well.
std::expected<Submission, ApiFault> parseSubmission(std::string_view body);

// An upper bound of a duration, as ?wait= has it; the error is a sentence.
std::expected<uint64_t, std::string> parseWait(std::string_view text);

}  // namespace runtime::serve
