#include "tests/sandbox/faults/crowd.h"

#include <stdlib.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <format>
#include <fstream>
#include <mutex>
#include <system_error>
#include <thread>

namespace runtime::tests {
namespace {

namespace filesystem = std::filesystem;

// Each ends with a line that says which it was.
constexpr std::array<std::string_view, 6> kPrograms = {
    "",
    "import fs from 'runtime:fs';\nfor (let i = 0; i < 100; ++i) fs.statSync('/g/file');\n",
    "for (let i = 0; i < 200; ++i) console.log(`${i} ${'x'.repeat(100)}`);\n",
    "let sum = 0;\nfor (let i = 0; i < 3000000; ++i) sum = (sum + i * i) % 1000003;\n",
    "await new Promise((done) => setTimeout(done, 15));\n",
    "import fs from 'runtime:fs';\nconst folder = fs.mkdtempSync('/g/t-');\n"
    "for (let i = 0; i < 10; ++i) fs.writeFileSync(`${folder}/${i}`, 'x'.repeat(1000));\n"
    "fs.rmSync(folder, { recursive: true });\n"};

std::string nameOf(size_t index) { return std::to_string(index % kPrograms.size()) + ".mjs"; }

// How one job ended, in one of the ways that Ends names.
void judge(Ends& ends, size_t index, const Completion& completion) {
  if (!completion) {
    const Fault& fault = completion.error();
    if (fault.exitCode == 3 && fault.message.contains("zygote")) {
      ++ends.notBegun;
    } else {
      ends.wrong.push_back(std::format("fault {}: {}", fault.exitCode, fault.message));
    }
    return;
  }
  const std::string whole = Programs::output(index);
  const bool begins = whole.starts_with(completion->standardOutput);
  const bool lost = completion->reason.contains("was lost") || completion->reason.contains("was killed from outside");
  if (completion->verdict == Verdict::kOk && completion->standardOutput == whole) {
    ++ends.whole;
  } else if (completion->verdict == Verdict::kInternalError && lost && begins) {
    ++ends.cutShort;
  } else if (completion->verdict == Verdict::kCancelled && begins) {
    ++ends.cancelled;
  } else {
    ends.wrong.push_back(
        std::format("{}: {} {} with {} bytes of output {}", nameOf(index), name(completion->verdict),
                    completion->reason, completion->standardOutput.size(),
                    completion->exception ? completion->exception->message : completion->standardError));
  }
}

struct Tally {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<int> completions;
  size_t running = 0;
  Ends ends;
};

}  // namespace

Programs::Programs() {
  std::string pattern = filesystem::temp_directory_path() / "attack-faults-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
  folder_ = filesystem::canonical(pattern);
  // An ordinary user may be the one who runs them.
  filesystem::permissions(folder_, filesystem::perms::all);
  for (const char* name : {"program", "granted"}) {
    filesystem::create_directory(folder_ / name);
    filesystem::permissions(folder_ / name, filesystem::perms::all);
  }
  std::ofstream(folder_ / "granted/file") << "content";
  for (size_t i = 0; i < kPrograms.size(); ++i) {
    std::ofstream(folder_ / "program" / nameOf(i)) << kPrograms[i] << "console.log('end of " << nameOf(i) << "');\n";
  }
  std::ofstream(folder_ / "policy.toml") << "version = 1\n[limits]\nwall = \"1m\"\ncpu = \"1m\"\n[modules]\nroot = "
                                            "\"program\"\n[[grant]]\nto = \"**\"\nfs = [{ path = \"granted\", at = "
                                            "\"/g\", rights = [\"read\", \"write\", \"create\", \"delete\"] }]\n";
}

Programs::~Programs() {
  std::error_code ignored;
  filesystem::remove_all(folder_, ignored);
}

std::string Programs::entry(size_t index) const { return folder_ / "program" / nameOf(index); }

Job Programs::job(size_t index) const {
  Job job;
  job.policy = PolicyFile{policy()};
  job.entry = entry(index);
  return job;
}

std::string Programs::output(size_t index) {
  std::string text;
  if (index % kPrograms.size() == 2) {
    for (int i = 0; i < 200; ++i) text += std::format("{} {}\n", i, std::string(100, 'x'));
  }
  return text + "end of " + nameOf(index) + "\n";
}

std::unique_ptr<Runtime> makeRuntime(std::string zygote) {
  auto made = Runtime::create({.zygote = std::move(zygote)});
  BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().message));
  return std::move(*made);
}

std::string Ends::text() const {
  return std::format("{} jobs: {} whole, {} cut short, {} not begun, {} cancelled, {} wrong{}", jobs, whole, cutShort,
                     notBegun, cancelled, wrong.size(), wrong.empty() ? "" : ", first " + wrong.front());
}

Ends runCrowd(Runtime& runtime, const Programs& programs, size_t jobs, size_t width,
              const std::function<void()>& disturb) {
  return runCrowd(runtime, programs, jobs, width, disturb, [](JobId) {});
}

Ends runCrowd(Runtime& runtime, const Programs& programs, size_t jobs, size_t width,
              const std::function<void()>& disturb, const std::function<void(JobId)>& started) {
  auto tally = std::make_shared<Tally>();
  tally->completions.resize(jobs);
  std::atomic<bool> over{false};
  std::thread disturber([&] {
    while (!over) disturb();
  });
  for (size_t i = 0; i < jobs; ++i) {
    {
      std::unique_lock lock(tally->mutex);
      tally->changed.wait(lock, [&] { return tally->running < width; });
      ++tally->running;
    }
    const JobId id = runtime.start(programs.job(i), [tally, i](Completion completion) {
      const std::lock_guard lock(tally->mutex);
      if (++tally->completions[i] > 1) tally->ends.wrong.push_back("a job completed twice");
      judge(tally->ends, i, completion);
      --tally->running;
      tally->changed.notify_all();
    });
    started(id);
  }
  std::unique_lock lock(tally->mutex);
  const bool all = tally->changed.wait_for(lock, std::chrono::seconds(90), [&] { return tally->running == 0; });
  lock.unlock();
  over = true;
  disturber.join();
  lock.lock();
  Ends ends = tally->ends;
  ends.jobs = jobs;
  if (!all) ends.wrong.push_back(std::format("{} jobs never completed", tally->running));
  BOOST_TEST_MESSAGE(ends.text());
  return ends;
}

}  // namespace runtime::tests
