#include "supervisor/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "supervisor/sha256.h"

namespace runtime::supervisor {
namespace {

// Like records joined before they are written, and how long they may wait for more of their kind.
constexpr size_t kMaxPending = 256;
constexpr auto kJoinFor = 100 * kj::MILLISECONDS;
// Records on their way to the file; beyond it, calls wait.
constexpr size_t kMaxQueuedBatches = 64;
// A line is never longer: a guest path has at most 4,096 bytes.
constexpr size_t kMaxLineBytes = 64 << 10;
const std::string kZeroHash(64, '0');

uint64_t nowMs() {
  return static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1));
}

// The last complete line of the file; empty where there is none.
std::expected<std::string, int> lastLine(int fd, uint64_t size) {
  const uint64_t from = size > 2 * kMaxLineBytes ? size - 2 * kMaxLineBytes : 0;
  std::string tail(size - from, '\0');
  const ssize_t n = pread(fd, tail.data(), tail.size(), static_cast<off_t>(from));
  if (n < 0) return std::unexpected(errno);
  tail.resize(static_cast<size_t>(n));
  const size_t end = tail.rfind('\n');
  if (end == std::string::npos) return std::string();
  const size_t begin = end == 0 ? std::string::npos : tail.rfind('\n', end - 1);
  return tail.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? 0 : begin + 1));
}

}  // namespace

std::expected<std::unique_ptr<AuditFile>, std::string> AuditFile::open(const std::string& path) {
  const auto fault = [&](std::string_view what) { return std::unexpected(path + ": " + std::string(what)); };
  auto file = std::unique_ptr<AuditFile>(new AuditFile);
  file->fd_ =
      os::UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
  if (!file->fd_) return fault(std::string("the audit file cannot be opened: ") + strerror(errno));
  struct stat status;
  if (fstat(file->fd(), &status) != 0 || !S_ISREG(status.st_mode)) return fault("the audit file is not a regular file");
  if (flock(file->fd(), LOCK_EX | LOCK_NB) != 0) return fault("another run is writing to this audit file");
  if (fstat(file->fd(), &status) != 0) return fault(strerror(errno));
  file->head_ = kZeroHash;
  const auto size = static_cast<uint64_t>(status.st_size);
  if (size == 0) return file;
  const auto line = lastLine(file->fd(), size);
  if (!line) return fault(strerror(line.error()));
  if (!line->empty()) {
    const auto record = nlohmann::json::parse(*line, nullptr, false);
    if (record.is_discarded() || !record.is_object() || !record.contains("seq") ||
        !record["seq"].is_number_unsigned() || !record.contains("hash") || !record["hash"].is_string() ||
        record["hash"].get<std::string>().size() != 64) {
      return fault("its last line is not a record of an audit log; use another file");
    }
    file->nextSequence_ = record["seq"].get<uint64_t>() + 1;
    file->head_ = record["hash"].get<std::string>();
  }
  char last = '\n';
  if (pread(file->fd(), &last, 1, status.st_size - 1) == 1 && last != '\n' && ::write(file->fd(), "\n", 1) != 1) {
    return fault(strerror(errno));  // the torn line of a crash keeps its place; ours begins on a new one
  }
  return file;
}

// What the loop and the log's own thread share.
struct AuditLog::Shared {
  std::atomic<size_t> queued{0};
  std::atomic<bool> failed{false};
  // The log's own thread only.
  int fd = -1;
  uint64_t nextSequence = 0;
  uint64_t records = 0;
  std::string head;

  void append(const std::vector<std::string>& bodies) {
    std::string text;
    for (const std::string& body : bodies) {
      std::string line =
          "{\"v\":1,\"seq\":" + std::to_string(nextSequence++) + "," + body + ",\"prev\":\"" + head + "\"}";
      head = sha256Hex(head + line);
      line.pop_back();
      text += line + ",\"hash\":\"" + head + "\"}\n";
      ++records;
    }
    size_t done = 0;
    while (done < text.size() && !failed) {
      const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
      if (n > 0) {
        done += static_cast<size_t>(n);
      } else if (n == 0 || errno != EINTR) {
        failed = true;
      }
    }
  }
};

