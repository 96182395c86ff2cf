// Forged tokens, other workers' tokens, tokens that have ended.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

#include "tests/sandbox/channel/trial.h"
#include "tests/sandbox/report/attack_report.h"

namespace runtime::tests {
namespace {

constexpr End kNeverGiven = violation("the worker presented a token that it was never given");

}  // namespace

BOOST_AUTO_TEST_SUITE(tokens)

BOOST_AUTO_TEST_CASE(forged) {
  Row row("forged tokens");
  for (const char* which : {"zero", "ones", "low-half", "high-half", "halves-changed-places"}) {
    row.expect({"forged", which}, kNeverGiven);
  }
  for (int bit = 0; bit < 128; bit += longForm() ? 1 : 9)
    row.expect({"forged", "bit", std::to_string(bit)}, kNeverGiven);
  const int workers = longForm() ? 1000 : 20;
  for (int i = 0; i < workers; ++i) row.expect({"forged", "random"}, kNeverGiven);
  row.expect({"brute-force"}, kNeverGiven);
}

BOOST_AUTO_TEST_CASE(forged_for_each_method) {
  Row row("forged tokens for each method of fs");
  for (int method = 0; method < 40; ++method) row.expect({"forged-for", std::to_string(method)}, kNeverGiven);
}

BOOST_AUTO_TEST_CASE(of_another_worker) {
  Row row("other workers' tokens");
  const int pairs = longForm() ? 20 : 2;
  for (int i = 0; i < pairs; ++i) {
    // It says its token at once, and uses it until that file is there.
    const auto told = scene().folder() / "data/told";
    std::filesystem::remove(told);
    std::promise<std::string> said;
    auto owner = scene().start({"tell"}, [&](std::string_view text) { said.set_value(std::string(text)); });
    std::istringstream token(said.get_future().get());
    std::string high, low;
    token >> high >> low;
    row.expect({"of-another", high, low}, kNeverGiven);
    std::ofstream(told) << "";
    row.judge("tell", owner.get(), kUnharmed);
  }
}

BOOST_AUTO_TEST_CASE(that_have_ended) {
  Row row("revoked tokens");
  row.expect({"revoked"}, kUnharmed);
}

BOOST_AUTO_TEST_CASE(as_many_as_there_may_be) {
  Row row("all tokens a worker may be given");
  row.expect({"mint-all", "shallow"}, kUnharmed);
  row.expect({"mint-all", "deep"}, kUnharmed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::tests
