// Well-formed messages and calls that no worker makes.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/sandbox/channel/trial.h"

namespace runtime::tests {
namespace {

constexpr End kNoSuchKind = violation("a message of a kind that no worker sends");
constexpr End kBroken = violation("the worker broke the protocol");
constexpr End kNoCapability = violation("a call on a result that carries no capability");
constexpr End kNoMethod = violation("the worker called a method that does not exist");
constexpr End kNoToken = violation("the worker presented a token that it was never given");

}  // namespace

BOOST_AUTO_TEST_SUITE(calls)

BOOST_AUTO_TEST_CASE(kinds_of_message) {
  Row row("kinds of message that no worker sends");
  // All of rpc.capnp's Message but call, finish, release and bootstrap, and numbers that it does not have.
  for (const int kind : {0, 1, 3, 5, 7, 9, 10, 11, 12, 13, 14, 15, 16, 255, 65535}) {
    row.expect({"kind", std::to_string(kind)}, kNoSuchKind);
  }
  for (const char* attack : {"unimplemented-upon-unimplemented", "resolve", "disembargo", "return"}) {
    row.expect({attack}, kNoSuchKind);
  }
  row.expect({"second-bootstrap"}, violation("a second bootstrap message"));
}

BOOST_AUTO_TEST_CASE(release_and_finish) {
  Row row("release and finish");
  row.expect({"release-too-many"}, kBroken);
  row.expect({"release-unknown"}, kBroken);
  row.expect({"call-after-release"}, kBroken);
  row.expect({"release-nothing"}, kUnharmed);
  row.expect({"finish-unknown"}, kUnharmed);
  row.expect({"finish-twice"}, kUnharmed);
}

BOOST_AUTO_TEST_CASE(capabilities_in_parameters) {
  Row row("capabilities in parameters");
  for (const char* kind : {"sender-hosted", "sender-promise", "receiver-hosted", "receiver-answer", "third-party",
                           "descriptor", "a-thousand"}) {
    row.expect({"capability", kind}, violation("a capability in parameters"));
  }
}

BOOST_AUTO_TEST_CASE(targets_and_answers) {
  Row row("targets, results and question numbers");
  for (const char* import : {"1", "9", "4294967295"}) {
    row.expect({"import-that-does-not-exist", import}, violation("a call on a capability it was never given"));
  }
  row.expect({"result-with-transform"}, kNoCapability);
  row.expect({"result-that-is-to-come"}, kNoCapability);
  row.expect({"result-of-no-question"}, kNoCapability);
  row.expect({"target-of-no-kind"}, violation("a call on nothing"));
  row.expect({"results-to", "yourself"}, violation("a call whose results go elsewhere"));
  row.expect({"results-to", "third-party"}, violation("a call whose results go elsewhere"));
  row.expect({"no-answer-wanted"}, violation("a call that wants no answer"));
  row.expect({"question-in-use"}, violation("a question number in use"));
  row.expect({"question-in-use-that-was-finished"}, violation("a question number in use"));
}

BOOST_AUTO_TEST_CASE(methods_that_do_not_exist) {
  Row row("unknown interfaces and methods");
  for (const char* interface : {"0", "ffffffffffffffff", "d6f1c6a1b7e0a001"}) {
    row.expect({"method", interface, "0"}, kNoMethod);
  }
  for (const char* interface : {"1", "2"}) {  // the session's, and fs
    row.expect({"method", interface, "99"}, kNoMethod);
    row.expect({"method", interface, "65535"}, kNoMethod);
  }
}

BOOST_AUTO_TEST_CASE(no_parameters) {
  Row row("null parameters");
  for (int method = 0; method < 40; ++method) {
    row.expect({"null-parameters", "fs", std::to_string(method)}, kNoToken);
  }
  row.expect({"null-parameters", "session", "2"}, violation("the worker asked for a source that is not there"));
}

BOOST_AUTO_TEST_CASE(the_session_out_of_order) {
  Row row("the session out of order");
  row.expect({"begin-twice"}, violation("the worker asked for its job twice"));
  row.expect({"done-twice"}, {"exit", "", 3});
  row.expect({"outcome-of-no-kind"}, violation("the worker sent parameters of the wrong shape"));
  row.expect({"calls-after-done"}, {"exit", "", 3});
  const Ran ran = scene().run({"calls-after-done"});
  BOOST_REQUIRE(ran.completion.has_value());
  BOOST_TEST(ran.completion->standardOutput == "");
  BOOST_TEST(std::filesystem::exists(scene().folder() / "data/before-done"));
  BOOST_TEST(!std::filesystem::exists(scene().folder() / "data/after-done"));
  row.expect({"waits", "9"}, violation("the worker started too many waits"));
  row.expect({"source-that-is-not-there", "module"}, violation("the worker asked for a source that is not there"));
  row.expect({"source-that-is-not-there", "offset"}, violation("the worker asked for a source that is not there"));
  row.expect({"referrer-that-is-not-there"}, violation("the worker named a module that it was never given"));
}

BOOST_AUTO_TEST_CASE(before_the_job_is_asked_for) {
  Row row("before the job is asked for");
  constexpr End kTooEarly = violation("the worker acted before it asked for its job");
  row.expectEarly("early-call", violation("a call before the bootstrap message"));
  row.expectEarly("early-header", violation("a message over its bounds"));
  row.expectEarly("early-second-bootstrap", violation("a second bootstrap message"));
  row.expectEarly("early-token", kNoToken);
  row.expectEarly("early-end", violation("the worker ended without saying how"));
  for (const char* attack : {"early-wait", "early-load", "early-output", "early-done", "early-source"}) {
    row.expectEarly(attack, kTooEarly);
  }
}

BOOST_AUTO_TEST_CASE(texts_and_data_as_large_as_a_message) {
  Row row("huge text and data");
  row.expect({"huge-texts"}, kUnharmed);
}

BOOST_AUTO_TEST_CASE(descriptors) {
  Row row("descriptors");
  constexpr End kFilter = violation("the worker tried a system call that its filter does not allow");
  row.expect({"descriptor", "sendmsg"}, kFilter);
  row.expect({"descriptor", "recvmsg"}, kFilter);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::tests
