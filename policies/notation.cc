#include "policies/notation.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>
#include <span>

namespace runtime::policies {
namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;
};
// Largest first.
constexpr Unit kDurations[] = {{"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000},
                               {"ms", 1'000'000},        {"us", 1'000},         {"ns", 1}};
constexpr Unit kSizes[] = {{"GiB", 1ull << 30}, {"MiB", 1ull << 20}, {"KiB", 1ull << 10}, {"B", 1}};
constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();

std::expected<uint64_t, std::string> parse(std::string_view text, std::span<const Unit> units, std::string_view what) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view unit = text.substr(digits);
  const auto malformed = [&] { return std::unexpected(quoted(text) + " is not " + std::string(what)); };
  if (digits == 0) return malformed();
  for (const Unit& known : units) {
    if (known.name != unit) continue;
    if (text[0] == '0') {
      if (text.find_first_not_of('0') >= digits)
        return std::unexpected(quoted(text) + " is zero: it must be at least 1");
      return std::unexpected(quoted(text) + " begins with a zero: write the number without it");
    }
    uint64_t count = 0;
    const auto [end, error] = std::from_chars(std::to_address(text.begin()),
                                              std::to_address(text.begin() + static_cast<ptrdiff_t>(digits)), count);
    if (error != std::errc() || count > kMost / known.factor) return std::unexpected(quoted(text) + " is too large");
    return count * known.factor;
  }
  return malformed();
}

std::string format(uint64_t amount, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (amount >= unit.factor && amount % unit.factor == 0) {
      return std::to_string(amount / unit.factor) + std::string(unit.name);
    }
  }
  return "0" + std::string(units.back().name);
}

std::string yesOrNo(bool value) { return value ? "true" : "false"; }

}  // namespace

std::expected<uint64_t, std::string> parseDuration(std::string_view text) {
  return parse(text, kDurations, "a duration: write an integer and ns, us, ms, s, m or h, such as \"10s\"");
}

std::expected<uint64_t, std::string> parseSize(std::string_view text) {
  return parse(text, kSizes, "a size: write an integer and B, KiB, MiB or GiB, such as \"64MiB\"");
}

std::string formatDuration(uint64_t nanoseconds) { return format(nanoseconds, kDurations); }
std::string formatSize(uint64_t bytes) { return format(bytes, kSizes); }

Settings limitsInForce(const Limits& limits) {
  return {{"wall", formatDuration(limits.wallNs)},     {"cpu", formatDuration(limits.cpuNs)},
          {"memory", formatSize(limits.memoryBytes)},  {"output", formatSize(limits.outputBytes)},
          {"handles", std::to_string(limits.handles)}, {"storage", formatSize(limits.storageBytes)},
          {"entries", std::to_string(limits.entries)}, {"audit", formatSize(limits.auditBytes)}};
}

Settings engineInForce(const Engine& engine) {
  return {{"jit", yesOrNo(engine.jit)},
          {"wasm", yesOrNo(engine.wasm)},
          {"eval", yesOrNo(engine.eval)},
          {"clock", engine.clockResolutionNs == 0 ? "frozen" : formatDuration(engine.clockResolutionNs)}};
}

}  // namespace runtime::policies
