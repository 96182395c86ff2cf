#pragma once
// The import map of a policy: the `imports` of the HTML standard's import maps, without scopes. Values; any thread.
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

  // What `normalized` (a URL, or a bare specifier as written) is mapped to: a path under root without leading slash.
  // Nothing where no key matches. An error where the rest after a prefix climbs out of what the prefix names.
  std::expected<std::optional<std::string>, ResolveError> find(std::string_view normalized) const;

  struct Entry {
    std::string key;     // as written
    std::string target;  // as written
    std::string match;   // the key normalized: a URL, or bare
    std::string path;    // the target as a path under root, with its slash at the end if it has one
  };
  // In the order they were added.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

}  // namespace runtime::loader
