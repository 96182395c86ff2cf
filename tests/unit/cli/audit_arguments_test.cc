#include "supervisor/cli/audit_arguments.h"

#include <boost/test/unit_test.hpp>

#include "supervisor/cli/arguments.h"

namespace runtime::cli {
namespace {

template <typename Wanted>
Wanted as(const std::vector<std::string>& line) {
  const Command command = parseArguments(line);
  if (const auto* usage = std::get_if<UsageFault>(&command)) BOOST_FAIL(usage->message);
  return std::get<Wanted>(command);
}

std::string fault(const std::vector<std::string>& line) { return std::get<UsageFault>(parseArguments(line)).message; }

const std::string kHash(64, 'a');

BOOST_AUTO_TEST_CASE(run_takes_the_options_of_the_log) {
  const auto run = as<RunCommand>({"run", "--audit", "log", "--audit-key", "key", "--audit-rotate", "64MiB",
                                   "--audit-sync", "main.mjs", "--audit-sync"});
  BOOST_TEST(run.audit.file == "log");
  BOOST_TEST(run.audit.key == "key");
  BOOST_TEST(run.audit.rotateBytes == 64u << 20);
  BOOST_TEST((run.audit.sync == AuditOptions::Sync::kEachCall));
  BOOST_TEST(run.arguments == std::vector<std::string>{"--audit-sync"}, boost::test_tools::per_element());
  const auto plain = as<RunCommand>({"run", "--audit", "log", "main.mjs"});
  BOOST_TEST(plain.audit.rotateBytes == 0);
  BOOST_TEST((plain.audit.sync == AuditOptions::Sync::kAtEnd));
}

BOOST_AUTO_TEST_CASE(options_of_the_log_need_one) {
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"--audit-sync"}, {"--audit-key", "key"}, {"--audit-rotate", "1MiB"}}) {
    std::vector<std::string> line{"run"};
    line.insert(line.end(), options.begin(), options.end());
    line.emplace_back("main.mjs");
    BOOST_TEST(fault(line).contains("requires --audit"), fault(line));
  }
}

BOOST_AUTO_TEST_CASE(sizes_of_rotation_are_as_in_policies) {
  for (const char* size : {"1KiB", "0", "64", "-1MiB", "1.5MiB", "", "64 MiB", "1TiB"}) {
    BOOST_TEST(!fault({"run", "--audit", "log", "--audit-rotate", size, "main.mjs"}).empty());
  }
}

BOOST_AUTO_TEST_CASE(verify_takes_files_and_what_they_are_held_to) {
  const auto verify =
      as<AuditVerifyCommand>({"audit", "verify", "--head", kHash, "--after", kHash, "--key", "key", "a", "b"});
  BOOST_TEST(verify.head == kHash);
  BOOST_TEST(verify.after == kHash);
  BOOST_TEST(verify.key == "key");
  const std::vector<std::string> files{"a", "b"};
  BOOST_TEST(verify.files == files, boost::test_tools::per_element());
  BOOST_TEST(as<AuditVerifyCommand>({"audit", "verify", "a"}).head.empty());
}

BOOST_AUTO_TEST_CASE(a_hash_is_one) {
  for (const std::string& hash : {std::string("abc"), std::string(64, 'A'), std::string(64, 'g'), std::string()}) {
    BOOST_TEST(fault({"audit", "verify", "--head", hash, "a"}).contains("a hash has 64"));
  }
}

BOOST_AUTO_TEST_CASE(show_filters_and_summarises) {
  const auto show = as<AuditShowCommand>(
      {"audit", "show", "--module", "lib/**", "--right", "read", "--refused", "--summary", "--json", "a"});
  BOOST_TEST(show.module == "lib/**");
  BOOST_TEST(show.right == "read");
  BOOST_TEST((show.decisions == AuditShowCommand::Decisions::kRefused));
  BOOST_TEST((show.detail == AuditShowCommand::Detail::kSummary));
  BOOST_TEST((show.format == Format::kJson));
  BOOST_TEST(!fault({"audit", "show", "--module", "[", "a"}).empty());
}

BOOST_AUTO_TEST_CASE(audit_needs_a_command_and_files) {
  BOOST_TEST(fault({"audit"}).contains("see secure-runtime audit --help"));
  BOOST_TEST(fault({"audit", "verify"}).contains("see secure-runtime audit verify --help"));
  BOOST_TEST(fault({"audit", "show"}).contains("see secure-runtime audit show --help"));
  BOOST_TEST(!fault({"audit", "mend", "a"}).empty());
  BOOST_TEST(as<HelpCommand>({"audit", "verify", "--help"}).text.contains("--head"));
}

}  // namespace
}  // namespace runtime::cli
