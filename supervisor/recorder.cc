#include "supervisor/recorder.h"

#include <utility>

namespace runtime::supervisor {
namespace {

using capabilities::Sight;

std::string keyOf(const Sight& sight) {
  std::string key;
  for (const std::string* text : {&sight.module, &sight.mountAt, &sight.mountHost, &sight.named, &sight.host}) {
    key += *text;
    key += '\0';
  }
  for (const auto rights : {sight.all, sight.any}) {
    for (int i = 0; i < capabilities::kRightCount; ++i)
      key += rights.has(static_cast<capabilities::Right>(i)) ? '1' : '0';
  }
  key += static_cast<char>('0' + static_cast<int>(sight.kind));
  for (const bool flag : {sight.climbs, sight.viaFolder, sight.changed, sight.extent == Sight::Extent::kAllBeneath}) {
    key += flag ? '1' : '0';
  }
  return key;
}

// As a use of all that the entry shows.
Sight ofWholeEntry(Sight sight) {
  sight.named = sight.mountAt;
  sight.host = sight.mountHost;
  sight.kind = Sight::Kind::kFolder;
  sight.extent = Sight::Extent::kAllBeneath;
  sight.climbs = sight.changed = false;
  return sight;
}

}  // namespace

void Recorder::saw(Sight sight) {
  const std::lock_guard lock(mutex_);
  std::string key = keyOf(sight);
  if (known_.contains(key)) return;
  if (uses_.sights.size() >= kMostSights || bytes_ + key.size() > kMostBytes) {
    ++uses_.sightsBeyond;
    sight = ofWholeEntry(std::move(sight));
    key = keyOf(sight);
    if (known_.contains(key)) return;
  }
  bytes_ += key.size();
  known_.emplace(std::move(key), uses_.sights.size());
  uses_.sights.push_back(std::move(sight));
}

void Recorder::sawTogether(const std::string& module, const std::string& one, const std::string& other) {
  const std::lock_guard lock(mutex_);
  // Past the bound both names are of the whole entry already.
  if (together_.size() < kMostSights) together_.emplace(module, one, other);
}

void Recorder::refused(policies::Refusal refusal) {
  const std::lock_guard lock(mutex_);
  if (uses_.refusals.contains(refusal)) return;
  if (uses_.refusals.size() >= kMostRefusals) {
    ++uses_.refusalsBeyond;
  } else {
    uses_.refusals.insert(std::move(refusal));
  }
}

void Recorder::handed(const std::string& module, const std::vector<std::string>& variables) {
  const std::lock_guard lock(mutex_);
  uses_.environment[module].insert(variables.begin(), variables.end());
}

void Recorder::loaded(const std::string& path, const std::string& digest) {
  const std::lock_guard lock(mutex_);
  uses_.loaded.emplace(path, digest);
}

policies::Uses Recorder::take(policies::Policy ceiling) {
  const std::lock_guard lock(mutex_);
  uses_.ceiling = std::move(ceiling);
  uses_.together.assign(together_.begin(), together_.end());
  return std::move(uses_);
}

}  // namespace runtime::supervisor
