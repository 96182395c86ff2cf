#pragma once
// A log by module and right. What it holds grows with the different names in the log.
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "supervisor/audit/record.h"

namespace runtime::audit {

// Of one module, or of all, with one capability and right.
struct Total {
  std::string module;  // empty: of all
  std::string capability, right;
  uint64_t allowed = 0, refused = 0, failed = 0;  // calls; what was allowed and failed counts as both
  uint64_t bytes = 0;
  uint64_t resources = 0;  // different ones
};

class Summary {
 public:
  void add(const ReadRecord& read);
  // In the order of modules, capabilities and rights.
  std::vector<Total> byModule() const;
  std::vector<Total> byRight() const;
  // Verdicts and how many runs ended with each; those that began.
  const std::map<std::string, uint64_t>& verdicts() const { return verdicts_; }
  uint64_t runs() const { return runs_; }
  uint64_t records() const { return records_; }

 private:
  struct Sum {
    Total total;
    std::unordered_set<std::string> resources;
  };
  template <typename Key>
  static void count(std::map<Key, Sum>& sums, Key key, const Record& record);
  template <typename Key>
  static std::vector<Total> totals(const std::map<Key, Sum>& sums);

  std::map<std::tuple<std::string, std::string, std::string>, Sum> modules_;
  std::map<std::tuple<std::string, std::string>, Sum> rights_;
  std::map<std::string, uint64_t> verdicts_;
  uint64_t runs_ = 0, records_ = 0;
};

}  // namespace runtime::audit
