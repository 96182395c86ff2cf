#include "policies/reader.h"

#include <algorithm>
#include <set>

#include "policies/notation.h"
#include "policies/parse.h"

namespace runtime::policies {
namespace {

// Where each key of the format belongs, to tell one that stands in the wrong place.
constexpr std::pair<std::string_view, std::string_view> kHomes[] = {{"wall", "[limits]"},
                                                                    {"cpu", "[limits]"},
                                                                    {"memory", "[limits]"},
                                                                    {"output", "[limits]"},
                                                                    {"handles", "[limits]"},
                                                                    {"storage", "[limits]"},
                                                                    {"entries", "[limits]"},
                                                                    {"audit", "[limits]"},
                                                                    {"jit", "[engine]"},
                                                                    {"wasm", "[engine]"},
                                                                    {"eval", "[engine]"},
                                                                    {"clock", "[engine]"},
                                                                    {"root", "[modules]"},
                                                                    {"imports", "[modules]"},
                                                                    {"to", "[[grant]]"},
                                                                    {"fs", "[[grant]]"},
                                                                    {"env", "[[grant]]"},
                                                                    {"path", "an entry of fs"},
                                                                    {"at", "an entry of fs"},
                                                                    {"rights", "an entry of fs"},
                                                                    {"version", "the top of the file"},
                                                                    {"include", "the top of the file"},
                                                                    {"within", "the top of the file"},
                                                                    {"limits", "the top of the file"},
                                                                    {"engine", "the top of the file"},
                                                                    {"modules", "the top of the file"},
                                                                    {"grant", "the top of the file"},
                                                                    {"deny", "the top of the file"}};

std::string_view typeName(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a float";
    case toml::node_type::boolean:
      return "a boolean";
    default:
      return "a date or time";
  }
}

std::string listed(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

}  // namespace

Place Reader::placeOf(const toml::source_region& region) const {
  return source_.atCharacter(region.begin.line, region.begin.column);
}

bool Reader::full() const { return faults_ >= kMaxFaults; }

void Reader::fault(const toml::source_region& where, std::string message, std::string_view suggestion) {
  if (full()) return;
  ++faults_;
  diagnostics_.push_back(source_.diagnose(Severity::kFault, placeOf(where), std::move(message), suggestion));
}

void Reader::warn(const toml::node& where, std::string message) {
  if (diagnostics_.size() >= 2 * kMaxFaults) return;
  diagnostics_.push_back(source_.diagnose(Severity::kWarning, placeOf(where), std::move(message)));
}

void Reader::faultAtStart(std::string message) {
  if (full()) return;
  ++faults_;
  diagnostics_.push_back(source_.diagnose(Severity::kFault, source_.atOffset(0), std::move(message)));
}

void Reader::checkKeys(const toml::table& table, std::string_view section, const std::vector<std::string_view>& known) {
  for (const auto& [key, value] : table) {
    const std::string_view word = key.str();
    if (full()) return;
    if (std::ranges::contains(known, word)) continue;
    std::string message = "unknown key " + quoted(word) + " in " + std::string(section);
    const std::string_view nearest = nearestWord(word, known);
    if (nearest.empty()) {
      const auto home = std::ranges::find(kHomes, word, &std::pair<std::string_view, std::string_view>::first);
      message +=
          home != std::end(kHomes) ? ": it belongs in " + std::string(home->second) : "; known here: " + listed(known);
    }
    fault(key.source(), std::move(message), nearest);
  }
}

std::nullopt_t Reader::wrongType(const toml::node& node, std::string_view name, std::string_view wanted) {
  fault(node, quoted(name) + " must be " + std::string(wanted) + ", not " + std::string(typeName(node)));
  return std::nullopt;
}

const toml::table* Reader::table(const toml::node& node, std::string_view name) {
  if (!node.is_table()) wrongType(node, name, "a table");
  return node.as_table();
}

const toml::array* Reader::array(const toml::node& node, std::string_view name) {
  if (!node.is_array()) wrongType(node, name, "a list");
  return node.as_array();
}

std::optional<std::string> Reader::text(const toml::node& node, std::string_view name) {
  const auto* value = node.as_string();
  if (value == nullptr) return wrongType(node, name, "a string");
  if (value->get().contains('\0')) {
    fault(node, quoted(name) + " cannot hold NUL");
    return std::nullopt;
  }
  if (value->get().empty()) {
    fault(node, quoted(name) + " must not be empty");
    return std::nullopt;
  }
  return value->get();
}

std::optional<bool> Reader::boolean(const toml::node& node, std::string_view name) {
  const auto* value = node.as_boolean();
  if (value == nullptr) return wrongType(node, name, "true or false");
  return value->get();
}

std::optional<uint64_t> Reader::count(const toml::node& node, std::string_view name, uint64_t most) {
  const auto* value = node.as_integer();
  if (value == nullptr) return wrongType(node, name, "an integer");
  if (value->get() < 1) {
    fault(node, quoted(name) + " must be at least 1");
    return std::nullopt;
  }
  if (const auto number = static_cast<uint64_t>(value->get()); number <= most) return number;
  fault(node, quoted(name) + " must be at most " + std::to_string(most));
  return std::nullopt;
}

std::optional<uint64_t> Reader::amount(const toml::node& node, std::string_view name,
                                       std::expected<uint64_t, std::string> (*parse)(std::string_view)) {
  if (!node.is_string())
    return wrongType(node, name, parse == parseSize ? "a string such as \"64MiB\"" : "a string such as \"10s\"");
  const auto parsed = parse(node.as_string()->get());
  if (parsed) return *parsed;
  fault(node, quoted(name) + ": " + parsed.error());
  return std::nullopt;
}

void Reader::eachText(const toml::node& node, std::string_view name, Alone alone, const TextVisitor& visit) {
  if (alone == Alone::kAllowed && node.is_string()) {
    if (const auto value = text(node, name)) visit(*value, node);
    return;
  }
  const auto* list = node.as_array();
  if (list == nullptr) {
    wrongType(node, name, alone == Alone::kAllowed ? "a string or a list of strings" : "a list of strings");
    return;
  }
  std::set<std::string> seen;
  for (const toml::node& element : *list) {
    if (full()) return;
    if (!element.is_string()) {
      fault(element, "every element of " + quoted(name) + " must be a string, not " + std::string(typeName(element)));
      continue;
    }
    const auto value = text(element, name);
    if (!value) continue;
    if (!seen.insert(*value).second) {
      fault(element, quoted(*value) + " stands twice in " + quoted(name) + ": remove one");
      continue;
    }
    visit(*value, element);
  }
}

}  // namespace runtime::policies
