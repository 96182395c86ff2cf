#pragma once
// The live table of one worker: which tokens it was given and what each names. Loop thread only.
#include <compare>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "capabilities/attenuation.h"
#include "capabilities/object.h"

namespace runtime::capabilities {

struct Token {
  uint64_t high = 0;
  uint64_t low = 0;
  auto operator<=>(const Token&) const = default;
};

// What a token adds to the terms of the one it derives from.
struct Attenuation {
  std::optional<Clock::time_point> until = {};
  std::shared_ptr<Budget> budget = {};  // within that of the one it derives from, if that has one; null: the same
  bool mayEnd = false;                  // before the worker does, although it derives from nothing in this table
};

// A live token. What may end before the worker does has a lease, as all that derives from another token has: the same
// for all who hold it at the same time.
struct Held {
  std::shared_ptr<Object> object;
  std::shared_ptr<Lease> lease;    // null: it stands as long as the worker
  std::shared_ptr<Budget> budget;  // null: not limited
};

// What is still known of what was revoked or has expired, for the audit record of who presents it.
struct Remains {
  std::string module, resource, rule;  // of the object, each clipped
};

struct Tombstone {
  Ended ended = Ended::kClosed;
  std::shared_ptr<const Remains> remains;  // null for what was closed
};

class Table {
 public:
  // Tokens a worker may be given in all, ended ones included.
  static constexpr size_t kMaxMints = 65'536;
  // Live tokens with a time or a budget of their own.
  static constexpr size_t kMaxAttenuated = 8'192;

  enum class Miss : uint8_t {
    kEnded,        // minted once, closed or revoked since
    kNeverMinted,  // proof of compromise
  };
  enum class MintError : uint8_t { kTableFull };

  // Gives at most `maxMints` tokens.
  explicit Table(size_t maxMints = kMaxMints) : maxMints_(maxMints) {}

  // `parent`: the token this one derives from; ending the parent ends it, and it has the parent's terms. Zero for none.
  std::expected<Token, MintError> mint(std::shared_ptr<Object> object, Token parent = {}, Attenuation added = {});
  std::expected<std::shared_ptr<Object>, Miss> find(Token token) const;
  std::expected<Held, Miss> hold(Token token) const;
  // Of a token that has ended.
  Tombstone tombstone(Token token) const;
  // Leaves a tombstone. What derives from it ends with it, and, unless it was closed, calls under way with it; the
  // ended objects are returned, this one first.
  std::vector<std::shared_ptr<Object>> end(Token token, Ended how = Ended::kClosed);
  // Ends what has had its time.
  void expire();
  // All live objects, for the worker's end.
  std::vector<std::shared_ptr<Object>> endAll();
  size_t live() const;

 private:
  struct Hash {
    size_t operator()(const Token& token) const { return token.low; }
  };
  struct Entry;
  using Minted = std::pair<const Token, Entry>;
  struct Entry {
    std::shared_ptr<Object> object;  // null: a tombstone
    std::vector<Minted*> derived;    // in the map, which moves none
    // Held by the calls under way: most tokens have none at most times. Also of a closed one.
    mutable std::weak_ptr<Lease> lease;
    std::shared_ptr<Budget> budget;
    std::shared_ptr<const Remains> remains;
    Clock::time_point until = kForever;
    bool mayEnd = false;      // before the worker does
    bool attenuated = false;  // by a time or a budget of its own
    Ended ended = Ended::kNot;
  };
  static constexpr Clock::time_point kForever = Clock::time_point::max();
  void bury(Minted& minted, Ended how, const std::shared_ptr<const Remains>& remains);

  const size_t maxMints_;
  std::unordered_map<Token, Entry, Hash> entries_;
  std::set<std::pair<Clock::time_point, Token>> deadlines_;
  size_t live_ = 0;
  size_t attenuated_ = 0;
};

}  // namespace runtime::capabilities
