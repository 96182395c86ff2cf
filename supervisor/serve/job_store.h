#pragma once
// The queue and the results, in SQLite: what is acknowledged is here first. Blocks on the disk: all of it belongs to
// one thread of the service, whose Lane runs it. Times are milliseconds of the Unix clock.
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/serve/configuration.h"
#include "supervisor/serve/storage_fault.h"

namespace runtime::serve {

enum class JobState : uint8_t { kQueued, kRunning, kDone, kCancelled };
// "queued", ... as in the API.
std::string_view name(JobState state);
std::optional<JobState> jobStateNamed(std::string_view name);

using JobNumber = int64_t;

struct NewJob {
  std::string id;  // 128 random bits, 32 digits of hex
  std::string tenant;
  int priority = 0;
  int64_t submittedMs = 0;
  std::optional<int64_t> deadlineMs;
  std::string idempotencyKey;  // empty: none
  std::string digest;          // of what was sent with it
  std::string request;         // the body
};

struct Artifact {
  std::string path;  // "NAME/..." beneath the job's folders
  uint64_t size = 0;
  std::string sha256;  // lower-case hex
};

// What stays of a job.
struct JobRecord {
  std::string id;
  JobState state = JobState::kQueued;
  int64_t attempts = 0;
  int64_t submittedMs = 0;
  std::optional<int64_t> finishedMs;
  std::string reason;  // why it was cancelled; or empty
  std::string result;  // JSON; empty where there is none
};

struct QueuedJob {
  JobNumber number = 0;
  std::string id;
  std::string tenant;
  int priority = 0;
  int64_t submittedMs = 0;
  std::optional<int64_t> deadlineMs;
  int64_t attempts = 0;
};

template <typename T>
using Stored = std::expected<T, StorageFault>;

class JobStore {
 public:
  // A job that was begun so often and never ended has ended the service itself, again and again: it is not begun
  // again.
  static constexpr int64_t kMaxAttempts = 25;

  // `folder` is there and locked by us.
  static Stored<std::unique_ptr<JobStore>> open(const std::string& folder, Durability durability, uint64_t mostBytes);
  ~JobStore();

  // Jobs that ran when an earlier process ended are queued again by open(); in order of their numbers.
  Stored<std::vector<QueuedJob>> queued();

  enum class Added : uint8_t { kNew, kSame, kConflict, kFull };
  struct AddResult {
    Added added = Added::kNew;
    JobNumber number = 0;
    JobRecord existing;  // kSame: the job that has the key
  };
  // Durable when it returns. `begun`: it runs from now on, its first attempt.
  enum class Begin : uint8_t { kLater, kNow };
  Stored<AddResult> add(const NewJob& job, Begin begin);
  // The next attempt. The request; nothing where the job is not queued.
  Stored<std::optional<std::string>> begin(JobNumber number);
  // Back into the queue, for the attempt was ended by us.
  Stored<bool> requeue(JobNumber number);
  // Of one that is queued or running. False: it had ended before, and what is stored stays.
  Stored<bool> finish(JobNumber number, JobState state, const std::string& reason, const std::string& result,
                      int64_t finishedMs, const std::vector<Artifact>& artifacts);

  Stored<std::optional<JobRecord>> find(const std::string& tenant, const std::string& id);
  // The newest first, without results, at most `most`, older than the job `before` where that is not empty.
  Stored<std::vector<JobRecord>> list(const std::string& tenant, std::optional<JobState> state,
                                      const std::string& before, size_t most);
  // The size of an artifact of some job of this tenant.
  Stored<std::optional<uint64_t>> artifact(const std::string& tenant, const std::string& sha256);

  struct Expired {
    int64_t jobs = 0;
    std::vector<std::string> digests;  // of artifacts that no job has any more
    bool more = false;                 // a bounded part is done at a time
  };
  // Removes what ended before `endedBeforeMs`, and the oldest of the rest until requests and results are well within
  // `mostBytes`, with room for `wantedBytes` more, and artifacts within `mostArtifactBytes`.
  Stored<Expired> expire(int64_t endedBeforeMs, uint64_t mostArtifactBytes, uint64_t wantedBytes);
  // Whether some job has it.
  Stored<bool> isReferenced(const std::string& sha256);
  uint64_t bytes() const;  // of requests and results

 private:
  struct Prepared;
  explicit JobStore(std::unique_ptr<Prepared> prepared);
  std::unique_ptr<Prepared> prepared_;
};

}  // namespace runtime::serve
