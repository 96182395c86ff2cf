#include "supervisor/cli/arguments.h"

#include <boost/test/unit_test.hpp>

namespace runtime::cli {
namespace {

RunCommand asRun(const std::vector<std::string>& line) {
  const Command command = parseArguments(line);
  if (const auto* usage = std::get_if<UsageFault>(&command)) BOOST_FAIL(usage->message);
  return std::get<RunCommand>(command);
}

UsageFault asFault(const std::vector<std::string>& line) { return std::get<UsageFault>(parseArguments(line)); }

BOOST_AUTO_TEST_CASE(run_takes_its_options) {
  const RunCommand run =
      asRun({"run", "--policy", "a.policy.toml", "--json", "--audit", "log", "--stdin", "main.mjs", "x"});
  BOOST_TEST(run.policy == "a.policy.toml");
  BOOST_TEST(run.audit.file == "log");
  BOOST_TEST(run.entry == "main.mjs");
  BOOST_TEST(run.arguments == std::vector<std::string>{"x"}, boost::test_tools::per_element());
  BOOST_TEST((run.format == Format::kJson));
  BOOST_TEST((run.input == RunCommand::Stdin::kForwarded));
}

BOOST_AUTO_TEST_CASE(options_end_at_the_entry) {
  const RunCommand run = asRun({"run", "main.mjs", "--json", "--policy", "x", "--", "-h", "--help"});
  BOOST_TEST(run.policy.empty());
  BOOST_TEST((run.format == Format::kText));
  const std::vector<std::string> expected{"--json", "--policy", "x", "--", "-h", "--help"};
  BOOST_TEST(run.arguments == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(lock_takes_a_policy_and_an_entry) {
  const Command command = parseArguments({"lock", "p.toml", "main.mjs", "--out", "x"});
  const auto* lock = std::get_if<LockCommand>(&command);
  BOOST_REQUIRE(lock != nullptr);
  BOOST_TEST(lock->policy == "p.toml");
  BOOST_TEST(lock->entry == "main.mjs");
  const std::vector<std::string> expected = {"--out", "x"};
  BOOST_TEST(lock->arguments == expected, boost::test_tools::per_element());
  BOOST_TEST(asFault({"lock", "p.toml"}).message == "no ENTRY to run; see secure-runtime lock --help");
  BOOST_TEST(asFault({"lock"}).message.contains("POLICY"));
  BOOST_TEST(asFault({"lock", "--json", "p.toml", "main.mjs"}).message.contains("--json"));
}

BOOST_AUTO_TEST_CASE(learn_takes_its_options_before_the_entry) {
  const Command command = parseArguments({"learn", "--within", "c.toml", "--out", "o.toml", "main.mjs", "--out", "x"});
  const auto* learn = std::get_if<LearnCommand>(&command);
  BOOST_REQUIRE(learn != nullptr);
  BOOST_TEST(learn->within == "c.toml");
  BOOST_TEST(learn->out == "o.toml");
  BOOST_TEST(learn->entry == "main.mjs");
  const std::vector<std::string> expected{"--out", "x"};
  BOOST_TEST(learn->arguments == expected, boost::test_tools::per_element());
  BOOST_TEST(asFault({"learn", "--within", "c.toml"}).message == "no ENTRY to run; see secure-runtime learn --help");
  BOOST_TEST(asFault({"learn", "--out", "", "main.mjs"}).message == "--out needs the name of a file");
}

BOOST_AUTO_TEST_CASE(two_dashes_let_an_entry_begin_with_one) {
  BOOST_TEST(asRun({"run", "--json", "--", "--help"}).entry == "--help");
}

BOOST_AUTO_TEST_CASE(an_equals_sign_joins_option_and_value) {
  const RunCommand run = asRun({"run", "--policy=a b", "main.mjs"});
  BOOST_TEST(run.policy == "a b");
  BOOST_TEST(run.entry == "main.mjs");
}

BOOST_AUTO_TEST_CASE(an_empty_entry_is_an_entry) { BOOST_TEST(asRun({"run", ""}).entry.empty()); }

BOOST_AUTO_TEST_CASE(arguments_keep_backslashes_quotes_and_emptiness) {
  const std::vector<std::string> expected{"", "a\\nb", "\"c\"", "[d]", "{e}"};
  std::vector<std::string> line{"run", "m.mjs"};
  line.insert(line.end(), expected.begin(), expected.end());
  BOOST_TEST(asRun(line).arguments == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(faults_of_usage) {
  BOOST_TEST(asFault({}).message.contains("no command"));
  BOOST_TEST(asFault({"run"}).message.contains("no ENTRY"));
  BOOST_TEST(asFault({"run", "--"}).message.contains("no ENTRY"));
  BOOST_TEST(asFault({"run", "--bogus", "main.mjs"}).message.contains("--bogus"));
  BOOST_TEST(asFault({"run", "--policy"}).message.contains("--policy"));
  BOOST_TEST(asFault({"run", "--policy", "", "main.mjs"}).message.contains("--policy"));
  BOOST_TEST(asFault({"run", "--policy", "a", "--policy", "b", "main.mjs"}).message.contains("--policy"));
  BOOST_TEST(asFault({"check"}).message.contains("POLICY"));
  BOOST_TEST(asFault({"doctor", "x"}).message.contains("x"));
  for (const char* later : {"explain", "learn", "diff", "lock", "submit"}) {
    BOOST_TEST(asFault({later}).message.contains(later));
  }
  BOOST_TEST((asFault({"run", "--json"}).format == Format::kJson));
  BOOST_TEST(asFault({"serve", "--config", ""}).message.contains("--config"));
  BOOST_TEST(asFault({"serve", "x"}).message.contains("x"));
  BOOST_TEST(asFault({"submit", "--follow", "--json", "main.mjs"}).message.contains("--json"));
}

BOOST_AUTO_TEST_CASE(help_wherever_it_is_asked_for) {
  BOOST_TEST(std::get<HelpCommand>(parseArguments({"--help"})).text.contains("doctor"));
  BOOST_TEST(std::get<HelpCommand>(parseArguments({"run", "--help"})).text.contains("ENTRY"));
  BOOST_TEST(std::holds_alternative<VersionCommand>(parseArguments({"--version"})));
}

}  // namespace
}  // namespace runtime::cli
