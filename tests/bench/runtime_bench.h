#pragma once
// Measurements of the supervisor's side.
#include <string>

#include "tests/bench/bench.h"

namespace runtime::bench {

// From the request for a worker to its first word to the supervisor, when it is confined and waits for a job; what such
// a worker holds of its own; and `crowd` of them at once.
Figures measureWorkers(const std::string& zygote, int rounds, int crowd);
// `count` jobs one after another in one Runtime: what is left behind.
Figures measureJobs(const std::string& zygote, const std::string& entry, int count);
// An audit log of this size, written to `path` and judged: megabytes a second.
Figures measureAuditVerify(const std::string& path, int mebibytes);
// A policy of so many rules, written into `folder`: until it is loaded, and one decision of the door under it.
Figures measurePolicy(const std::string& folder, int rules);

}  // namespace runtime::bench
