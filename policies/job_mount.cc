#include "policies/job_mount.h"

#include <algorithm>

#include "capabilities/guest_path.h"
#include "policies/within.h"

namespace runtime::policies {
namespace {

using capabilities::Right;
using capabilities::RightSet;

constexpr std::string_view kJob = "job:";
constexpr std::string_view kCeiling = "ceiling:";
// Where ceilingOfJob() shows the folders of a job. No guest path that a policy may write holds it by accident, and
// nothing comes of it where one does on purpose: a ceiling binds host files.
constexpr std::string_view kFoldersAt = "/job:folders";
constexpr size_t kMaxNameBytes = 64;
// After so many the rest is not reported.
constexpr size_t kMostExcess = 100;

std::optional<std::string> jobNameFault(std::string_view name) {
  const bool plain =
      !name.empty() && name.size() <= kMaxNameBytes && name[0] != '.' && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
      });
  if (plain) return std::nullopt;
  return "the name after `job:` must be 1 to 64 letters, digits, `.`, `_` or `-`, the first no dot";
}

std::string jobName(std::string_view path) { return std::string(path.substr(kJob.size())); }
std::string ceilingGuest(std::string_view path) { return std::string(path.substr(kCeiling.size())); }

// What a ceiling shows at a guest path to every module of some rule.
struct Shown {
  std::string host;  // of the path itself; empty: nothing is shown
  RightSet rights;
};

// Of the entries that cover the path, those with the longest `at`, as a module sees them.
Shown shownAt(const Policy& ceiling, const std::string& guest, const std::vector<Glob>& to) {
  Shown shown;
  size_t longest = 0;
  for (const Grant& grant : ceiling.grants) {
    if (!surelyCovered(to, grant.to, "")) continue;
    for (const FsGrant& entry : grant.fs) {
      const auto rest = capabilities::relativeTo(entry.at, guest);
      if (!rest || (!shown.host.empty() && entry.at.size() < longest)) continue;
      if (entry.at.size() > longest) shown.rights = {};
      longest = entry.at.size();
      shown.host = capabilities::join(entry.path, *rest);
      shown.rights = shown.rights | entry.rights;
    }
  }
  for (const Deny& deny : ceiling.denies) {
    for (const FsDeny& entry : deny.fs) {
      if (entry.at.matches(guest)) shown.rights = shown.rights - entry.rights;
    }
  }
  return shown;
}

}  // namespace

std::optional<std::string> guestPathFault(std::string_view path) {
  if (path.size() > kMaxGuestPathBytes) return "is longer than 4096 bytes";
  if (!path.starts_with('/')) return "must be an absolute path: begin it with a slash";
  if (path == "/") return std::nullopt;
  if (path.ends_with('/')) return "must not end in a slash";
  const std::string guarded = std::string(path) + "/";
  if (guarded.contains("//")) return "must not hold two slashes in a row";
  if (guarded.contains("/./") || guarded.contains("/../")) return "must not hold `.` or `..`";
  if (std::ranges::any_of(path, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    return "must not hold a control character";
  }
  return std::nullopt;
}

bool isMount(std::string_view path) { return path.starts_with(kJob) || path.starts_with(kCeiling); }

std::optional<std::string> mountFault(std::string_view path) {
  if (path.starts_with(kJob)) return jobNameFault(path.substr(kJob.size()));
  if (path.starts_with(kCeiling)) {
    if (const auto fault = guestPathFault(path.substr(kCeiling.size()))) return "the path after `ceiling:` " + *fault;
    return std::nullopt;
  }
  return "a policy that comes with a job names no file of the host: `path` is \"job:NAME\", a folder of the job's own, "
         "or \"ceiling:PATH\", a path that the tenant's ceiling shows";
}

std::vector<std::string> jobFolders(const Policy& policy) {
  std::vector<std::string> names;
  for (const Grant& grant : policy.grants) {
    for (const FsGrant& entry : grant.fs) {
      if (!entry.path.starts_with(kJob)) continue;
      if (auto name = jobName(entry.path); !std::ranges::contains(names, name)) names.push_back(std::move(name));
    }
  }
  return names;
}

std::vector<Diagnostic> beyondCeiling(const Policy& policy, const Policy& ceiling) {
  std::vector<Diagnostic> faults;
  const auto fault = [&](const Place& place, std::string message) {
    faults.push_back({Severity::kFault, place, std::move(message), "", ""});
  };
  std::vector<std::string> names;
  for (const Grant& grant : policy.grants) {
    for (const FsGrant& entry : grant.fs) {
      if (entry.path.starts_with(kJob)) {
        const std::string name = jobName(entry.path);
        if (std::ranges::contains(names, name)) continue;
        names.push_back(name);
        if (names.size() == kMaxJobFolders + 1) fault(entry.place, "a job has at most 16 folders of its own");
      } else if (entry.path.starts_with(kCeiling)) {
        const std::string guest = ceilingGuest(entry.path);
        const Shown shown = shownAt(ceiling, guest, grant.to);
        if (shown.host.empty()) {
          fault(entry.place, "the ceiling shows nothing at " + quoted(guest) + " to every module of this rule");
          continue;
        }
        for (int i = 0; i < capabilities::kRightCount; ++i) {
          const auto right = static_cast<Right>(i);
          if (!entry.rights.has(right) || shown.rights.has(right)) continue;
          fault(entry.place, "the ceiling does not grant " + quoted(capabilities::name(right)) + " at " +
                                 quoted(guest) + " to every module of this rule");
        }
      }
      if (faults.size() >= kMostExcess) return faults;
    }
  }
  return faults;
}

std::expected<void, Diagnostic> mountJob(Policy& policy, const Policy& ceiling, const std::string& folders) {
  for (Grant& grant : policy.grants) {
    for (FsGrant& entry : grant.fs) {
      if (entry.path.starts_with(kJob)) {
        entry.path = capabilities::join(folders, jobName(entry.path));
      } else if (entry.path.starts_with(kCeiling)) {
        const std::string guest = ceilingGuest(entry.path);
        Shown shown = shownAt(ceiling, guest, grant.to);
        if (shown.host.empty()) {
          return std::unexpected(
              Diagnostic{Severity::kFault, entry.place,
                         "the ceiling shows nothing at " + quoted(guest) + " to every module of this rule", "", ""});
        }
        entry.path = std::move(shown.host);
      }
    }
  }
  return {};
}

Policy ceilingOfJob(const Policy& ceiling, const std::string& folders) {
  Policy result = ceiling;
  const Place place{ceiling.modules.place.file, 0, 0};
  Grant& grant = result.grants.emplace_back();
  grant.to.push_back(Glob::parse("**", Glob::Over::kModules).value());
  grant.fs.push_back(FsGrant{folders, std::string(kFoldersAt), RightSet::all(), std::nullopt, place});
  grant.place = place;
  return result;
}

}  // namespace runtime::policies
