#pragma once
// The configuration file of the service, read with the strictness of policy files: README.md here documents each key.
// Values only; blocks on the file system while it is read. Any thread.
#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "policies/diagnostic.h"

namespace runtime::serve {

struct UnixAddress {
  std::string path;  // host, absolute
};
struct TcpAddress {
  std::string host;   // an IP literal, without brackets; or "localhost"
  uint16_t port = 0;  // 0: the kernel chooses one
};
using ListenAddress = std::variant<UnixAddress, TcpAddress>;

// So many in so much time, on average; as many at once.
struct Rate {
  uint64_t count = 0;
  uint64_t perNs = 1'000'000'000;
};

struct TenantSettings {
  std::string name;
  std::vector<std::string> tokenDigests;  // SHA-256 of each bearer token, lower-case hex
  std::vector<uid_t> uids;                // of peers on the Unix socket
  std::string ceiling;                    // host path; empty: the default ceiling
  std::vector<std::string> policies;      // names this tenant may use
  uint32_t weight = 1;
  uint32_t running = 0;  // jobs at once; 0: as many as the service
  uint32_t queued = 10'000;
  std::optional<Rate> rate;  // of submissions
  bool isOperator = false;   // may read the metrics of all
  policies::Place place;
};

// What an acknowledged job survives.
enum class Durability : uint8_t { kProcessDeath, kPowerLoss };

struct Configuration {
  std::string file;  // host path as the user named it; empty: the built-in defaults
  std::optional<ListenAddress> http;
  std::vector<std::string> hosts;  // names that requests over TCP may call this service by, beside its address

  std::string stateFolder;  // host, absolute
  Durability durability = Durability::kProcessDeath;
  uint64_t retentionNs = 24ull * 3600 * 1'000'000'000;  // of results and artifacts, from the job's end
  uint64_t resultBytes = 1ull << 30;                    // of requests and results in the database
  uint64_t artifactBytes = 1ull << 30;

  uint32_t ready = 4;
  uint32_t running = 8;
  uint32_t zygoteJobs = 1000;  // workers of one zygote before it is replaced
  uint64_t zygoteAgeNs = 600ull * 1'000'000'000;
  bool hugePages = true;                     // for the engine's code, where the kernel has them
  uint64_t drainNs = 10ull * 1'000'000'000;  // what running jobs get at a stop

  std::string auditFolder;  // host, absolute: ID.jsonl of each job; empty: no log is kept

  std::string policiesFolder;  // host, absolute; empty: no policy has a name
  std::vector<TenantSettings> tenants;
};

// All faults of the file together. `path` is as the user wrote it.
std::expected<Configuration, std::vector<policies::Diagnostic>> readConfiguration(const std::string& path);

// What holds without a file: the Unix socket and the state of the user who runs the service (XDG Base Directory
// Specification). The error is a sentence.
std::expected<Configuration, std::string> defaultConfiguration();

}  // namespace runtime::serve
