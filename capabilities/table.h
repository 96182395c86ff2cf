#pragma once
// The live table of one worker: which tokens it was given and what each names. Loop thread only.
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "capabilities/object.h"

namespace runtime::capabilities {

struct Token {
  uint64_t high = 0;
  uint64_t low = 0;
  bool operator==(const Token&) const = default;
};

class Table {
 public:
  // Tokens a worker may be given in all, ended ones included.
  static constexpr size_t kMaxMints = 65'536;

  enum class Miss : uint8_t {
    kEnded,        // minted once, closed or revoked since
    kNeverMinted,  // proof of compromise
  };
  enum class MintError : uint8_t { kTableFull };

  // `parent`: the token this one derives from; ending the parent ends it. Zero for none.
  std::expected<Token, MintError> mint(std::shared_ptr<Object> object, Token parent = {});
  std::expected<std::shared_ptr<Object>, Miss> find(Token token) const;
  // Leaves a tombstone. What derives from it ends with it; the ended objects are returned, this one first.
  std::vector<std::shared_ptr<Object>> end(Token token);
  // All live objects, for the worker's end.
  std::vector<std::shared_ptr<Object>> endAll();
  size_t live() const;

 private:
  struct Hash {
    size_t operator()(const Token& token) const { return token.low; }
  };
  struct Entry {
    std::shared_ptr<Object> object;  // null: a tombstone
    std::vector<Token> derived;
  };
  std::unordered_map<Token, Entry, Hash> entries_;
  size_t live_ = 0;
};

}  // namespace runtime::capabilities
