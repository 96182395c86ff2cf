// Bytes, frames and pointers that lie.
#include <boost/test/unit_test.hpp>

#include "tests/sandbox/channel/trial.h"
#include "tests/sandbox/report/attack_report.h"

namespace runtime::tests {
namespace {

using namespace std::chrono_literals;

constexpr End kOverBounds = violation("a message over its bounds");
constexpr End kMalformed = violation("a malformed message");
constexpr End kWrongShape = violation("the worker sent parameters of the wrong shape");
// Whichever of its rules a guard finds broken first.
constexpr End kSomeViolation{"violation"};

}  // namespace

BOOST_AUTO_TEST_SUITE(framing)

BOOST_AUTO_TEST_CASE(headers_that_claim_too_much) {
  Row row("headers and segment tables");
  for (const char* attack : {"header-of-ones", "half-a-gigabyte", "thirty-two-gigabytes", "one-word-too-many",
                             "sizes-that-wrap", "many-sizes-that-wrap"}) {
    row.expect({attack}, kOverBounds);
  }
  for (const char* count : {"65", "512", "513", "65536", "4294967295"}) row.expect({"segments", count}, kOverBounds);
}

BOOST_AUTO_TEST_CASE(messages_of_nothing) {
  Row row("empty messages");
  row.expect({"empty-message"}, kMalformed);
  row.expect({"empty-segments"}, kMalformed);
  // As many as are allowed, one word of zero each: a message of the first kind.
  row.expect({"segments", "64"}, violation("a message of a kind that no worker sends"));
}

BOOST_AUTO_TEST_CASE(random_bytes) {
  Row row("random bytes");
  const int seeds = longForm() ? 500 : 10;
  for (int seed = 0; seed < seeds; ++seed) row.expect({"random-bytes", std::to_string(seed)}, kSomeViolation);
}

BOOST_AUTO_TEST_CASE(random_words_in_a_true_frame) {
  Row row("random messages");
  const int seeds = longForm() ? 500 : 10;
  for (int seed = 0; seed < seeds; ++seed) row.expect({"random-messages", std::to_string(seed)}, kSomeViolation);
}

// A flipped bit may do no harm, or leave a frame that never ends. What it must not do is harm anyone else.
BOOST_AUTO_TEST_CASE(one_bit_of_a_call_flipped) {
  Row row("flipped bits");
  const int seeds = longForm() ? 2000 : 20;
  for (int seed = 0; seed < seeds; ++seed) {
    const std::string text = std::to_string(seed);
    const Ran ran = scene().run({"flipped-bit", text}, 100ms);
    const bool stalled = ran.completion && ran.completion->verdict == Verdict::kWallLimit;
    row.judge("flipped-bit " + text, ran, stalled ? End{"wall-limit"} : kSomeViolation);
  }
}

BOOST_AUTO_TEST_CASE(half_a_message_then_silence) {
  Row row("half a message, then silence");
  const std::string_view sentence = "the job ran longer than 300ms; `limits.wall` of the policy sets it";
  for (const char* attack : {"half-a-message", "half-a-header", "the-beginning-of-a-mebibyte"}) {
    row.expect({attack}, {"wall-limit", sentence}, 300ms);
  }
}

BOOST_AUTO_TEST_CASE(half_a_message_then_the_end) {
  Row row("half a message, then the end");
  row.expect({"half-a-message-and-the-end"}, violation("the worker ended without saying how"));
  row.expect({"closed-pipes"}, violation("the worker ended without saying how"));
}

BOOST_AUTO_TEST_CASE(pointers_of_the_message) {
  Row row("far, double-far and wild pointers");
  for (const char* which : {"root-is-a-list", "root-is-a-capability", "root-points-at-itself", "root-in-no-segment",
                            "far-to-a-far", "double-far-past-the-end", "call-past-the-end", "call-before-the-beginning",
                            "call-is-a-list", "call-of-half-a-million-words"}) {
    row.expect({"message", which}, kMalformed);
  }
  // These lead somewhere, where something else than a call is found.
  for (const char* which : {"double-far-to-itself", "double-far-in-a-circle", "call-is-the-message"}) {
    row.expect({"message", which}, kSomeViolation);
  }
}

BOOST_AUTO_TEST_CASE(amplified_capability_tables) {
  Row row("pointer amplification");
  row.expect({"capability-table", "half-a-billion-voids"}, kMalformed);
  row.expect({"capability-table", "half-a-billion-bits"}, kMalformed);
  row.expect({"capability-table", "half-a-billion-structs-of-nothing"}, kMalformed);
  row.expect({"capability-table", "is-a-struct"}, kMalformed);
  row.expect({"capability-table", "is-a-capability"}, kMalformed);
  for (const char* which : {"voids", "past-the-end", "structs-of-nothing"}) row.expect({"rights", which}, kWrongShape);
}

BOOST_AUTO_TEST_CASE(parameters_of_the_wrong_shape) {
  Row row("parameters of the wrong shape");
  for (const char* which :
       {"content-is-a-list", "content-is-a-capability", "content-past-the-end", "content-in-no-segment",
        "path-is-a-list", "path-is-a-capability", "path-past-the-end", "token-is-a-list", "token-past-the-end",
        "text-is-a-struct", "text-is-a-capability", "text-past-the-end", "text-of-half-a-billion-voids",
        "text-of-half-a-billion-bytes", "text-without-its-end", "text-of-pointers"}) {
    row.expect({"parameters", which}, kWrongShape);
  }
  // A path with a path in it, and no token.
  row.expect({"parameters", "path-is-its-own-parameters"},
             violation("the worker presented a token that it was never given"));
  for (const char* which : {"half-a-billion-voids", "half-a-billion-bytes", "a-struct", "a-capability"}) {
    row.expect({"output-bytes", which}, kWrongShape);
  }
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_structs_in_each_other) {
  Row row("deep nesting");
  row.expect({"depth"}, kUnharmed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::tests
