#pragma once
// SQLite, owned and typed. One connection, used by the one thread at a time that its owner sees to. Everything throws
// DatabaseError; JobStore turns it into a value.
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "supervisor/serve/storage_fault.h"

struct sqlite3;
struct sqlite3_stmt;

namespace runtime::serve {

class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(StorageTrouble trouble, const std::string& message) : std::runtime_error(message), trouble_(trouble) {}
  StorageTrouble trouble() const { return trouble_; }

 private:
  StorageTrouble trouble_;
};

class Database {
 public:
  // Opened for reading and writing, made where it is missing, by this process alone until it is destroyed.
  explicit Database(const std::string& path);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // A prepared statement; reused with reset(). Columns and parameters count from 0 and from 1, as in SQLite.
  class Statement {
   public:
    Statement(Database& database, const char* sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(int index, int64_t value);
    // Not copied: it must outlive the next reset().
    Statement& bind(int index, std::string_view text);
    Statement& bind(int index, std::nullptr_t);
    template <typename T>
    Statement& bind(int index, const std::optional<T>& value) {
      return value ? bind(index, *value) : bind(index, nullptr);
    }
    // Whether there is a row.
    bool step();
    // Runs it to its end, and resets it.
    void run();
    void reset();

    int64_t integer(int column) const;
    std::string text(int column) const;
    bool isNull(int column) const;

   private:
    Database& database_;
    sqlite3_stmt* statement_ = nullptr;
  };

  void execute(const char* sql);
  // Rows that the last statement changed.
  int64_t changed() const;

  // Rolled back where it is destroyed before commit().
  class Transaction {
   public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

   private:
    Database& database_;
    bool open_ = true;
  };

 private:
  [[noreturn]] void fail(int code) const;

  sqlite3* connection_ = nullptr;
};

}  // namespace runtime::serve
