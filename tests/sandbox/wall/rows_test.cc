// No row of the filter is dead: the real engine, running JavaScript, dies of SIGSYS behind a filter that lacks it.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <format>
#include <string>

#include "policies/sandbox/syscall_rules.h"
#include "supervisor/runtime.h"
#include "tests/sandbox/report/attack_report.h"

namespace {

namespace fs = std::filesystem;
using runtime::sandbox::Jit;

class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "secure-runtime-rows-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~Scratch() { fs::remove_all(folder_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // The thinned zygote by another name.
  std::string zygote(const std::string& name) const {
    const fs::path link = folder_ / name;
    if (!fs::exists(link)) fs::create_symlink(THINNED_ZYGOTE, link);
    return link;
  }

 private:
  fs::path folder_;
};

runtime::Result run(const std::string& entry, const std::string& zygote, Jit jit) {
  auto started = runtime::Runtime::create({zygote});
  BOOST_REQUIRE(started.has_value());
  runtime::Job job;
  job.policy = runtime::PolicyText{std::format("version = 1\n[limits]\nwall = \"60s\"\ncpu = \"60s\"\n[engine]\njit = "
                                               "{}\nwasm = {}\n[modules]\nroot = \".\"\n",
                                               jit == Jit::kOn, jit == Jit::kOn),
                                   WORKOUT_FOLDER};
  job.entry = WORKOUT_FOLDER "/" + entry;
  auto completion = (*started)->run(std::move(job));
  BOOST_REQUIRE_MESSAGE(completion.has_value(), (completion ? "" : completion.error().message));
  return std::move(*completion);
}

// The vDSO answers in their place, except where a machine's clock cannot be read from user space, and before
// Linux 6.11.
bool servesOtherMachines(const runtime::sandbox::SyscallRule& rule) {
  return rule.name == "clock_gettime" || rule.name == "getrandom";
}

}  // namespace

BOOST_AUTO_TEST_CASE(theEngineNeedsEveryRow) {
  const Scratch scratch;
  for (const Jit jit : {Jit::kOff, Jit::kOn}) {
    const auto whole = run("workout.mjs", scratch.zygote("all"), jit);
    BOOST_TEST(runtime::name(whole.verdict) == "ok", whole.reason << whole.standardError);
    BOOST_TEST(whole.standardOutput.contains("done 1970-01-01T00:00:00.000Z 1,234.5"));
    const auto exhausted = run("exhaust.mjs", scratch.zygote("all"), jit);
    BOOST_TEST(runtime::name(exhausted.verdict) == "memory-limit", exhausted.reason << exhausted.standardError);
    const auto rules = runtime::sandbox::syscallRules(jit);
    runtime::tests::AttackRow row{"filter", jit == Jit::kOn ? "each row left out, JIT" : "each row left out, no JIT", 0,
                                  0, ""};
    for (size_t i = 0; i < rules.size(); ++i) {
      if (servesOtherMachines(rules[i])) continue;
      // A job that says how it ended is ended by the supervisor.
      const char* entry = rules[i].name == "exit_group" ? "exhaust.mjs" : "workout.mjs";
      const auto result = run(entry, scratch.zygote("without-" + std::to_string(i)), jit);
      const bool died = result.verdict == runtime::Verdict::kViolation && result.reason.contains("system call");
      BOOST_TEST(died, rules[i].name << " (" << rules[i].why << "): " << runtime::name(result.verdict) << " "
                                     << result.reason);
      ++row.tried;
      if (died) ++row.refused;
    }
    row.detail = "SIGSYS: no row is dead";
    runtime::tests::report(row);
  }
}
