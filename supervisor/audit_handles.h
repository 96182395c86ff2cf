#pragma once
// What is done with an open file or listing, summed up until it is closed: one audit record for each right and error.
// Loop thread.
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "capabilities/table.h"
#include "supervisor/audit/record.h"

namespace runtime::supervisor {

class AuditHandles {
 public:
  void add(capabilities::Token token, audit::Record record);
  // The records of handles that have ended, and all of them.
  std::vector<audit::Record> takeEnded(const capabilities::Table& table);
  std::vector<audit::Record> takeAll();
  // Of this one alone, if it has ended.
  std::vector<audit::Record> takeIfEnded(const capabilities::Table& table, capabilities::Token token);

 private:
  struct Hash {
    size_t operator()(const capabilities::Token& token) const { return token.low; }
  };
  using ByRightAndError = std::map<std::pair<std::string, std::string>, audit::Record>;
  using Handles = std::unordered_map<capabilities::Token, ByRightAndError, Hash>;
  static void take(ByRightAndError& records, std::vector<audit::Record>& taken);

  Handles handles_;
};

}  // namespace runtime::supervisor
