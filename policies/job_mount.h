#pragma once
// Policies that come with a job of the service. Their text is hostile, so that no `path` in it names the host: it is a
// mount, `job:NAME` (a folder of the job's own) or `ceiling:GUESTPATH` (what the tenant's ceiling shows there).
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/policy.h"

namespace runtime::policies {

inline constexpr size_t kMaxGuestPathBytes = 4096;
inline constexpr size_t kMaxJobFolders = 16;

// What keeps `path` from being an absolute, normal guest path; the end of a sentence that begins with its name. Pure.
std::optional<std::string> guestPathFault(std::string_view path);

// Whether `path` is written as a mount; that of a parsed policy is one that is well-formed. Pure.
bool isMount(std::string_view path);
// A sentence where it is none that may be used. Pure.
std::optional<std::string> mountFault(std::string_view path);

// Names of the job's own folders that the policy shows, each once. Pure.
std::vector<std::string> jobFolders(const Policy& policy);

// A fault for each right of a mount that the ceiling does not surely give to every module of its rule, at the place of
// its entry; and for more folders of the job's own than kMaxJobFolders. Pure: it is decided before anything is touched.
std::vector<Diagnostic> beyondCeiling(const Policy& policy, const Policy& ceiling);

// Puts host paths in place of mounts: `folders` and NAME beneath it for job:NAME, what the ceiling shows for
// ceiling:GUESTPATH. The error: the ceiling shows nothing there. Pure.
std::expected<void, Diagnostic> mountJob(Policy& policy, const Policy& ceiling, const std::string& folders);

// The ceiling with the folders of a job in it, every right on them. `folders` is an absolute canonical host path. Pure.
Policy ceilingOfJob(const Policy& ceiling, const std::string& folders);

}  // namespace runtime::policies
