#include "capabilities/table.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace runtime::capabilities {
namespace {

Token randomToken() {
  Token token;
  do {
    // Requests of up to 256 bytes are answered whole once the kernel's generator is seeded.
    if (::getrandom(&token, sizeof token, 0) != static_cast<ssize_t>(sizeof token)) {
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
  } while (token == Token{});
  return token;
}

// A worker that ends capabilities without end makes us keep no more of each than this.
constexpr size_t kMaxRemains = 256;

std::string_view clipped(std::string_view text) { return text.substr(0, kMaxRemains); }

// What remains of `object`, in the same place as `last` where that is the same: narrowed copies of one folder share it.
std::shared_ptr<const Remains> remainsOf(const Object& object, std::shared_ptr<const Remains> last) {
  const auto module = clipped(object.module()), resource = clipped(object.resource()), rule = clipped(object.rule());
  if (last != nullptr && last->module == module && last->resource == resource && last->rule == rule) return last;
  return std::make_shared<const Remains>(std::string(module), std::string(resource), std::string(rule));
}

}  // namespace

std::expected<Token, Table::MintError> Table::mint(std::shared_ptr<Object> object, Token parent, Attenuation added) {
  if (entries_.size() >= maxMints_) return std::unexpected(MintError::kTableFull);
  Token token = randomToken();
  while (entries_.contains(token)) token = randomToken();
  Entry entry;
  entry.attenuated = added.until || added.budget != nullptr;
  entry.budget = std::move(added.budget);
  Entry* origin = nullptr;
  if (parent != Token{}) {
    const auto found = entries_.find(parent);
    if (found != entries_.end()) origin = &found->second;
    // What derives from something that has ended meanwhile is born ended.
    if (origin == nullptr || origin->object == nullptr) object = nullptr;
  }
  if (object == nullptr) {
    entry.budget = nullptr;
    entry.attenuated = false;
    if (origin != nullptr) {
      entry.ended = origin->ended;
      entry.remains = origin->remains;
    }
    entries_.emplace(token, std::move(entry));
    return token;
  }
  if (entry.attenuated && attenuated_ >= kMaxAttenuated) return std::unexpected(MintError::kTableFull);
  if (origin != nullptr) {
    if (entry.budget == nullptr) entry.budget = origin->budget;
    entry.until = origin->until;
  }
  entry.until = std::min(entry.until, added.until.value_or(kForever));
  entry.mayEnd = origin != nullptr || added.until || added.mayEnd;
  // What has no time of its own ends with what it derives from.
  if (added.until) deadlines_.emplace(entry.until, token);
  entry.object = std::move(object);
  ++live_;
  if (entry.attenuated) ++attenuated_;
  Minted& minted = *entries_.emplace(token, std::move(entry)).first;
  if (origin != nullptr) origin->derived.push_back(&minted);
  return token;
}

std::expected<std::shared_ptr<Object>, Table::Miss> Table::find(Token token) const {
  return hold(token).transform([](Held held) { return std::move(held.object); });
}

std::expected<Held, Table::Miss> Table::hold(Token token) const {
  const auto entry = entries_.find(token);
  if (entry == entries_.end()) return std::unexpected(Miss::kNeverMinted);
  if (entry->second.object == nullptr) return std::unexpected(Miss::kEnded);
  const Entry& held = entry->second;
  auto lease = held.lease.lock();
  if (lease == nullptr && held.mayEnd) {
    lease = std::make_shared<Lease>(held.until == kForever ? std::nullopt : std::optional(held.until));
    held.lease = lease;
  }
  return Held{held.object, std::move(lease), held.budget};
}

Tombstone Table::tombstone(Token token) const {
  const auto entry = entries_.find(token);
  if (entry == entries_.end()) return {};
  return {entry->second.ended, entry->second.remains};
}

std::vector<std::shared_ptr<Object>> Table::end(Token token, Ended how) {
  std::vector<std::shared_ptr<Object>> ended;
  const auto first = entries_.find(token);
  if (first == entries_.end() || first->second.object == nullptr) return ended;
  std::shared_ptr<const Remains> remains;
  std::vector<Minted*> pending{&*first};
  for (size_t next = 0; next < pending.size(); ++next) {
    Entry& entry = pending[next]->second;
    if (entry.object == nullptr) {
      if (const auto lease = entry.lease.lock()) lease->end(how);
      continue;
    }
    const auto derived = std::exchange(entry.derived, {});
    ended.push_back(entry.object);
    if (how != Ended::kClosed) remains = remainsOf(*entry.object, std::move(remains));
    bury(*pending[next], how, remains);
    pending.insert(pending.end(), derived.begin(), derived.end());
  }
  return ended;
}

void Table::bury(Minted& minted, Ended how, const std::shared_ptr<const Remains>& remains) {
  Entry& entry = minted.second;
  if (entry.attenuated) {
    deadlines_.erase({entry.until, minted.first});
    entry.attenuated = false;
    --attenuated_;
  }
  entry.object = nullptr;
  entry.budget = nullptr;
  entry.ended = how;
  entry.remains = remains;
  if (const auto lease = entry.lease.lock()) lease->end(how);
  --live_;
}

void Table::expire() {
  if (deadlines_.empty()) return;
  const auto now = Clock::now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const Token token = deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    end(token, Ended::kExpired);
  }
}

std::vector<std::shared_ptr<Object>> Table::endAll() {
  std::vector<std::shared_ptr<Object>> ended;
  for (auto& minted : entries_) {
    minted.second.derived.clear();
    if (minted.second.object == nullptr) continue;
    ended.push_back(minted.second.object);
    bury(minted, Ended::kClosed, nullptr);
  }
  deadlines_.clear();
  return ended;
}

size_t Table::live() const { return live_; }

}  // namespace runtime::capabilities
