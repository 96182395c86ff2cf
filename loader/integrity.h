#pragma once
// What the files of a policy's `[modules] integrity` must hold, to the bit: subresource integrity, one digest a file.
// Values; any thread.
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace runtime::loader {

class Integrity {
 public:
  enum class Algorithm : uint8_t { kSha256, kSha384 };
  struct Entry {
    std::string key;     // as written: "./lib/a.mjs"
    std::string path;    // under root
    std::string digest;  // as written: "sha256-" or "sha384-" and base64, of which there is one form
    Algorithm algorithm = Algorithm::kSha256;
  };

  // The error is a sentence for a person; all is then as before.
  std::expected<void, std::string> add(std::string_view key, std::string_view digest);
  // Null: nothing is said of that path.
  const Entry* find(std::string_view path) const;
  // In the order they were added.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
  std::vector<size_t> byPath_;  // of `entries_`, sorted
};

// Of a digest's bytes, with its padding.
std::string base64(std::string_view bytes);

}  // namespace runtime::loader
