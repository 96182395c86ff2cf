#pragma once
// Durations and sizes as policy files write them: an integer and a unit, never a fraction, a sign or a space. Pure.
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/policy.h"

namespace runtime::policies {

// ns|us|ms|s|m|h and B|KiB|MiB|GiB. At least 1, at most 2^63-1 nanoseconds or bytes. The error is a sentence.
std::expected<uint64_t, std::string> parseDuration(std::string_view text);
std::expected<uint64_t, std::string> parseSize(std::string_view text);

// In the largest unit that divides it: 10'000'000'000 is "10s".
std::string formatDuration(uint64_t nanoseconds);
std::string formatSize(uint64_t bytes);

// Name and value of every limit and engine setting in force, in the order of the reference, values in the notation of
// policy files: {"wall", "10s"}, {"handles", "64"}; {"jit", "true"}, {"clock", "1ms"}.
using Settings = std::vector<std::pair<std::string, std::string>>;
Settings limitsInForce(const Limits& limits);
Settings engineInForce(const Engine& engine);

}  // namespace runtime::policies
