#include "supervisor/audit/summary.h"

namespace runtime::audit {

template <typename Key>
void Summary::count(std::map<Key, Sum>& sums, Key key, const Record& record) {
  Sum& sum = sums[std::move(key)];
  Total& total = sum.total;
  (record.allowed ? total.allowed : total.refused) += record.count;
  if (record.allowed && !record.error.empty()) total.failed += record.count;
  total.bytes += record.bytes;
  sum.resources.insert(record.resource);
}

template <typename Key>
std::vector<Total> Summary::totals(const std::map<Key, Sum>& sums) {
  std::vector<Total> all;
  for (const auto& [key, sum] : sums) {
    Total total = sum.total;
    if constexpr (std::tuple_size_v<Key> == 3) {
      std::tie(total.module, total.capability, total.right) = key;
    } else {
      std::tie(total.capability, total.right) = key;
    }
    total.resources = sum.resources.size();
    all.push_back(std::move(total));
  }
  return all;
}

void Summary::add(const ReadRecord& read) {
  const Record& record = read.record;
  ++records_;
  if (record.capability == "job") {
    if (record.right == "begin") ++runs_;
    if (record.right == "end") ++verdicts_[record.resource];
    return;
  }
  count(modules_, {record.module, record.capability, record.right}, record);
  count(rights_, {record.capability, record.right}, record);
}

std::vector<Total> Summary::byModule() const { return totals(modules_); }
std::vector<Total> Summary::byRight() const { return totals(rights_); }

}  // namespace runtime::audit
