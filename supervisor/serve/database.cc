#include "supervisor/serve/database.h"

#include <sqlite3.h>

namespace runtime::serve {
namespace {

StorageTrouble troubleOf(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return StorageTrouble::kFull;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StorageTrouble::kBusy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StorageTrouble::kCorrupt;
    default:
      return StorageTrouble::kOther;
  }
}

}  // namespace

Database::Database(const std::string& path) {
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &connection_, kFlags, nullptr);
  if (code == SQLITE_OK) return;
  const std::string message = connection_ != nullptr ? sqlite3_errmsg(connection_) : sqlite3_errstr(code);
  sqlite3_close_v2(connection_);
  throw DatabaseError(troubleOf(code), message);
}

Database::~Database() { sqlite3_close_v2(connection_); }

void Database::fail(int code) const { throw DatabaseError(troubleOf(code), sqlite3_errmsg(connection_)); }

void Database::execute(const char* sql) {
  const int code = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

int64_t Database::changed() const { return sqlite3_changes64(connection_); }

Database::Statement::Statement(Database& database, const char* sql) : database_(database) {
  const int code = sqlite3_prepare_v3(database_.connection_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  if (code != SQLITE_OK) database_.fail(code);
}

Database::Statement::~Statement() { sqlite3_finalize(statement_); }

Database::Statement& Database::Statement::bind(int index, int64_t value) {
  if (const int code = sqlite3_bind_int64(statement_, index, value); code != SQLITE_OK) database_.fail(code);
  return *this;
}

Database::Statement& Database::Statement::bind(int index, std::string_view text) {
  const int code = sqlite3_bind_text64(statement_, index, text.data() == nullptr ? "" : text.data(), text.size(),
                                       SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) database_.fail(code);
  return *this;
}

Database::Statement& Database::Statement::bind(int index, std::nullptr_t) {
  if (const int code = sqlite3_bind_null(statement_, index); code != SQLITE_OK) database_.fail(code);
  return *this;
}

bool Database::Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const std::string message = sqlite3_errmsg(database_.connection_);
  reset();
  throw DatabaseError(troubleOf(code), message);
}

void Database::Statement::run() {
  while (step()) {
  }
  reset();
}

void Database::Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

int64_t Database::Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Database::Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return bytes == nullptr ? std::string()
                          : std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(statement_, column)));
}

bool Database::Statement::isNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Database::Transaction::Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }

Database::Transaction::~Transaction() {
  if (open_) sqlite3_exec(database_.connection_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Database::Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace runtime::serve
