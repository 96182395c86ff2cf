// What a process needs is not to be had: descriptors, processes, memory, pipes, disk, the zygote's executable.
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <format>
#include <fstream>
#include <mutex>
#include <thread>

#include "tests/sandbox/faults/command.h"
#include "tests/sandbox/faults/crowd.h"
#include "tests/sandbox/faults/processes.h"
#include "tests/sandbox/report/attack_report.h"

namespace runtime::tests {
namespace {

// An account that is nobody's: what is counted for it is this test's alone.
constexpr uid_t kNobodysUid = 64'512;

bool become(uid_t uid) {
  return ::setgroups(0, nullptr) == 0 && ::setresgid(uid, uid, uid) == 0 && ::setresuid(uid, uid, uid) == 0 &&
         ::prctl(PR_SET_DUMPABLE, 1) == 0;
}

template <typename Resource>
bool limit(Resource resource, rlim_t value) {
  const rlimit limits{value, value};
  return ::setrlimit(resource, &limits) == 0;
}

std::vector<std::string> lineOf(const Programs& programs, size_t index) {
  return {"run", "--policy", programs.policy(), programs.entry(index)};
}

// A run ends well, or says clearly why not: never by a signal, never as a bug of ours.
struct Trial {
  size_t tried = 0, clear = 0, ran = 0, refused = 0;

  // `reasons`: of which one is part of what is said where it does not end well.
  void judge(const std::string& what, Command& command, const std::string& output,
             const std::vector<std::string>& reasons) {
    ++tried;
    const auto status = command.wait();
    const std::string said = command.standardError();
    const bool worked = status == 0 && command.standardOutput() == output;
    // 1: the job had begun, and the program met the lack: an import or a call of its own failed.
    // 2: the entry or a granted folder could not even be opened. Both say why.
    const bool told = (status == 3 || status == 2 || status == 1) &&
                      std::ranges::any_of(reasons, [&](const std::string& reason) { return said.contains(reason); });
    ran += worked ? 1 : 0;
    refused += status == 3 ? 1 : 0;
    clear += worked || told ? 1 : 0;
    BOOST_TEST((worked || told), what << ": status " << status.value_or(-1) << ", " << said);
    BOOST_TEST_MESSAGE(what << ": " << status.value_or(-1) << " " << said);
    BOOST_TEST(nothingIsLeft(std::chrono::seconds(5)), what << ": a process is left");
  }