AuditLog::AuditLog(std::unique_ptr<AuditFile> file, uint64_t maxBytes, std::string job, uint64_t worker,
                   std::string policySha256, kj::Timer& timer)
    : file_(std::move(file)),
      maxBytes_(maxBytes),
      job_(std::move(job)),
      worker_(worker),
      policySha256_(std::move(policySha256)),
      timer_(timer),
      shared_(std::make_shared<Shared>()) {
  if (file_ == nullptr) return;
  shared_->fd = file_->fd();
  shared_->nextSequence = file_->nextSequence_;
  shared_->head = file_->head_;
  lane_ = std::make_unique<capabilities::Lane>();
}

AuditLog::~AuditLog() = default;

bool AuditLog::overLimit() const { return formedBytes_ > maxBytes_; }
bool AuditLog::failed() const { return shared_->failed; }

void AuditLog::add(AuditRecord record) {
  if (!enabled()) return;
  std::string alike;
  for (const std::string* part : {&record.module, &record.capability, &record.right, &record.resource, &record.rule,
                                  &record.error, &record.sha256}) {
    alike += *part;
    alike += '\0';
  }
  alike += record.allowed ? '+' : '-';
  if (const auto found = index_.find(alike); found != index_.end()) {
    AuditRecord& joined = pending_[found->second];
    joined.count += record.count;
    joined.bytes += record.bytes;
    joined.durationNs += record.durationNs;
    return;
  }
  record.timeMs = nowMs();
  index_.emplace(std::move(alike), pending_.size());
  pending_.push_back(std::move(record));
  if (pending_.size() >= kMaxPending) {
    flush();
  } else if (pending_.size() == 1) {
    flushTask_ = timer_.afterDelay(kJoinFor).then([this] { flush(); }).eagerlyEvaluate(nullptr);
  }
}

std::string AuditLog::body(const AuditRecord& record) const {
  nlohmann::ordered_json json;
  json["time"] = record.timeMs;
  json["job"] = job_;
  json["worker"] = worker_;
  json["module"] = record.module;
  json["capability"] = record.capability;
  json["right"] = record.right;
  json["resource"] = record.resource;
  json["decision"] = record.allowed ? "allow" : "deny";
  json["rule"] = record.rule;
  json["count"] = record.count;
  json["bytes"] = record.bytes;
  json["durationNs"] = record.durationNs;
  json["error"] = record.error;
  if (!record.sha256.empty()) json["sha256"] = record.sha256;
  json["policy"] = policySha256_;
  std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return text.substr(1, text.size() - 2);
}

void AuditLog::flush() {
  if (pending_.empty()) return;
  std::vector<std::string> bodies;
  bodies.reserve(pending_.size());
  for (const AuditRecord& record : pending_) {
    bodies.push_back(body(record));
    formedBytes_ += bodies.back().size() + 200;  // the chain's part of the line
  }
  pending_.clear();
  index_.clear();
  write(std::move(bodies));
}

void AuditLog::write(std::vector<std::string> bodies) {
  ++shared_->queued;
  const auto refused = kj::runCatchingExceptions([&] { queue(std::move(bodies)); });
  if (refused != nullptr) shared_->failed = true;
}

void AuditLog::queue(std::vector<std::string> bodies) {
  lane_
      ->run([shared = shared_, bodies = std::move(bodies)] {
        shared->append(bodies);
        --shared->queued;
        return true;
      })
      .ignoreResult()
      .detach([shared = shared_](kj::Exception&&) { shared->failed = true; });
}

kj::Promise<void> AuditLog::room() {
  if (!enabled() || shared_->queued < kMaxQueuedBatches) return kj::READY_NOW;
  // The lane works in order: when this has its turn, all that was queued before is written.
  return lane_->run([] { return true; }).ignoreResult();
}

kj::Promise<AuditSummary> AuditLog::seal(std::string verdict) {
  if (!enabled()) co_return AuditSummary{};
  flushTask_ = nullptr;
  flush();
  AuditRecord end;
  end.capability = "job";
  end.right = "end";
  end.resource = std::move(verdict);
  end.timeMs = nowMs();
  write({body(end)});
  co_return co_await lane_->run([shared = shared_] {
    if (fdatasync(shared->fd) != 0) shared->failed = true;
    return AuditSummary{shared->records, shared->head};
  });
}

}  // namespace runtime::supervisor
