#pragma once
// The import map of a policy: `imports` and `scopes` of the HTML standard's import maps. Values; any thread.
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loader/resolve_error.h"

namespace runtime::loader {

class ImportMap {
 public:
  ImportMap() = default;

  // `key` is a bare name ("marked"), a prefix ("lib/") or like a URL ("./a.mjs", "/a.mjs", "https://x/y.mjs"); a path
  // is relative to root. `target` is "./..." beneath root; it ends in a slash when and only when the key does. The
  // error is a sentence for a person; the map is then as before.
  std::expected<void, std::string> add(std::string_view key, std::string_view target);

  // A map that goes first for the modules that `key` names: "./lib/" for all beneath, "./a.mjs" for one; the longest
  // that has an answer counts. Add to it before the next is made. The error is a sentence for a person.
  std::expected<ImportMap*, std::string> addScope(std::string_view key);

  // What `normalized` (a URL, or a bare specifier as written) is mapped to for the module at the path `referrer`: a
  // path under root without leading slash. Nothing where no key matches. An error where the rest after a prefix climbs
  // out of what the prefix names. An empty `referrer` is in no scope.
  std::expected<std::optional<std::string>, ResolveError> find(std::string_view referrer,
                                                               std::string_view normalized) const;

  struct Entry {
    std::string key;     // as written
    std::string target;  // as written
    std::string match;   // the key normalized: a URL, or bare
    std::string path;    // the target as a path under root, with its slash at the end if it has one
  };
  // In the order they were added.
  const std::vector<Entry>& entries() const { return entries_; }
  struct Scope;
  const std::vector<Scope>& scopes() const { return scopes_; }

 private:
  std::expected<std::optional<std::string>, ResolveError> findOwn(std::string_view normalized) const;

  std::vector<Entry> entries_;
  std::vector<Scope> scopes_;
};

struct ImportMap::Scope {
  std::string key;    // as written
  std::string url;    // the key as a URL
  std::string path;   // under root, with its slash at the end if it has one
  ImportMap imports;  // without scopes of its own
};

}  // namespace runtime::loader
