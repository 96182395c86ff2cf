#include "supervisor/audit.h"

#include <atomic>
#include <chrono>

namespace runtime::supervisor {
namespace {

// Like records joined before they are written, and how long they may wait for more of their kind.
constexpr size_t kMaxPending = 256;
constexpr auto kJoinFor = 100 * kj::MILLISECONDS;
// Records on their way to the file; beyond it, calls wait.
constexpr size_t kMaxQueuedBatches = 64;

uint64_t nowMs() {
  return static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1));
}

}  // namespace

// What the loop and the log's own thread share. A write under way outlives the log.
struct AuditLog::Shared {
  std::atomic<bool> failed{false};
  std::atomic<uint64_t> writtenBytes{0};
  // The log's own thread only.
  std::unique_ptr<AuditFile> file;
  audit::Run run;

  void append(const std::vector<AuditRecord>& records) {
    std::vector<std::string> bodies;
    bodies.reserve(records.size());
    for (const AuditRecord& record : records) bodies.push_back(audit::body(record, run));
    if (!file->append(bodies)) failed = true;
    writtenBytes = file->bytes();
  }
  void sync() {
    if (!file->sync()) failed = true;
  }
};

AuditLog::AuditLog(std::unique_ptr<AuditFile> file, uint64_t maxBytes, std::string job, uint64_t worker,
                   std::string policySha256, kj::Timer& timer, AuditDurability durability)
    : maxBytes_(maxBytes),
      timer_(timer),
      durability_(durability),
      shared_(std::make_shared<Shared>()),
      troubled_(nullptr) {
  auto trouble = kj::newPromiseAndFulfiller<void>();
  trouble_ = kj::mv(trouble.fulfiller);
  troubled_ = trouble.promise.fork();
  if (file == nullptr) return;
  shared_->file = std::move(file);
  shared_->run = {std::move(job), worker, std::move(policySha256)};
  lane_ = std::make_unique<capabilities::Lane>();
}

AuditLog::~AuditLog() = default;

bool AuditLog::overLimit() const { return shared_->writtenBytes + unwrittenBytes_ > maxBytes_; }
bool AuditLog::failed() const { return shared_->failed; }
kj::Promise<void> AuditLog::trouble() { return troubled_.addBranch(); }

void AuditLog::tellTrouble() {
  if (failed() || overLimit()) trouble_->fulfill();
}

void AuditLog::begin(const std::string& entry) {
  if (!enabled() || begun_) return;
  begun_ = true;
  AuditRecord record = audit::beginning(entry.empty() ? entry : "/" + entry);
  record.timeMs = nowMs();
  // Read before anything is written, so the thread has not been given the file yet.
  record.previous = shared_->file->previous();
  record.torn = shared_->file->torn();
  unwrittenBytes_ += audit::boundOfBody(record);
  write({std::move(record)});
}

void AuditLog::add(AuditRecord record) {
  if (!enabled()) return;
  std::string alike;
  for (const std::string* part : {&record.module, &record.capability, &record.right, &record.resource, &record.rule,
                                  &record.error, &record.sha256}) {
    alike += *part;
    alike += '\0';
  }
  alike += record.allowed ? '+' : '-';
  alike += std::to_string(record.worker);
  if (const auto found = index_.find(alike); found != index_.end()) {
    AuditRecord& joined = pending_[found->second];
    joined.count += record.count;
    joined.bytes += record.bytes;
    joined.durationNs += record.durationNs;
    return;
  }
  if (record.timeMs == 0) record.timeMs = nowMs();
  unwrittenBytes_ += audit::boundOfBody(record);
  index_.emplace(std::move(alike), pending_.size());
  pending_.push_back(std::move(record));
  if (pending_.size() >= kMaxPending) {
    flush();
  } else if (pending_.size() == 1) {
    flushTask_ = timer_.afterDelay(kJoinFor).then([this] { flush(); }).eagerlyEvaluate(nullptr);
  }
}

void AuditLog::addToHandle(capabilities::Token token, AuditRecord record) {
  if (!enabled()) return;
  if (durability_ == AuditDurability::kEachCall) {
    add(std::move(record));
  } else {
    record.timeMs = nowMs();
    handles_.add(token, std::move(record));
  }
}

void AuditLog::addAll(std::vector<AuditRecord> records) {
  for (AuditRecord& record : records) add(std::move(record));
}

void AuditLog::handleUsed(const capabilities::Table& table, capabilities::Token token) {
  addAll(handles_.takeIfEnded(table, token));
}

void AuditLog::handlesUsed(const capabilities::Table& table) { addAll(handles_.takeEnded(table)); }

void AuditLog::flush() {
  if (pending_.empty()) return;
  std::vector<AuditRecord> records = std::move(pending_);
  pending_.clear();
  index_.clear();
  write(std::move(records));
}

void AuditLog::write(std::vector<AuditRecord> records) {
  begin("");
  uint64_t boundBytes = 0;
  for (const AuditRecord& record : records) boundBytes += audit::boundOfBody(record);
  const auto refused = kj::runCatchingExceptions([&] { queue(std::move(records), boundBytes); });
  if (refused != nullptr) {
    shared_->failed = true;
    tellTrouble();
  }
}

void AuditLog::queue(std::vector<AuditRecord> records, uint64_t boundBytes) {
  auto written = lane_->run([shared = shared_, records = std::move(records)] {
    shared->append(records);
    return true;
  });
  ++queued_;
  const auto done = [this, boundBytes] {
    --queued_;
    unwrittenBytes_ -= boundBytes;
    tellTrouble();
  };
  const auto failed = [this, done](kj::Exception&&) {
    shared_->failed = true;
    done();
  };
  writes_.wrap(written.then([done](bool) { done(); }, failed)).detach([](kj::Exception&&) {});
}

kj::Promise<void> AuditLog::room() {
  if (!enabled() || queued_ < kMaxQueuedBatches) return kj::READY_NOW;
  // The lane works in order: when this has its turn, all that was queued before is written.
  return lane_->run([] { return true; }).ignoreResult();
}

// One turn at the disk takes the records of all calls that came while the one before it was under way.
kj::Promise<void> AuditLog::recorded() {
  if (!enabled() || durability_ != AuditDurability::kEachCall) return kj::READY_NOW;
  KJ_IF_MAYBE (next, syncingNext_) return next->addBranch();
  kj::Promise<void> before = kj::READY_NOW;
  KJ_IF_MAYBE (current, syncing_) before = current->addBranch();
  auto turn = before
                  .then([this] {
                    syncing_ = kj::mv(syncingNext_);
                    syncingNext_ = nullptr;
                    flush();
                    return lane_->run([shared = shared_] {
                      shared->sync();
                      return true;
                    });
                  })
                  .ignoreResult()
                  .fork();
  auto branch = turn.addBranch();
  syncingNext_ = kj::mv(turn);
  return branch;
}

kj::Promise<AuditSummary> AuditLog::seal(std::string verdict) {
  if (!enabled()) co_return AuditSummary{};
  flushTask_ = nullptr;
  addAll(handles_.takeAll());
  flush();
  AuditRecord end = audit::seal(std::move(verdict));
  end.timeMs = nowMs();
  unwrittenBytes_ += audit::boundOfBody(end);
  write({std::move(end)});
  co_return co_await lane_->run([shared = shared_] {
    shared->sync();
    return AuditSummary{shared->file->records(), std::string(shared->file->head())};
  });
}

}  // namespace runtime::supervisor
