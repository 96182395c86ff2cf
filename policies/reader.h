#pragma once
// Reading values out of parsed TOML with the strictness of policy files: what is not as it must be becomes a fault at
// its place, and reading goes on. Used by the sections of the parser only.
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <toml++/toml.hpp>
#include <vector>

#include "policies/source.h"

namespace runtime::policies {

class Reader {
 public:
  Reader(const Source& source, std::vector<Diagnostic>& diagnostics) : source_(source), diagnostics_(diagnostics) {}

  Place placeOf(const toml::node& node) const { return placeOf(node.source()); }
  void fault(const toml::source_region& where, std::string message, std::string_view suggestion = {});
  void fault(const toml::node& where, std::string message) { fault(where.source(), std::move(message)); }
  void warn(const toml::node& where, std::string message);
  // At the first line: something is missing from the file as a whole.
  void faultAtStart(std::string message);
  size_t faults() const { return faults_; }
  // So many faults that no more are kept.
  bool full() const;

  // A fault for each key of `table` that is not one of `known`. `section` is how messages call the table.
  void checkKeys(const toml::table& table, std::string_view section, const std::vector<std::string_view>& known);

  // Each of these returns nothing, after a fault, where the node is of another type; `name` is how messages call it.
  const toml::table* table(const toml::node& node, std::string_view name);
  const toml::array* array(const toml::node& node, std::string_view name);
  std::optional<std::string> text(const toml::node& node, std::string_view name);
  std::optional<bool> boolean(const toml::node& node, std::string_view name);
  // From 1 to `most`.
  std::optional<uint64_t> count(const toml::node& node, std::string_view name, uint64_t most);
  // A string in the notation that `parse` reads.
  std::optional<uint64_t> amount(const toml::node& node, std::string_view name,
                                 std::expected<uint64_t, std::string> (*parse)(std::string_view));
  // A list of strings; where `alone` says so a single one is a list of one. A string that is twice in it is a fault.
  enum class Alone : uint8_t { kAllowed, kRefused };
  using TextVisitor = std::function<void(const std::string& text, const toml::node& node)>;
  void eachText(const toml::node& node, std::string_view name, Alone alone, const TextVisitor& visit);

 private:
  Place placeOf(const toml::source_region& region) const;
  std::nullopt_t wrongType(const toml::node& node, std::string_view name, std::string_view wanted);

  const Source& source_;
  std::vector<Diagnostic>& diagnostics_;
  size_t faults_ = 0;
};

}  // namespace runtime::policies
