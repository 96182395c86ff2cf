// More than a supervisor should hold, and more than its loop should be given by one worker.
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/sandbox/channel/trial.h"
#include "tests/sandbox/report/attack_report.h"

namespace runtime::tests {
namespace {

using namespace std::chrono_literals;

// The long forms take minutes.
constexpr auto kPatience = 600s;

// An attack with the neighbour's calls counted apart.
struct Beside {
  explicit Beside(const std::string& what) { scene().neighbour().meanwhile(what); }
  ~Beside() { scene().neighbour().meanwhile("offences"); }
};

std::string_view stalled() { return "the job ran longer than 500ms; `limits.wall` of the policy sets it"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(floods)

BOOST_AUTO_TEST_CASE(a_hundred_thousand_calls_without_finish) {
  Row row("calls without finish");
  row.expect({"unfinished", longForm() ? "1000000" : "20000"}, kUnharmed, kPatience);
  row.expect({"answered-and-unfinished", "100000"}, violation("too many unfinished calls"));
  row.expect({"finished-at-once", longForm() ? "1000000" : "20000"}, kUnharmed, kPatience);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_exports) {
  Row row("exports");
  row.expect({"exports", "100000"}, violation("a capability in parameters"));
}

BOOST_AUTO_TEST_CASE(replies_that_are_never_read) {
  Row row("replies that are never read");
  row.expect({"unread-small"}, violation("too many unfinished calls"));
  row.expect({"unread-large"}, {"wall-limit", stalled()}, 500ms);
  row.expect({"unread-of-one-file"}, {"wall-limit", stalled()}, 500ms);
}

BOOST_AUTO_TEST_CASE(parameters_that_are_held) {
  Row row("parameters held by calls that last");
  row.expect({"held-parameters"}, {"wall-limit", stalled()}, 500ms);
}

BOOST_AUTO_TEST_CASE(modules) {
  Row row("specifiers and modules");
  row.expect({"specifiers", longForm() ? "100000" : "10000"}, kUnharmed, kPatience);
  row.expect({"aliases", longForm() ? "100000" : "5000"}, kUnharmed, kPatience);
}

BOOST_AUTO_TEST_CASE(output_over_its_limit) {
  Row row("output over its limit");
  row.expect({"output"},
             {"output-limit", "the job wrote more than 256KiB of output; `limits.output` of the policy sets it"});
}

// Their sources are as long as a source may be: files without content that take no place on the disk.
BOOST_AUTO_TEST_CASE(modules_that_are_never_fetched) {
  Row row("large modules that are never fetched");
  const int modules = longForm() ? 200 : 4;
  for (int i = 0; i < modules; ++i) {
    const auto path = scene().folder() / ("large-" + std::to_string(i) + ".mjs");
    std::ofstream(path) << "";
    std::filesystem::resize_file(path, 64 << 20);
  }
  row.expect({"large-modules", std::to_string(modules)}, kUnharmed, kPatience);
  for (int i = 0; i < modules; ++i) {
    std::filesystem::remove(scene().folder() / ("large-" + std::to_string(i) + ".mjs"));
  }
}

BOOST_AUTO_TEST_CASE(refused_modules_count_as_audit) {
  Row row("audit records of refused modules");
  row.judge("denied-modules", scene().runAudited({"denied-modules", "5000"}),
            {"output-limit", "the job's audit log is over its limit; `limits.audit` of the policy sets it"});
  BOOST_TEST(std::filesystem::file_size(scene().folder() / "audit.jsonl") < 4u << 20);
}

// What needs no answer never makes the worker wait: its deadline comes all the same.
BOOST_AUTO_TEST_CASE(a_flood_does_not_outlive_its_deadline) {
  Row row("a flood beyond its deadline");
  row.expect({"unanswered", "finish", "8000"}, {"wall-limit", stalled()}, 500ms);
  row.expect({"unanswered", "release", "8000"}, {"wall-limit", stalled()}, 500ms);
}

// Nothing that is forbidden, as fast as it goes.
BOOST_AUTO_TEST_CASE(legal_calls_as_fast_as_they_go) {
  Row row("floods of legal calls");
  const std::string duration = longForm() ? "5000" : "300";
  for (const char* attack : {"stats", "reads", "writes", "loads", "empty-output", "wait-flood"}) {
    const Beside beside(std::string("a flood of ") + attack);
    row.expect({attack, duration}, kUnharmed);
  }
  for (const char* kind : {"finish", "release"}) {
    const Beside beside(std::string("a flood of ") + kind + " messages");
    row.expect({"unanswered", kind, duration}, kUnharmed);
  }
}

// Neither its calls nor its verdict wait until the flood is over.
BOOST_AUTO_TEST_CASE(a_job_ends_beside_a_flood) {
  Row row("jobs that end beside a flood of messages");
  for (const char* kind : {"finish", "release"}) {
    auto flood = scene().start({"unanswered", kind, "2000"});
    for (int i = 0; i < 3; ++i) row.judge("stats", scene().run({"stats", "1"}), kUnharmed);
    BOOST_TEST((flood.wait_for(0s) == std::future_status::timeout), "jobs waited for the flood's end");
    row.judge(kind, flood.get(), kUnharmed);
  }
}

BOOST_AUTO_TEST_CASE(many_flooding_workers_at_once) {
  Row row("many flooding workers");
  const int workers = longForm() ? 100 : 8;
  std::vector<std::future<Ran>> floods;
  for (int i = 0; i < workers; ++i) floods.push_back(scene().start({"stats", "300"}));
  for (auto& flood : floods) row.judge("stats", flood.get(), kUnharmed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::tests