  void tell(const char* attack) const {
    report(AttackRow{.area = "faults",
                     .attack = attack,
                     .tried = tried,
                     .refused = clear,
                     .detail = std::format("{} ran, {} ended with exit code 3 and a reason", ran, refused)});
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(few_descriptors) {
  const Programs programs;
  Trial trial;
  for (rlim_t count = 3; count <= 40; count += longForm() || count < 12 ? 1 : 3) {
    Command command(lineOf(programs, 5), [&] { return limit(RLIMIT_NOFILE, count); });
    trial.judge(std::format("{} descriptors", count), command, Programs::output(5), {"oo many open files"});
  }
  BOOST_TEST(trial.ran > 0u);
  BOOST_TEST(trial.refused > 0u);
  trial.tell("few descriptors");
}

// A Runtime whose process has none left for one more job refuses that job, and those that run go on.
BOOST_AUTO_TEST_CASE(descriptors_run_out_beside_running_jobs) {
  const Programs programs;
  const auto runtime = makeRuntime();
  BOOST_REQUIRE(runtime->run(programs.job(1)).has_value());
  std::ofstream(programs.folder() / "program/wait.mjs")
      << "await new Promise((done) => setTimeout(done, 2500));\nconsole.log('waited');\n";
  std::vector<Completion> waited;
  std::mutex mutex;
  constexpr size_t kWaiting = 4;
  for (size_t i = 0; i < kWaiting; ++i) {
    Job job = programs.job(0);
    job.entry = programs.folder() / "program/wait.mjs";
    runtime->start(std::move(job), [&](Completion completion) {
      const std::lock_guard lock(mutex);
      waited.push_back(std::move(completion));
    });
  }
  BOOST_REQUIRE(eventually(std::chrono::seconds(20), [] { return ownWorkers().size() == kWaiting; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));

  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  // As many as a job needs at each of its steps are left in turn.
  size_t refused = 0, ran = 0;
  for (rlim_t spare = 0; spare <= 24; ++spare) {
    rlimit low = before;
    int highest = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      highest = std::max(highest, std::stoi(entry.path().filename()));
    }
    std::vector<os::UniqueFd> fill;
    low.rlim_cur = static_cast<rlim_t>(highest) + 1 + spare;
    ::setrlimit(RLIMIT_NOFILE, &low);
    while (true) {
      os::UniqueFd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
      if (!fd) break;
      fill.push_back(std::move(fd));
    }
    for (rlim_t i = 0; i < spare && !fill.empty(); ++i) fill.pop_back();
    const Completion completion = runtime->run(programs.job(5));
    ::setrlimit(RLIMIT_NOFILE, &before);
    fill.clear();
    if (!completion) {
      ++refused;
      BOOST_TEST((completion.error().exitCode == 3 || completion.error().exitCode == 2),
                 spare << " spare: " << completion.error().message);
    } else {
      const bool told = completion->verdict == Verdict::kOk || completion->verdict == Verdict::kException;
      BOOST_TEST(told, spare << " spare: " << name(completion->verdict) << " " << completion->reason);
      ran += completion->verdict == Verdict::kOk ? 1 : 0;
    }
    BOOST_TEST_MESSAGE(spare << " spare: "
                             << (completion ? std::string(name(completion->verdict)) + " " +
                                                  (completion->exception ? completion->exception->message : "")
                                            : completion.error().message));
  }
  BOOST_TEST(refused > 0u);
  BOOST_TEST(ran > 0u);
  BOOST_TEST(eventually(std::chrono::seconds(20), [&] {
    const std::lock_guard lock(mutex);
    return waited.size() == kWaiting;
  }));
  size_t unharmed = 0;
  for (const Completion& completion : waited) {
    BOOST_REQUIRE(completion.has_value());
    BOOST_TEST(completion->standardOutput == "waited\n", completion->reason);
    unharmed += completion->standardOutput == "waited\n" ? 1 : 0;
  }
  report(AttackRow{.area = "faults",
                   .attack = "descriptors run out beside running jobs",
                   .tried = kWaiting,
                   .refused = unharmed,
                   .detail = std::format("neighbours unharmed; of the others {} refused, {} ran", refused, ran)});
}

// EAGAIN from fork and from making threads. Root is above this limit, so it becomes an account that is nobody's.
BOOST_AUTO_TEST_CASE(few_processes) {
  const Programs programs;
  Trial trial;
  const bool root = ::geteuid() == 0;
  for (rlim_t count = 1; count <= (root ? 12 : 1); ++count) {
    Command command(lineOf(programs, 5), [&] { return limit(RLIMIT_NPROC, count) && (!root || become(kNobodysUid)); });
    trial.judge(std::format("{} processes", count), command, Programs::output(5), {""});
  }
  if (root) BOOST_TEST(trial.ran > 0u);
  BOOST_TEST(trial.clear == trial.tried);
  trial.tell("few processes and threads");
}

BOOST_AUTO_TEST_CASE(little_memory) {
  const Programs programs;
  Trial trial;
  for (const rlim_t mebibytes : {64, 96, 128, 256, 512, 1024}) {
    Command command(lineOf(programs, 2), [&] { return limit(RLIMIT_AS, mebibytes << 20); });
    trial.judge(std::format("{} MiB of addresses", mebibytes), command, Programs::output(2),
                {"zygote", "no thread can be made"});
  }
  BOOST_TEST(trial.refused > 0u);
  trial.tell("little memory");
}

// A user's share of pipe buffers is used up by others: pipes of two pages must do.
BOOST_AUTO_TEST_CASE(pipe_buffers_are_used_up) {
  const Programs programs;
  std::ofstream(programs.folder() / "granted/large") << std::string(10 << 20, 'x');
  std::ofstream(programs.folder() / "program/large.mjs")
      << "import fs from 'runtime:fs';\nconst bytes = fs.readFileSync('/g/large');\n"
         "fs.writeFileSync('/g/t-copy', bytes);\nconsole.log(bytes.length, fs.statSync('/g/t-copy').size);\n";
  Trial trial;
  const bool root = ::geteuid() == 0;
  std::vector<std::string> line = lineOf(programs, 0);
  line.back() = programs.folder() / "program/large.mjs";
  Command command(line, [&] {
    if (root && !become(kNobodysUid)) return false;
    // They stay open in the command, which does not know of them.
    for (int i = 0; i < 200; ++i) {
      int ends[2];
      if (::pipe(ends) != 0) return false;  // NOLINT(android-cloexec-pipe)
      if (::fcntl(ends[0], F_SETPIPE_SZ, 1 << 20) < 0) return true;
    }
    return true;
  });
  trial.judge("pipe buffers", command, "10485760 10485760\n", {""});
  BOOST_TEST(trial.ran == 1u);
  trial.tell("pipe buffers used up");
}

// An audit log that cannot be written ends the job: nothing goes on unrecorded.
BOOST_AUTO_TEST_CASE(no_room_for_the_audit_log) {
  const Programs programs;
  std::ofstream(programs.folder() / "program/audited.mjs")
      << "import fs from 'runtime:fs';\nfor (let i = 0; ; ++i) { try { fs.statSync(`/g/${i}`); } catch {} }\n";
  Command command({"run", "--policy", programs.policy(), "--audit", programs.folder() / "audit.jsonl",
                   programs.folder() / "program/audited.mjs"},
                  [] { return limit(RLIMIT_FSIZE, 4 << 20); });
  const auto status = command.wait();
  BOOST_TEST(status.value_or(-1) == 70);
  BOOST_TEST(command.standardError().contains("the audit log could not be written"), command.standardError());
  BOOST_TEST(nothingIsLeft(std::chrono::seconds(5)));
  report(AttackRow{.area = "faults",
                   .attack = "no room for the audit log",
                   .tried = 1,
                   .refused = status == 70 ? 1U : 0U,
                   .detail = "internal-error, and nothing went on unrecorded"});
}

BOOST_AUTO_TEST_CASE(a_zygote_that_is_none) {
  const Programs programs;
  const auto& folder = programs.folder();
  std::filesystem::copy_file(ZYGOTE, folder / "part");
  std::filesystem::resize_file(folder / "part", 64 << 10);
  std::ofstream(folder / "text") << "not a program\n";
  std::ofstream(folder / "empty") << "";
  std::ofstream(folder / "script") << "#!/bin/sh\nexit 0\n";
  std::filesystem::copy_file(ZYGOTE, folder / "unexecutable");
  for (const char* name : {"part", "text", "empty", "script"}) {
    std::filesystem::permissions(folder / name, std::filesystem::perms::all);
  }
  std::filesystem::permissions(folder / "unexecutable", std::filesystem::perms::owner_read);
  const std::vector<std::string> zygotes = {
      folder / "missing", folder / "part",         folder / "text", folder / "empty",
      folder / "script",  folder / "unexecutable", folder,          STRANGER_ZYGOTE};
  size_t told = 0;
  for (const std::string& zygote : zygotes) {
    const Holdings before = holdings();
    {
      const auto runtime = makeRuntime(zygote);
      for (int i = 0; i < 3; ++i) {
        const Completion completion = runtime->run(programs.job(0));
        const bool refused = !completion && completion.error().exitCode == 3 &&
                             completion.error().code == "confinement" && !completion.error().message.empty();
        BOOST_TEST(refused, zygote);
        told += refused ? 1 : 0;
        if (i == 0 && !completion) BOOST_TEST_MESSAGE(zygote << ": " << completion.error().message);
      }
    }
    Holdings after;
    BOOST_TEST(eventually(std::chrono::seconds(10),
                          [&] {
                            after = holdings();
                            return after.within(before);
                          }),
               zygote << ": " << before.text() << "; " << after.text());
  }
  report(AttackRow{.area = "faults",
                   .attack = "zygote executable missing, corrupt, of another build",
                   .tried = 3 * zygotes.size(),
                   .refused = told,
                   .detail = "exit code 3 with a reason"});
}

}  // namespace runtime::tests
