#include "policies/notation.h"

#include <boost/test/unit_test.hpp>

namespace runtime::policies {
namespace {

std::string duration(std::string_view text) {
  const auto parsed = parseDuration(text);
  return parsed ? std::to_string(*parsed) : parsed.error();
}

std::string size(std::string_view text) {
  const auto parsed = parseSize(text);
  return parsed ? std::to_string(*parsed) : parsed.error();
}

BOOST_AUTO_TEST_CASE(durationsAreAnIntegerAndAUnit) {
  BOOST_TEST(duration("1ns") == "1");
  BOOST_TEST(duration("20us") == "20000");
  BOOST_TEST(duration("3ms") == "3000000");
  BOOST_TEST(duration("10s") == "10000000000");
  BOOST_TEST(duration("2m") == "120000000000");
  BOOST_TEST(duration("1h") == "3600000000000");
  BOOST_TEST(duration("9223372036854775807ns") == "9223372036854775807");
  BOOST_TEST(duration("9223372036s") == "9223372036000000000");
}

BOOST_AUTO_TEST_CASE(everyOtherDurationIsAFault) {
  for (const std::string_view text : {"", "10", "s", "1.5s", "-1s", "+1s", " 1s", "1s ", "1 s", "1S", "1sec", "1d",
                                      "0x1s", "1_000s", "1e3s", "١s", "10s10s", "1MiB"}) {
    BOOST_TEST(duration(text).contains("is not a duration"), text);
  }
  BOOST_TEST(duration("0s").contains("zero"));
  BOOST_TEST(duration("000ms").contains("zero"));
  BOOST_TEST(duration("010s").contains("begins with a zero"));
  BOOST_TEST(duration("9223372036854775808ns").contains("too large"));
  BOOST_TEST(duration("9223372037s").contains("too large"));
  BOOST_TEST(duration("99999999999999999999999999h").contains("too large"));
}

BOOST_AUTO_TEST_CASE(sizesAreAnIntegerAndAUnit) {
  BOOST_TEST(size("1B") == "1");
  BOOST_TEST(size("2KiB") == "2048");
  BOOST_TEST(size("128MiB") == "134217728");
  BOOST_TEST(size("1GiB") == "1073741824");
  BOOST_TEST(size("8589934591GiB") == "9223372035781033984");
  for (const std::string_view text : {"", "1", "1KB", "1MB", "1M", "1mib", "1.5MiB", "-1B", "1TiB", "1s"}) {
    BOOST_TEST(size(text).contains("is not a size"), text);
  }
  BOOST_TEST(size("0B").contains("zero"));
  BOOST_TEST(size("8589934592GiB").contains("too large"));
}

BOOST_AUTO_TEST_CASE(formattedInTheLargestUnitThatDivides) {
  BOOST_TEST(formatDuration(10'000'000'000) == "10s");
  BOOST_TEST(formatDuration(60'000'000'000) == "1m");
  BOOST_TEST(formatDuration(90'000'000'000) == "90s");
  BOOST_TEST(formatDuration(3'600'000'000'000) == "1h");
  BOOST_TEST(formatDuration(1'500'000) == "1500us");
  BOOST_TEST(formatDuration(1) == "1ns");
  BOOST_TEST(formatSize(134217728) == "128MiB");
  BOOST_TEST(formatSize(1025) == "1025B");
  BOOST_TEST(formatSize(1536 << 10) == "1536KiB");
  for (const std::string_view text : {"7ns", "1us", "999ms", "59s", "59m", "25h"}) {
    BOOST_TEST(formatDuration(*parseDuration(text)) == text);
  }
}

BOOST_AUTO_TEST_CASE(settingsInForce) {
  const Settings limits = {{"wall", "10s"},   {"cpu", "10s"},       {"memory", "128MiB"}, {"output", "1MiB"},
                           {"handles", "64"}, {"storage", "64MiB"}, {"entries", "1000"},  {"audit", "16MiB"}};
  BOOST_TEST((limitsInForce(Limits{}) == limits));
  const Settings engine = {{"jit", "true"}, {"wasm", "true"}, {"eval", "false"}, {"clock", "1ms"}};
  BOOST_TEST((engineInForce(Engine{}) == engine));
  BOOST_TEST(engineInForce(Engine{.clockResolutionNs = 0}).back().second == "frozen");
}

}  // namespace
}  // namespace runtime::policies
