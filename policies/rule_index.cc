#include "policies/rule_index.h"

#include <algorithm>

#include "capabilities/guest_path.h"
#include "policies/segment_samples.h"

namespace runtime::policies {
namespace {

using capabilities::RightSet;

// The segments before the first wildcard, as a path.
std::string startOf(const Glob::Segments& segments) {
  std::string start = "/";
  for (const Glob::Segment& segment : segments) {
    const auto literal = segment.literal();
    if (!literal) break;
    start = capabilities::extend(std::move(start), encodeSegment(*literal));
  }
  return start;
}

std::string_view parentOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == 0 || slash == path.npos ? std::string_view("/") : path.substr(0, slash);
}

}  // namespace

RuleIndex::RuleIndex(std::vector<FsGrant> entries, std::vector<FsDeny> denies)
    : entries_(std::move(entries)), denies_(std::move(denies)) {
  for (size_t i = 0; i < entries_.size(); ++i) {
    byAt_.emplace_back(entries_[i].at, i);
    byHost_.emplace_back(entries_[i].path, i);
  }
  for (size_t i = 0; i < denies_.size(); ++i) {
    for (const Glob::Segments& alternative : denies_[i].at.alternatives())
      byStart_.emplace_back(startOf(alternative), i);
  }
  for (ByPath* rules : {&byAt_, &byHost_, &byStart_}) {
    std::ranges::sort(*rules);
    rules->erase(std::ranges::unique(*rules).begin(), rules->end());
  }
}

template <typename Visit>
void RuleIndex::eachAbove(const ByPath& rules, std::string_view path, const Visit& visit) {
  if (rules.empty() || !path.starts_with('/')) return;
  const auto textOf = [](const auto& rule) -> std::string_view { return rule.first; };
  for (;;) {
    auto at = std::ranges::lower_bound(rules, path, {}, textOf);
    for (; at != rules.end() && at->first == path; ++at) {
      if (!visit(at->second)) return;
    }
    if (path == "/") return;
    path = parentOf(path);
  }
}

const FsGrant* RuleIndex::ownerOf(std::string_view guest) const {
  const FsGrant* owner = nullptr;
  eachAbove(byAt_, guest, [&](size_t number) {
    owner = &entries_[number];
    return false;
  });
  return owner;
}

std::vector<RuleIndex::Name> RuleIndex::namesOf(std::string_view host) const {
  std::vector<size_t> numbers;
  eachAbove(byHost_, host, [&](size_t number) {
    numbers.push_back(number);
    return true;
  });
  std::ranges::sort(numbers);
  std::vector<Name> names;
  for (const size_t number : numbers) {
    const FsGrant& entry = entries_[number];
    std::string guest = capabilities::join(entry.at, capabilities::relativeTo(entry.path, host).value());
    if (ownerOf(guest) == &entry) names.push_back({std::move(guest), &entry});
  }
  return names;
}

RightSet RuleIndex::deniedAt(std::string_view guest) const {
  RightSet rights;
  eachAbove(byStart_, guest, [&](size_t number) {
    const FsDeny& deny = denies_[number];
    if (!rights.hasAll(deny.rights) && deny.at.matches(guest)) rights = rights | deny.rights;
    return true;
  });
  return rights;
}

RightSet RuleIndex::grantedOn(std::string_view host) const {
  RightSet rights;
  for (const Name& name : namesOf(host)) rights = rights | name.entry->rights;
  return rights;
}

}  // namespace runtime::policies
