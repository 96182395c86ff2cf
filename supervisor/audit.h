#pragma once
// The audit log of one job: JSON lines, each bound to the one before it by its hash. Records of like calls are joined
// with a count. Forming records is the loop's work and never blocks; hashing and writing is done on a thread of the
// log's own.
#include <kj/async.h>
#include <kj/timer.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "capabilities/lane.h"
#include "ipc/os/unique_fd.h"

namespace runtime::supervisor {

// What one decision of the door is recorded as.
struct AuditRecord {
  std::string module;      // path under root
  std::string capability;  // "fs", "module"
  std::string right;       // "read"; of a refusal the first one missing
  std::string resource;    // guest path
  bool allowed = true;
  std::string rule;  // "file:line" of the entry that covers the resource, or empty
  uint64_t count = 1;
  uint64_t bytes = 0;
  uint64_t durationNs = 0;
  std::string error;    // code of a call that failed
  std::string sha256;   // of a loaded module
  uint64_t timeMs = 0;  // since 1970, of the first of `count`; set by add()
};

struct AuditSummary {
  uint64_t records = 0;
  std::string head;  // hex hash of the last line
};

// The file, opened and locked; made on the caller's thread before the job starts.
class AuditFile {
 public:
  // The error is a sentence for a person: it cannot be opened, another process holds it, its last line is not ours.
  static std::expected<std::unique_ptr<AuditFile>, std::string> open(const std::string& path);
  int fd() const { return fd_.get(); }

 private:
  friend class AuditLog;
  os::UniqueFd fd_;
  uint64_t nextSequence_ = 0;
  std::string head_;  // hex
};

class AuditLog {
 public:
  // `file` may be null: records are then counted nowhere and kept nowhere.
  AuditLog(std::unique_ptr<AuditFile> file, uint64_t maxBytes, std::string job, uint64_t worker,
           std::string policySha256, kj::Timer& timer);
  ~AuditLog();

  bool enabled() const { return file_ != nullptr; }
  void add(AuditRecord record);
  // Bytes that records have taken are over the limit: the job ends with output-limit.
  bool overLimit() const;
  // A write failed: the job ends with internal-error.
  bool failed() const;
  // Resolves when the queue is short enough for a further call.
  kj::Promise<void> room();
  // Writes what is pending and the seal, and makes it durable. Once.
  kj::Promise<AuditSummary> seal(std::string verdict);

 private:
  struct Shared;
  void flush();
  void write(std::vector<std::string> bodies);
  void queue(std::vector<std::string> bodies);
  std::string body(const AuditRecord& record) const;

  std::unique_ptr<AuditFile> file_;
  const uint64_t maxBytes_;
  const std::string job_;
  const uint64_t worker_;
  const std::string policySha256_;
  kj::Timer& timer_;
  std::unordered_map<std::string, size_t> index_;  // like records, by what makes them alike
  std::vector<AuditRecord> pending_;
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<capabilities::Lane> lane_;
  uint64_t formedBytes_ = 0;
  kj::Maybe<kj::Promise<void>> flushTask_;
};

}  // namespace runtime::supervisor
