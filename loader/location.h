#pragma once
// Where a URL-like reference leads beneath root: the part of URL parsing that a file: URL needs, with one difference on
// purpose: a path that climbs above root is an error, where a URL parser stays at the root in silence. Pure.
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace runtime::loader {

// A path under root, percent-decoded, normal, UTF-8, no leading slash; `folder`: the reference ended in a slash or
// dots.
struct Location {
  std::string path;
  bool folder = false;
};

enum class LocationError : uint8_t {
  kClimbs,            // above root
  kEncodedSeparator,  // %2f or %5c
  kMalformed,         // a broken escape, NUL, or not UTF-8 once decoded
  kHost,              // a file: URL that names another host
};

enum class ReferenceKind : uint8_t {
  kPath,    // "./a", "../a", "/a", ".", ".."
  kFile,    // "file:..."
  kScheme,  // another URL
  kBare,    // "marked"
};
ReferenceKind kindOf(std::string_view reference);

// For kPath and kFile. `referrer` is the path under root of the module that wrote it; what follows its last slash does
// not count.
std::expected<Location, LocationError> locate(std::string_view referrer, std::string_view reference);

// "file:///lib/a%20b.mjs", with a slash at the end of a folder.
std::string urlOf(const Location& location);

}  // namespace runtime::loader
