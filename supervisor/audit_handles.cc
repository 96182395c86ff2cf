#include "supervisor/audit_handles.h"

namespace runtime::supervisor {
namespace {

// Of another worker's it is not known here.
bool hasEnded(const capabilities::Table& table, capabilities::Token token) {
  const auto found = table.find(token);
  return !found && found.error() == capabilities::Table::Miss::kEnded;
}

}  // namespace

void AuditHandles::add(capabilities::Token token, audit::Record record) {
  ByRightAndError& records = handles_[token];
  const auto [found, isNew] = records.try_emplace({record.right, record.error});
  if (isNew) {
    found->second = std::move(record);
    return;
  }
  found->second.count += record.count;
  found->second.bytes += record.bytes;
  found->second.durationNs += record.durationNs;
}

void AuditHandles::take(ByRightAndError& records, std::vector<audit::Record>& taken) {
  for (auto& [key, record] : records) taken.push_back(std::move(record));
}

std::vector<audit::Record> AuditHandles::takeEnded(const capabilities::Table& table) {
  std::vector<audit::Record> taken;
  for (auto handle = handles_.begin(); handle != handles_.end();) {
    if (!hasEnded(table, handle->first)) {
      ++handle;
      continue;
    }
    take(handle->second, taken);
    handle = handles_.erase(handle);
  }
  return taken;
}

std::vector<audit::Record> AuditHandles::takeAll() {
  std::vector<audit::Record> taken;
  for (auto& [token, records] : handles_) take(records, taken);
  handles_.clear();
  return taken;
}

std::vector<audit::Record> AuditHandles::takeIfEnded(const capabilities::Table& table, capabilities::Token token) {
  std::vector<audit::Record> taken;
  const auto handle = handles_.find(token);
  if (handle == handles_.end() || !hasEnded(table, token)) return taken;
  take(handle->second, taken);
  handles_.erase(handle);
  return taken;
}

}  // namespace runtime::supervisor
