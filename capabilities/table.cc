#include "capabilities/table.h"

#include <sys/random.h>

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

}  // namespace

std::expected<Token, Table::MintError> Table::mint(std::shared_ptr<Object> object, Token parent) {
  if (entries_.size() >= kMaxMints) return std::unexpected(MintError::kTableFull);
  Token token = randomToken();
  while (entries_.contains(token)) token = randomToken();
  if (parent != Token{}) {
    const auto origin = entries_.find(parent);
    // What derives from something that has ended meanwhile is born ended.
    if (origin == entries_.end() || origin->second.object == nullptr) object = nullptr;
    if (origin != entries_.end() && object != nullptr) origin->second.derived.push_back(token);
  }
  if (object != nullptr) ++live_;
  entries_.emplace(token, Entry{std::move(object), {}});
  return token;
}

std::expected<std::shared_ptr<Object>, Table::Miss> Table::find(Token token) const {
  const auto entry = entries_.find(token);
  if (entry == entries_.end()) return std::unexpected(Miss::kNeverMinted);
  if (entry->second.object == nullptr) return std::unexpected(Miss::kEnded);
  return entry->second.object;
}

std::vector<std::shared_ptr<Object>> Table::end(Token token) {
  std::vector<std::shared_ptr<Object>> ended;
  std::vector<Token> pending{token};
  for (size_t next = 0; next < pending.size(); ++next) {
    const auto entry = entries_.find(pending[next]);
    if (entry == entries_.end() || entry->second.object == nullptr) continue;
    ended.push_back(std::exchange(entry->second.object, nullptr));
    --live_;
    const auto derived = std::exchange(entry->second.derived, {});
    pending.insert(pending.end(), derived.begin(), derived.end());
  }
  return ended;
}

std::vector<std::shared_ptr<Object>> Table::endAll() {
  std::vector<std::shared_ptr<Object>> ended;
  for (auto& [token, entry] : entries_) {
    if (entry.object != nullptr) ended.push_back(std::exchange(entry.object, nullptr));
    entry.derived.clear();
  }
  live_ = 0;
  return ended;
}

size_t Table::live() const { return live_; }

}  // namespace runtime::capabilities
