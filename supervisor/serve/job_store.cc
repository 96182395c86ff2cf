#include "supervisor/serve/job_store.h"

#include <algorithm>
#include <array>
#include <format>

#include "supervisor/serve/database.h"

namespace runtime::serve {
namespace {

using Statement = Database::Statement;

constexpr std::array<std::string_view, 4> kStateNames{"queued", "running", "done", "cancelled"};

// "SRQ" and a byte, in the header of the file: that it is one of ours.
constexpr int64_t kApplicationId = 0x53525101;
// Step N brings a database of version N to N + 1. Never changed once released: another is added.
constexpr std::array kMigrations{
    R"sql(
    CREATE TABLE job (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      tenant TEXT NOT NULL,
      state INTEGER NOT NULL,        -- of JobState
      priority INTEGER NOT NULL,
      submitted INTEGER NOT NULL,    -- milliseconds of the Unix clock, as all times
      deadline INTEGER,
      attempts INTEGER NOT NULL,
      key TEXT,                      -- idempotency key; NULL: none
      digest TEXT NOT NULL,
      request TEXT,                  -- NULL: it has ended
      reason TEXT NOT NULL,
      result TEXT,
      finished INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX job_key ON job (tenant, key) WHERE key IS NOT NULL;
    CREATE INDEX job_live ON job (number) WHERE state < 2;
    CREATE INDEX job_finished ON job (finished) WHERE finished IS NOT NULL;
    CREATE INDEX job_tenant ON job (tenant, number);
    CREATE INDEX job_tenant_state ON job (tenant, state, number);
    CREATE TABLE artifact (
      job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
      path TEXT NOT NULL,
      tenant TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      size INTEGER NOT NULL,
      PRIMARY KEY (job, path)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX artifact_digest ON artifact (sha256, tenant);
    )sql"};

constexpr int64_t kExpiredAtOnce = 64;
// Where the size is reached, so much of it is made free, that not each job makes room for itself.
constexpr uint64_t kRoomOf = 20;

int64_t ordinal(JobState state) { return static_cast<int64_t>(state); }

int64_t integerOf(Database& database, const char* sql) {
  Statement statement(database, sql);
  return statement.step() ? statement.integer(0) : 0;
}

// Of the file as it is, before anything in it is changed. Throws where it is none of ours.
int64_t versionOf(Database& database) {
  const int64_t version = integerOf(database, "PRAGMA user_version");
  const int64_t application = integerOf(database, "PRAGMA application_id");
  const int64_t tables = integerOf(database, "SELECT count(*) FROM sqlite_schema");
  if (application != kApplicationId && (application != 0 || version != 0 || tables != 0)) {
    throw DatabaseError(StorageTrouble::kForeign, "it is the database of another program");
  }
  if (version > static_cast<int64_t>(kMigrations.size())) {
    throw DatabaseError(
        StorageTrouble::kForeign,
        std::format("it is of version {}, and this program knows those up to {}", version, kMigrations.size()));
  }
  return version;
}

void migrate(Database& database, int64_t version) {
  for (auto step = static_cast<size_t>(version); step < kMigrations.size(); ++step) {
    Database::Transaction transaction(database);
    database.execute(kMigrations.at(step));
    database.execute(std::format("PRAGMA application_id = {}", kApplicationId).c_str());
    database.execute(std::format("PRAGMA user_version = {}", step + 1).c_str());
    transaction.commit();
  }
}

void configure(Database& database, Durability durability) {
  database.execute("PRAGMA auto_vacuum = INCREMENTAL");
  {
    Statement statement(database, "PRAGMA journal_mode = WAL");
    if (!statement.step() || statement.text(0) != "wal") {
      throw DatabaseError(StorageTrouble::kOther, "its file system does not take a write-ahead log");
    }
  }
  database.execute(durability == Durability::kPowerLoss ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  database.execute(
      "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
      "PRAGMA cache_size = -2048; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY");
}

StorageFault faultOf(const DatabaseError& error) { return {error.trouble(), error.what()}; }

constexpr const char* kRecordColumns = "id, state, attempts, submitted, finished, reason";

JobRecord recordOf(const Statement& row) {
  JobRecord record;
  record.id = row.text(0);
  record.state = static_cast<JobState>(row.integer(1));
  record.attempts = row.integer(2);
  record.submittedMs = row.integer(3);
  if (!row.isNull(4)) record.finishedMs = row.integer(4);
  record.reason = row.text(5);
  return record;
}

}  // namespace

std::string_view name(JobState state) { return kStateNames.at(static_cast<size_t>(state)); }

std::optional<JobState> jobStateNamed(std::string_view name) {
  const auto found = std::ranges::find(kStateNames, name);
  if (found == kStateNames.end()) return std::nullopt;
  return static_cast<JobState>(found - kStateNames.begin());
}

struct JobStore::Prepared {
  Prepared(const std::string& path, Durability durability, uint64_t mostBytes) : database(path), most(mostBytes) {
    database.execute("PRAGMA busy_timeout = 1000; PRAGMA locking_mode = EXCLUSIVE");
    const int64_t version = versionOf(database);
    configure(database, durability);
    migrate(database, version);
  }

  Database database;
  const uint64_t most;
  uint64_t bytes = 0, artifactBytes = 0;

  // Made when first wanted, after the schema is there.
  struct Statements {
    explicit Statements(Database& database)
        : insert(database,
                 "INSERT INTO job (id, tenant, state, priority, submitted, deadline, attempts, key, digest, request, "
                 "reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, '') RETURNING number"),
          byKey(
              database,
              std::format("SELECT {}, digest, number FROM job WHERE tenant = ?1 AND key = ?2", kRecordColumns).c_str()),
          begin(database,
                "UPDATE job SET state = 1, attempts = attempts + 1 WHERE number = ?1 AND state = 0 "
                "RETURNING request"),
          requeue(database, "UPDATE job SET state = 0 WHERE number = ?1 AND state = 1"),
          finish(database,
                 "UPDATE job SET state = ?2, reason = ?3, result = ?4, finished = ?5, request = NULL "
                 "WHERE number = ?1 AND state < 2"),
          sizes(database,
                "SELECT coalesce(octet_length(request), 0), coalesce(octet_length(result), 0), tenant "
                "FROM job WHERE number = ?1"),
          addArtifact(database, "INSERT INTO artifact (job, path, tenant, sha256, size) VALUES (?1, ?2, ?3, ?4, ?5)"),
          find(database,
               std::format("SELECT {}, result FROM job WHERE id = ?1 AND tenant = ?2", kRecordColumns).c_str()) {}
    Statement insert, byKey, begin, requeue, finish, sizes, addArtifact, find;
  };
  std::optional<Statements> statements;
};

JobStore::JobStore(std::unique_ptr<Prepared> prepared) : prepared_(std::move(prepared)) {}
JobStore::~JobStore() = default;

Stored<std::unique_ptr<JobStore>> JobStore::open(const std::string& folder, Durability durability, uint64_t mostBytes) {
  try {
    auto prepared = std::make_unique<Prepared>(folder + "/queue.sqlite", durability, mostBytes);
    Database& database = prepared->database;
    database.execute("UPDATE job SET state = 0 WHERE state = 1");
    prepared->bytes = static_cast<uint64_t>(integerOf(
        database,
        "SELECT coalesce(sum(coalesce(octet_length(request), 0) + coalesce(octet_length(result), 0)), 0) FROM job"));
    prepared->artifactBytes = static_cast<uint64_t>(integerOf(database, "SELECT coalesce(sum(size), 0) FROM artifact"));
    prepared->statements.emplace(database);
    return std::unique_ptr<JobStore>(new JobStore(std::move(prepared)));
  } catch (const DatabaseError& error) {
    return std::unexpected(faultOf(error));
  }
}

Stored<std::vector<QueuedJob>> JobStore::queued() try {
  std::vector<QueuedJob> jobs;
  Statement rows(prepared_->database,
                 "SELECT number, id, tenant, priority, submitted, deadline, attempts FROM job WHERE state < 2 "
                 "ORDER BY number");
  while (rows.step()) {
    QueuedJob job{rows.integer(0), rows.text(1), rows.text(2),   static_cast<int>(rows.integer(3)),
                  rows.integer(4), {},           rows.integer(6)};
    if (!rows.isNull(5)) job.deadlineMs = rows.integer(5);
    jobs.push_back(std::move(job));
  }
  return jobs;
} catch (const DatabaseError& error) {
  return std::unexpected(faultOf(error));
}

Stored<JobStore::AddResult> JobStore::add(const NewJob& job, Begin begin) try {
  auto& statements = *prepared_->statements;
  AddResult result;
  Database::Transaction transaction(prepared_->database);
  const bool hasKey = !job.idempotencyKey.empty();
  if (hasKey) {
    Statement& byKey = statements.byKey.bind(1, job.tenant).bind(2, job.idempotencyKey);
    if (byKey.step()) {
      result.existing = recordOf(byKey);
      result.added = byKey.text(6) == job.digest ? Added::kSame : Added::kConflict;
      result.number = byKey.integer(7);
      byKey.reset();
      return result;
    }
    byKey.reset();
  }
  if (prepared_->bytes + job.request.size() > prepared_->most) {
    result.added = Added::kFull;
    return result;
  }
  Statement& insert = statements.insert;
  const bool now = begin == Begin::kNow;
  insert.bind(1, job.id).bind(2, job.tenant).bind(3, ordinal(now ? JobState::kRunning : JobState::kQueued));
  insert.bind(4, job.priority).bind(5, job.submittedMs).bind(6, job.deadlineMs).bind(7, now ? 1 : 0);
  insert.bind(8, hasKey ? std::optional<std::string_view>(job.idempotencyKey) : std::nullopt);
  insert.bind(9, job.digest).bind(10, job.request);
  while (insert.step()) result.number = insert.integer(0);
  insert.reset();
  transaction.commit();
  prepared_->bytes += job.request.size();
  return result;
} catch (const DatabaseError& error) {
  return std::unexpected(faultOf(error));
}

Stored<std::optional<std::string>> JobStore::begin(JobNumber number) try {
  Statement& begin = prepared_->statements->begin.bind(1, number);
  std::optional<std::string> request;
  while (begin.step()) request = begin.text(0);
  begin.reset();
  return request;
} catch (const DatabaseError& error) {
  return std::unexpected(faultOf(error));
}

Stored<bool> JobStore::requeue(JobNumber number) try {
  prepared_->statements->requeue.bind(1, number).run();
  return prepared_->database.changed() > 0;
} catch (const DatabaseError& error) {
  return std::unexpected(faultOf(error));
}

Stored<bool> JobStore::finish(JobNumber number, JobState state, const std::string& reason, const std::string& result,
                              int64_t finishedMs, const std::vector<Artifact>& artifacts) try {
  auto& statements = *prepared_->statements;
  Database::Transaction transaction(prepared_->database);
  Statement& sizes = statements.sizes.bind(1, number);
  if (!sizes.step()) {
    sizes.reset();
    return false;
  }
  const auto requestBytes = static_cast<uint64_t>(sizes.integer(0));
  const std::string tenant = sizes.text(2);
  sizes.reset();
  Statement& finish = statements.finish;
  finish.bind(1, number).bind(2, ordinal(state)).bind(3, reason).bind(5, finishedMs);
  finish.bind(4, result.empty() ? std::nullopt : std::optional<std::string_view>(result));
  finish.run();
  if (prepared_->database.changed() == 0) return false;
  uint64_t added = 0;
  for (const Artifact& artifact : artifacts) {
    Statement& add = statements.addArtifact;
    add.bind(1, number).bind(2, artifact.path).bind(3, tenant).bind(4, artifact.sha256);
    add.bind(5, static_cast<int64_t>(artifact.size)).run();
    added += artifact.size;
  }
  transaction.commit();
  prepared_->bytes += result.size();
  prepared_->bytes -= std::min(prepared_->bytes, requestBytes);
  prepared_->artifactBytes += added;
  return true;
} catch (const DatabaseError& error) {
  return std::unexpected(faultOf(error));
}

Stored<std::optional<JobRecord>> JobStore::find(const std::string& tenant, const std::string& id) try {
  Statement& find = prepared_->statements->find.bind(1, id).bind(2, tenant);
  std::optional<JobRecord> record;
  if (find.step()) {
    record = recordOf(find);
    record->result = find.text(6);
  }
  find.reset();
  return record;
} catch (const DatabaseError& error) {
  return std::unexpected(faultOf(error));
}

Stored<std::vector<JobRecord>> JobStore::list(const std::string& tenant, std::optional<JobState> state,
                                              const std::string& before, size_t most) try {
  Statement rows(
      prepared_->database,
      std::format("SELECT {} FROM job WHERE tenant = ?1{}{} ORDER BY number DESC LIMIT ?2", kRecordColumns,
                  state ? " AND state = ?3" : "",
                  before.empty() ? "" : " AND number < (SELECT number FROM job WHERE id = ?4 AND tenant = ?1)")
          .c_str());
  rows.bind(1, tenant).bind(2, static_cast<int64_t>(most));
  if (state) rows.bind(3, ordinal(*state));
  if (!before.empty()) rows.bind(4, before);
  std::vector<JobRecord> records;
  while (rows.step()) records.push_back(recordOf(rows));
  return records;
} catch (const DatabaseError& error) {
  return std::unexpected(faultOf(error));
}

Stored<std::optional<uint64_t>> JobStore::artifact(const std::string& tenant, const std::string& sha256) try {
  Statement row(prepared_->database, "SELECT size FROM artifact WHERE sha256 = ?1 AND tenant = ?2 LIMIT 1");
  row.bind(1, sha256).bind(2, tenant);
  if (!row.step()) return std::nullopt;
  return static_cast<uint64_t>(row.integer(0));
} catch (const DatabaseError& error) {
  return std::unexpected(faultOf(error));
}

Stored<JobStore::Expired> JobStore::expire(int64_t endedBeforeMs, uint64_t mostArtifactBytes,
                                           uint64_t wantedBytes) try {
  Expired expired;
  const auto crowded = [&] {
    return prepared_->bytes + wantedBytes > prepared_->most - prepared_->most / kRoomOf ||
           prepared_->artifactBytes > mostArtifactBytes;
  };
  struct Old {
    JobNumber number;
    uint64_t bytes;
    int64_t finished;
  };
  std::vector<Old> oldest;
  {
    Statement rows(prepared_->database,
                   "SELECT number, coalesce(octet_length(result), 0), finished FROM job "
                   "WHERE finished IS NOT NULL ORDER BY finished LIMIT ?1");
    rows.bind(1, kExpiredAtOnce);
    while (rows.step()) oldest.push_back({rows.integer(0), static_cast<uint64_t>(rows.integer(1)), rows.integer(2)});
  }
  std::vector<std::string> digests;
  Database::Transaction transaction(prepared_->database);
  Statement artifacts(prepared_->database, "SELECT sha256, size FROM artifact WHERE job = ?1");
  Statement remove(prepared_->database, "DELETE FROM job WHERE number = ?1");
  const uint64_t bytesBefore = prepared_->bytes, artifactBytesBefore = prepared_->artifactBytes;
  try {
    for (const Old& job : oldest) {
      if (job.finished >= endedBeforeMs && !crowded()) break;
      artifacts.bind(1, job.number);
      while (artifacts.step()) {
        digests.push_back(artifacts.text(0));
        prepared_->artifactBytes -= std::min(prepared_->artifactBytes, static_cast<uint64_t>(artifacts.integer(1)));
      }
      artifacts.reset();
      remove.bind(1, job.number).run();
      prepared_->bytes -= std::min(prepared_->bytes, job.bytes);
      ++expired.jobs;
    }
    transaction.commit();
  } catch (const DatabaseError&) {
    prepared_->bytes = bytesBefore;
    prepared_->artifactBytes = artifactBytesBefore;
    throw;
  }
  if (expired.jobs > 0) prepared_->database.execute("PRAGMA incremental_vacuum(1024)");
  std::ranges::sort(digests);
  digests.erase(std::ranges::unique(digests).begin(), digests.end());
  for (std::string& digest : digests) {
    const auto referenced = isReferenced(digest);
    if (referenced && !*referenced) expired.digests.push_back(std::move(digest));
  }
  expired.more = expired.jobs == kExpiredAtOnce;
  return expired;
} catch (const DatabaseError& error) {
  return std::unexpected(faultOf(error));
}

Stored<bool> JobStore::isReferenced(const std::string& sha256) try {
  Statement row(prepared_->database, "SELECT 1 FROM artifact WHERE sha256 = ?1 LIMIT 1");
  return row.bind(1, sha256).step();
} catch (const DatabaseError& error) {
  return std::unexpected(faultOf(error));
}

uint64_t JobStore::bytes() const { return prepared_->bytes; }

}  // namespace runtime::serve
