#pragma once
// runtime::Runtime: the embedding interface of secure-runtime. It starts confined workers and runs hostile JavaScript
// in them with the authority that a policy grants, and nothing else. No KJ and no V8 type appears here.
//
// Threads: Runtime owns one long-lived thread that makes zygotes and runs the event loop. Every member may be called
// from any thread; callbacks run on Runtime's own thread and must not block.
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace runtime {

namespace policies {
struct Policy;
struct Uses;
}  // namespace policies

// Why nothing ran. `exitCode` is 2 for a fault of usage or policy, 3 where confinement cannot be had.
struct Fault {
  int exitCode = 2;
  std::string code;     // stable: "policy", "entry-not-found", "confinement", ...
  std::string message;  // for a person: what was wrong and what to do
  std::string where;    // file:line:column, a path, or empty
};

enum class Verdict : uint8_t {
  kOk,
  kException,
  kExit,
  kCpuLimit,
  kWallLimit,
  kMemoryLimit,
  kOutputLimit,
  kViolation,
  kCancelled,
  kInternalError,
};
// "ok", "cpu-limit", ... as in the result's JSON.
std::string_view name(Verdict verdict);

struct PolicyFile {
  std::string path;
};
struct PolicyText {
  std::string text;
  std::string base;
};  // `base`: folder that relative paths are relative to
struct ReadPolicy {
  std::shared_ptr<const policies::Policy> policy;
};
struct NoPolicy {};  // computing and console output, nothing else
using PolicySource = std::variant<NoPolicy, PolicyFile, PolicyText, ReadPolicy>;

enum class OutputStream : uint8_t { kStdout, kStderr };

// Replaces limits of the policy, for tests and services; each may only lower it.
struct LimitOverrides {
  std::optional<std::chrono::nanoseconds> wall;
  std::optional<std::chrono::nanoseconds> cpu;
  std::optional<uint64_t> memoryBytes;
  std::optional<uint64_t> outputBytes;
};

// What a crash of the supervisor or a loss of power can take from an audit log. SECURITY.md says it in full.
enum class AuditDurability : uint8_t {
  kAtEnd,     // what was not written yet, a fraction of a second; and what was done with files still open
  kEachCall,  // nothing that was answered: no call is, before its record is on the disk
};

struct Job {
  PolicySource policy;
  std::string entry;  // host path of the entry module
  std::vector<std::string> arguments;
  LimitOverrides limits;
  // Reads at most `size` bytes of standard input: 0 at its end. Called on a thread of the job's own; may block.
  // Empty: standard input is empty.
  std::function<size_t(char* buffer, size_t size)> readStdin;
  // Called with output as it arrives, in order. Empty: it is collected into the result.
  std::function<void(OutputStream, std::string_view)> onOutput;
  std::string auditFile;          // host path; empty: no audit log is kept
  std::string auditKeyFile;       // host path of a secret of 32 to 4,096 bytes; empty: the chain is bound by no key
  uint64_t auditRotateBytes = 0;  // before the file would grow beyond, the next is begun; 0: never
  AuditDurability auditDurability = AuditDurability::kAtEnd;
  // Called once, before the job's completion, with what it used of its policy (policies/learn.h). Empty: not recorded.
  std::function<void(const policies::Uses&)> onUses;
};

struct JobException {
  std::string name, message, stack;
};

struct Usage {
  uint64_t wallNs = 0, cpuNs = 0;
  uint64_t peakMemoryBytes = 0;  // of the largest worker, resident; without code that all share
  uint64_t calls = 0, deniedCalls = 0, bytesRead = 0, bytesWritten = 0;
};

struct EffectiveLimits {  // in the notation of policy files: "10s", "128MiB", "64"
  std::string wall, cpu, memory, output, handles, storage, entries, audit;
};

// What held the worker, as the kernel said before it was given its job. What is not here and required (SECURITY.md) was
// in force as well: nothing runs without.
struct Confinement {
  bool seccomp = false, noNewPrivs = false, jit = true;
  unsigned systemCalls = 0;  // that its filter allows
  std::vector<std::string> namespaces;
  std::string capabilities = "none";
  std::string memoryLimit = "rlimit";  // or "cgroup-v1", "cgroup-v2": that, and the resource limit
  // Optional layers.
  bool mdwe = false;
  unsigned landlockAbi = 0;  // 0: not in force
  bool ownKeyring = false, noStoreBypass = false, noIndirectBranch = false;
};

struct Result {
  Verdict verdict = Verdict::kInternalError;
  int exitCode = 70;  // what `run` exits with
  std::string standardOutput, standardError;
  std::optional<JobException> exception;
  std::string reason;  // a sentence for a person where the verdict is a limit, a violation or our own error
  Usage usage;
  EffectiveLimits limits;
  std::string policySha256;
  std::vector<std::string> policyFiles;
  uint64_t auditRecords = 0;
  std::string auditHead;
  Confinement confinement;
};

using Completion = std::expected<Result, Fault>;
using JobId = uint64_t;

struct Options {
  std::string zygote;  // host path of the zygote executable; empty: beside this executable, as built or installed
  // Workers made and confined before there is a job for them, each for one job. For policies with the JIT compiler.
  uint32_t readyWorkers = 0;
  // A zygote makes so many workers, and serves so long, before another takes its place: workers of one share the layout
  // of their memory. 0: for ever.
  uint64_t zygoteWorkers = 0;
  std::chrono::nanoseconds zygoteAge{0};
  // A zygote takes some milliseconds more to start, and each job some less.
  bool manyJobs = false;
  // The engine's code is copied to huge pages, once for each zygote (56 MiB): for many jobs, which start sooner.
  bool hugePages = false;
};

struct CallStatistics {
  std::string extension;  // "fs"
  uint64_t allowed = 0, denied = 0;
};
// Since the Runtime was made.
struct Statistics {
  uint64_t zygotesStarted = 0;
  uint64_t workersReady = 0;   // now
  uint64_t jobsFromReady = 0;  // that had not to wait for a worker to be made
  uint64_t jobsStarted = 0;
  std::vector<CallStatistics> calls;
};

class Runtime {
 public:
  static std::expected<std::unique_ptr<Runtime>, Fault> create(Options options);
  ~Runtime();  // cancels what still runs and waits for it
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Starts a job; `done` is called exactly once: on Runtime's thread, or, where nothing can run, on the caller's before
  // this returns.
  JobId start(Job job, std::function<void(Completion)> done);
  // Runs a job and waits for it.
  Completion run(Job job);
  // Ends a job with Verdict::kCancelled. Without effect on one that has ended.
  void cancel(JobId id);
  Statistics statistics() const;

 private:
  class Impl;
  explicit Runtime(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// One layer of confinement as `doctor` states it.
struct Layer {
  std::string name;
  bool required = true;
  bool available = false;
  std::string detail;  // how it was tested and, where it is missing, what to do
};
// Tries every layer on this host, in children of its own.
std::vector<Layer> examineHost(const Options& options);

struct Versions {
  std::string self, v8, capnp, libseccomp;
};
Versions versions(const Options& options);

}  // namespace runtime
