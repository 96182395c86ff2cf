// A host that lacks a layer, made by a filter around the whole command: where the layer is required nothing runs (exit
// code 3, with the reason), where it is optional the result says that it is not in force.
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/prctl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/sandbox/report/attack_report.h"

namespace {

namespace fs = std::filesystem;
using runtime::tests::AttackRow;

// A system call, of the given first argument or of any, that the host answers with an error.
struct Lack {
  const char* what;
  int number;
  std::vector<scmp_arg_cmp> when;
  int error;
  const char* reason;  // what the command must say; of an optional layer the member of the result
};

struct Outcome {
  int status = -1;
  std::string text;  // both streams
};

class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "secure-runtime-lack-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder = name;
    std::ofstream(folder / "main.mjs") << "console.log('ran')\n";
    std::ofstream(folder / "no-jit.policy.toml") << "version = 1\n[engine]\njit = false\nwasm = false\n";
  }
  ~Scratch() { fs::remove_all(folder); }
  fs::path folder;
};

// The command with --json, its own process doing `before` first.
Outcome run(const Scratch& scratch, const std::function<void()>& before, bool jit = true) {
  int ends[2];
  BOOST_REQUIRE_EQUAL(::pipe2(ends, O_CLOEXEC), 0);
  const std::string entry = scratch.folder / "main.mjs", policy = scratch.folder / "no-jit.policy.toml";
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    before();
    if (jit) {
      ::execl(SECURE_RUNTIME, SECURE_RUNTIME, "run", "--json", entry.c_str(), nullptr);
    } else {
      ::execl(SECURE_RUNTIME, SECURE_RUNTIME, "run", "--json", "--policy", policy.c_str(), entry.c_str(), nullptr);
    }
    ::_exit(127);
  }
  ::close(ends[1]);
  Outcome outcome;
  char bytes[4096];
  for (ssize_t n; (n = ::read(ends[0], bytes, sizeof bytes)) > 0;) outcome.text.append(bytes, static_cast<size_t>(n));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

void takeAway(const Lack& lack) {
  scmp_filter_ctx filter = ::seccomp_init(SCMP_ACT_ALLOW);
  if (::seccomp_rule_add_exact_array(filter, SCMP_ACT_ERRNO(static_cast<unsigned>(lack.error)), lack.number,
                                     static_cast<unsigned>(lack.when.size()), lack.when.data()) != 0 ||
      ::seccomp_load(filter) != 0)
    ::_exit(126);
}

scmp_arg_cmp first(uint64_t value) { return {0, SCMP_CMP_EQ, value, 0}; }
scmp_arg_cmp second(uint64_t value) { return {1, SCMP_CMP_EQ, value, 0}; }

}  // namespace

BOOST_AUTO_TEST_CASE(whereARequiredLayerIsMissingNothingRuns) {
  const Scratch scratch;
  std::vector<Lack> lacks{
      {"namespaces", SCMP_SYS(clone3), {}, ENOSYS, "cannot make a process in namespaces of its own"},
      {"mounts", SCMP_SYS(fsopen), {}, EPERM, "make an empty root"},
      {"pivot_root", SCMP_SYS(pivot_root), {}, EPERM, "make an empty root"},
      {"capability sets", SCMP_SYS(capset), {}, EPERM, "give up all capabilities"},
      {"bounding set", SCMP_SYS(prctl), {first(PR_CAPBSET_DROP)}, EPERM, "give up all capabilities"},
      {"no_new_privs", SCMP_SYS(prctl), {first(PR_SET_NO_NEW_PRIVS)}, EINVAL, "forbid new privileges"},
      {"dumpable", SCMP_SYS(prctl), {first(PR_SET_DUMPABLE)}, EINVAL, "hide from tracers"},
      {"death signal", SCMP_SYS(prctl), {first(PR_SET_PDEATHSIG)}, EINVAL, "end with the supervisor"},
      {"seccomp", SCMP_SYS(seccomp), {}, ENOSYS, "install the system-call filter"},
      {"core limit", SCMP_SYS(prlimit64), {second(RLIMIT_CORE)}, EPERM, "set resource limits"},
      {"descriptors", SCMP_SYS(close_range), {}, ENOSYS, "keep exactly the listed descriptors"},
  };
  // Root makes six of them once it has executed the zygote.
  if (::geteuid() == 0) lacks.push_back({"further namespaces", SCMP_SYS(unshare), {}, EPERM, "enter namespaces"});
  AttackRow row{"missing layers", "each required one taken from the host", 0, 0,
                "nothing runs, exit 3, with the reason"};
  for (const Lack& lack : lacks) {
    const Outcome outcome = run(scratch, [&lack] { takeAway(lack); });
    const bool refused = outcome.status == 3 && outcome.text.contains(lack.reason) && !outcome.text.contains("ran");
    BOOST_TEST(refused, lack.what << ": exit " << outcome.status << ": " << outcome.text);
    ++row.tried;
    if (refused) ++row.refused;
  }
  runtime::tests::report(row);
}

BOOST_AUTO_TEST_CASE(whatAnOptionalLayerIsNotIsSaid) {
  const Scratch scratch;
  const std::vector<Lack> lacks{
      {"Landlock", SCMP_SYS(landlock_create_ruleset), {}, ENOSYS, "landlock"},
      {"keyrings", SCMP_SYS(keyctl), {first(KEYCTL_JOIN_SESSION_KEYRING)}, ENOSYS, "keyring"},
      {"MDWE", SCMP_SYS(prctl), {first(PR_SET_MDWE)}, EINVAL, "mdwe"},
      {"store bypass", SCMP_SYS(prctl), {first(PR_SET_SPECULATION_CTRL)}, ENODEV, "storeBypassDisabled"},
  };
  for (const Lack& lack : lacks) {
    const Outcome outcome = run(scratch, [&lack] { takeAway(lack); }, false);
    BOOST_REQUIRE_MESSAGE(outcome.status == 0, lack.what << ": exit " << outcome.status << ": " << outcome.text);
    const auto result = nlohmann::json::parse(outcome.text);
    const auto& layer = result["confinement"][lack.reason];
    BOOST_TEST((layer == false || layer == 0), lack.what);
    BOOST_TEST(result["stdout"] == "ran\n");
  }
  // And where it is there it is in force: the same job on this host as it is.
  const Outcome whole = run(scratch, [] {}, false);
  BOOST_REQUIRE_EQUAL(whole.status, 0);
  const auto result = nlohmann::json::parse(whole.text);
  BOOST_TEST(result["confinement"]["mdwe"] == true);
}

// Started with fewer descriptors than it needs, or none left to give: it says so and ends.
BOOST_AUTO_TEST_CASE(withoutDescriptorsItSaysSo) {
  const Scratch scratch;
  const Outcome outcome = run(scratch, [] {
    const rlimit few{6, 6};
    ::setrlimit(RLIMIT_NOFILE, &few);
  });
  BOOST_TEST(outcome.status != 0);
  BOOST_TEST(outcome.status != -1);  // it ended by itself
  BOOST_TEST(!outcome.text.contains("\"ran"));
  BOOST_TEST(!outcome.text.empty());
}
