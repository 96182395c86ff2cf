#pragma once
// The audit log of one job: what it adds to the file. Records of like calls are joined with a count. Taking records is
// the loop's work and never blocks; forming, hashing and writing lines is done on a thread of the log's own.
#include <kj/async.h>
#include <kj/timer.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "capabilities/lane.h"
#include "supervisor/audit/file.h"
#include "supervisor/audit/record.h"
#include "supervisor/audit_handles.h"
#include "supervisor/runtime.h"

namespace runtime::supervisor {

using AuditRecord = audit::Record;
using AuditFile = audit::File;

struct AuditSummary {
  uint64_t records = 0;
  std::string head;  // hex hash of the last line
};

class AuditLog {
 public:
  // `file` may be null: records are then counted nowhere and kept nowhere.
  AuditLog(std::unique_ptr<AuditFile> file, uint64_t maxBytes, std::string job, uint64_t worker,
           std::string policySha256, kj::Timer& timer, AuditDurability durability = AuditDurability::kAtEnd);
  ~AuditLog();

  bool enabled() const { return lane_ != nullptr; }
  // The job begins with the module `entry`, a path under root. Where it is not called, the first record begins it.
  void begin(const std::string& entry);
  void add(AuditRecord record);
  // Of a call on an open handle: its records come when it is closed. With AuditDurability::kEachCall, at once.
  void addToHandle(capabilities::Token token, AuditRecord record);
  // After a call on a handle, which may have ended it; after one that may have ended any.
  void handleUsed(const capabilities::Table& table, capabilities::Token token);
  void handlesUsed(const capabilities::Table& table);

  // Bytes that records have taken are over the limit: the job ends with output-limit.
  bool overLimit() const;
  // A write failed: the job ends with internal-error.
  bool failed() const;
  // Resolves when either has come to be.
  kj::Promise<void> trouble();
  // Resolves when the queue is short enough for a further call.
  kj::Promise<void> room();
  // With AuditDurability::kEachCall: resolves when all that was added is on the disk, or failed(). Else at once.
  kj::Promise<void> recorded();
  // Writes what is pending and the seal, and makes it durable. Once.
  kj::Promise<AuditSummary> seal(std::string verdict);

 private:
  struct Shared;
  void flush();
  void write(std::vector<AuditRecord> records);
  void queue(std::vector<AuditRecord> records, uint64_t boundBytes);
  void addAll(std::vector<AuditRecord> records);
  void tellTrouble();

  const uint64_t maxBytes_;
  kj::Timer& timer_;
  const AuditDurability durability_;
  bool begun_ = false;
  std::unordered_map<std::string, size_t> index_;  // like records, by what makes them alike
  std::vector<AuditRecord> pending_;
  AuditHandles handles_;
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<capabilities::Lane> lane_;
  size_t queued_ = 0;            // batches on their way to the file
  uint64_t unwrittenBytes_ = 0;  // at most, that what is pending or queued takes
  kj::Own<kj::PromiseFulfiller<void>> trouble_;
  kj::ForkedPromise<void> troubled_;
  // With kEachCall: what waits for the disk, and what waits for that to be done.
  kj::Maybe<kj::ForkedPromise<void>> syncing_, syncingNext_;
  kj::Maybe<kj::Promise<void>> flushTask_;
  kj::Canceler writes_;
};

}  // namespace runtime::supervisor
