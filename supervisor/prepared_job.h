#pragma once
// A job made ready on its caller's thread: the policy parsed, everything it names opened, the entry found. What blocks
// on the file system happens here, never on the loop.
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "capabilities/view.h"
#include "ipc/os/unique_fd.h"
#include "policies/policy.h"
#include "supervisor/audit.h"
#include "supervisor/runtime.h"

namespace runtime::supervisor {

// A host path that some grant names, opened.
struct OpenedPath {
  os::UniqueFd fd;       // O_PATH
  std::string hostPath;  // canonical
  bool isFile = false;
};

struct PreparedJob {
  Job job;
  policies::Policy policy;                   // limits lowered by the job's
  std::shared_ptr<const os::UniqueFd> root;  // O_PATH of modules.root
  std::string rootPath;                      // canonical
  std::string entry;                         // path under root
  std::map<std::string, OpenedPath> opened;  // by the path as the policy has it
  std::vector<std::string> writable;         // canonical host paths beneath which no module loads
  std::vector<capabilities::FileIdentity> untouchable;
  std::unique_ptr<AuditFile> audit;
};

// `installation`: host paths of our own executables, which no grant may reach.
std::expected<PreparedJob, Fault> prepare(Job job, const std::vector<std::string>& installation);

}  // namespace runtime::supervisor
