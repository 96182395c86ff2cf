#pragma once
// What resolution needs of a package.json. The text is hostile: it comes with a package. Pure; any thread.
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runtime::loader {

// Of the text, of what is nested in `exports` and `imports`, and of how many values are.
inline constexpr size_t kMaxPackageJsonBytes = 1 << 20;
inline constexpr size_t kMaxPackageJsonDepth = 32;
inline constexpr size_t kMaxPackageJsonValues = 20'000;

struct Member;

// A value of `exports` or `imports`.
struct Target {
  enum class Kind : uint8_t { kNull, kText, kList, kObject, kOther };
  Kind kind = Kind::kNull;
  std::string text;
  std::vector<Member> members;  // of an object, in the order of the file
  std::vector<Target> items;    // of a list

  // Null: it is no object, or has no such member.
  const Target* member(std::string_view name) const;
};

struct Member {
  std::string key;
  Target value;
};

struct PackageJson {
  std::optional<std::string> name;
  std::optional<std::string> main;
  enum class Type : uint8_t { kNone, kModule, kCommonJs } type = Type::kNone;
  std::optional<Target> exports;  // nothing where there is none, or null
  std::optional<Target> imports;  // an object
};

// A member that is there twice counts as JSON.parse() takes it: the last, in the place of the first. The error is a
// sentence for a person.
std::expected<PackageJson, std::string> parsePackageJson(std::string_view text);

}  // namespace runtime::loader
