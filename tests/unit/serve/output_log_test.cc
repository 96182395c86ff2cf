#include "supervisor/serve/output_log.h"

#include <kj/async-io.h>

#include <boost/test/unit_test.hpp>
#include <thread>

namespace runtime::serve {
namespace {

constexpr const char* kOdd = "\xEF\xBF\xBD";

BOOST_AUTO_TEST_SUITE(output_log)

// However the bytes come, the text is the same.
BOOST_AUTO_TEST_CASE(text_does_not_depend_on_where_bytes_are_cut) {
  const std::string_view bytes = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\xFFz\xC3(\xE2\x82(\xED\xA0\x80\xF0\x9F\x98";
  const std::string whole = [&] {
    std::string text;
    Utf8Repair repair;
    repair.add(bytes, text);
    repair.end(text);
    return text;
  }();
  BOOST_TEST(whole.starts_with("aä€\U0001F600"));
  BOOST_TEST(whole.contains(std::string(kOdd) + "z" + kOdd + "("));
  BOOST_TEST(whole.ends_with(kOdd));
  for (size_t first = 0; first <= bytes.size(); ++first) {
    for (size_t second = first; second <= bytes.size(); ++second) {
      std::string text;
      Utf8Repair repair;
      for (const auto part : {bytes.substr(0, first), bytes.substr(first, second - first), bytes.substr(second)}) {
        repair.add(part, text);
      }
      repair.end(text);
      BOOST_REQUIRE_EQUAL(text, whole);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_read_is_cut_between_characters) {
  OutputLog log;
  log.append(OutputStream::kStdout, "ab€cd");
  BOOST_TEST(log.read(OutputStream::kStdout, 0, 4) == "ab");
  BOOST_TEST(log.read(OutputStream::kStdout, 2, 4) == "€c");
  BOOST_TEST(log.read(OutputStream::kStdout, 7, 4) == "");
  BOOST_TEST(log.read(OutputStream::kStdout, 1000, 4) == "");
  BOOST_TEST(log.read(OutputStream::kStderr, 0, 4) == "");
}

BOOST_AUTO_TEST_CASE(readers_wake_for_more_and_for_the_end) {
  auto io = kj::setupAsyncIo();
  OutputLog log;
  auto more = log.moreThan({});
  std::thread([&log] { log.append(OutputStream::kStderr, "x"); }).join();
  more.wait(io.waitScope);
  auto again = log.moreThan({0, 1});
  BOOST_TEST(!again.poll(io.waitScope));
  std::thread([&log] { log.end(); }).join();
  again.wait(io.waitScope);
  log.moreThan({0, 1}).wait(io.waitScope);
  BOOST_TEST(log.hasEnded());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::serve
