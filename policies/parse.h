#pragma once
// From the text of a policy file to a Policy, or to every fault in it. Nothing is opened but the policy file itself;
// paths it names are looked at (stat, statfs), so a policy that parses may still fail to open later. Blocks on the
// file system; any thread.
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "policies/diagnostic.h"
#include "policies/policy.h"

namespace runtime::policies {

inline constexpr uint64_t kMaxPolicyBytes = 1ull << 20;
// Of a policy that comes with a job.
inline constexpr uint64_t kMaxJobPolicyBytes = 256ull << 10;
// After so many faults the rest is not reported.
inline constexpr size_t kMaxFaults = 100;

// The error holds at least one fault, warnings among them, in the order of the file. `path` is a host path as the user
// wrote it; it names the file in every Place.
std::expected<Policy, std::vector<Diagnostic>> parseFile(const std::string& path);

// As parseFile(), of a file that holds `text` in place of what it does.
std::expected<Policy, std::vector<Diagnostic>> parseFileWith(const std::string& path, std::string_view text);

// `fileName` names the text in every Place and stands in Policy::files only when parseFile() read it; relative paths
// are relative to `baseFolder`, an absolute host path.
std::expected<Policy, std::vector<Diagnostic>> parseText(std::string_view text, const std::string& fileName,
                                                         const std::string& baseFolder);

// The text of a policy that comes with a job, which is hostile: every `path` is a mount (policies/job_mount.h), and
// root, include and within are faults. Pure: it is judged without a look at the file system. `name` names it in every
// Place.
std::expected<Policy, std::vector<Diagnostic>> parseJobText(std::string_view text, const std::string& name);

// A policy of the service that jobs may name: as parseFile(), and paths may be mounts. root and within are faults, for
// the job brings the one and its tenant's ceiling is the other. `name` stands for the file in every Place.
std::expected<Policy, std::vector<Diagnostic>> parseNamedFile(const std::string& path, const std::string& name);

// The policy that holds where there is none: default limits, no grant. `rootFolder` is an absolute host path.
Policy emptyPolicy(const std::string& rootFolder);

// Whether `fileSystemType` (statfs f_type) is one that no grant may stand on: proc, sysfs, cgroup, debugfs, tracefs,
// securityfs, bpf, devpts, mqueue.
bool isForbiddenFileSystem(int64_t fileSystemType);

}  // namespace runtime::policies
