// Every bomb ends with its verdict, whoever else runs; the supervisor and a neighbour notice nothing.
#define BOOST_TEST_MODULE attack_limits
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "tests/sandbox/limits/bomb.h"
#include "tests/sandbox/report/attack_report.h"

namespace runtime::tests {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

// What a job prints that has nothing to do with the bomb beside it: it computes, reads, and waits for timers.
constexpr std::string_view kNeighbour = R"(
import fs from 'runtime:fs';
let sum = 0;
for (let i = 0; i < 20; i++) {
  sum += fs.readFileSync('/data/file').length + (await fs.promises.readFile('/data/file')).reduce((a, b) => a + b, 0);
  await new Promise((resolve) => setTimeout(resolve, 1));
}
console.log(sum);
)";
constexpr size_t kFileBytes = 100'000;
constexpr size_t kLetter = 'x';
constexpr size_t kNeighbourSum = 20 * (kFileBytes + kFileBytes * kLetter);

// A running job, and the moment its completion was delivered.
struct Running {
  JobId id = 0;
  Clock::time_point started;
  std::promise<std::pair<Completion, Clock::time_point>> promise;
  std::future<std::pair<Completion, Clock::time_point>> end = promise.get_future();
};

struct Fixture {
  Fixture() {
    signal(SIGPIPE, SIG_IGN);
    std::string pattern = std::filesystem::temp_directory_path() / "attack-limits-XXXXXX";
    BOOST_REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    std::filesystem::create_directory(data());
    std::ofstream(data() / "file") << std::string(kFileBytes, char{kLetter});
    std::ofstream(folder / "neighbour.mjs") << kNeighbour;
    auto made = Runtime::create({.zygote = ZYGOTE});
    BOOST_REQUIRE(made.has_value());
    runtime = std::move(*made);
  }
  ~Fixture() {
    runtime.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  std::filesystem::path data() const { return folder / "data"; }

  std::unique_ptr<Running> start(Job job) {
    auto running = std::make_unique<Running>();
    running->started = Clock::now();
    running->id = runtime->start(std::move(job), [at = running.get()](Completion completion) {
      at->promise.set_value({std::move(completion), Clock::now()});
    });
    return running;
  }

  std::unique_ptr<Running> startNeighbour() {
    Bomb neighbour;
    neighbour.file = folder / "neighbour.mjs";
    return start(neighbour.job({"64MiB", "60s", "60s", "true"}, data()));
  }

  static bool isCorrect(const Completion& neighbour) {
    return neighbour && neighbour->verdict == Verdict::kOk &&
           neighbour->standardOutput == std::to_string(kNeighbourSum) + "\n";
  }

  std::filesystem::path folder;
  std::unique_ptr<Runtime> runtime;
};

std::string describe(const Completion& completion) {
  if (!completion) return "fault: " + completion.error().message;
  const Result& result = *completion;
  return std::string(name(result.verdict)) + " " + result.reason +
         (result.exception ? result.exception->name + ": " + result.exception->message.substr(0, 200) : "") +
         (result.standardOutput.empty() ? "" : ", it printed " + result.standardOutput.substr(0, 200));
}

bool isRight(const Bomb& bomb, const Completion& completion) {
  return completion && name(completion->verdict) == bomb.verdict &&
         (bomb.verdict != "ok" || completion->standardOutput == bomb.prints);
}

double residentMib() {
  std::ifstream statm("/proc/self/statm");
  size_t size = 0, resident = 0;
  statm >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

double percentile99(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? 0 : values[(values.size() * 99 + 99) / 100 - 1];
}

const std::vector<Bomb>& bombs() {
  static const std::vector<Bomb> all = readBombs(BOMBS);
  return all;
}

// Those that go on until a deadline ends them.
std::vector<Bomb> endless() {
  std::vector<Bomb> out;
  std::ranges::copy_if(bombs(), std::back_inserter(out), [](const Bomb& b) { return b.verdict == "wall-limit"; });
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(limits, Fixture)

BOOST_AUTO_TEST_CASE(every_bomb_ends_with_its_verdict_and_its_neighbour_is_right) {
  // The tables and buffers that any job makes the supervisor have.
  BOOST_REQUIRE(isCorrect(startNeighbour()->end.get().first));
  const double before = residentMib();
  std::map<std::string, AttackRow> rows;
  AttackRow neighbours{"limits", "a neighbour of each, which must give its answer", 0, 0, ""};
  for (const Bomb& bomb : bombs()) {
    if (bomb.onlyLong && !longForm()) continue;
    AttackRow& row = rows.try_emplace(bomb.kind, AttackRow{"limits", "bombs: " + bomb.kind, 0, 0, ""}).first->second;
    // The first setting is the quick one.
    const size_t settings = longForm() ? bomb.settings.size() : 1;
    for (size_t i = 0; i < settings; ++i) {
      const Setting& setting = bomb.settings[i];
      const auto neighbour = startNeighbour();
      const auto running = start(bomb.job(setting, data()));
      const Completion ended = running->end.get().first;
      const Completion beside = neighbour->end.get().first;
      const std::string what = bomb.name + ", memory " + setting.memory + ", jit " + setting.jit + ": ";
      BOOST_TEST(isRight(bomb, ended), what << describe(ended));
      BOOST_TEST(isCorrect(beside), what << "its neighbour: " << describe(beside));
      ++row.tried;
      ++neighbours.tried;
      if (isRight(bomb, ended)) {
        ++row.refused;
      } else {
        row.detail += what + describe(ended) + "; ";
      }
      if (isCorrect(beside)) ++neighbours.refused;
    }
  }
  for (auto& [kind, row] : rows) {
    if (row.detail.empty()) row.detail = "each with its own verdict";
    report(row);
  }
  neighbours.detail = "all correct";
  report(neighbours);
  const double grown = residentMib() - before;
  // What one job may cost in replies and output, many times over: nothing is kept of each.
  BOOST_TEST(grown < 64);
  report(AttackFigure{"supervisor's memory after all bombs, grown by", grown, 64, "MiB"});
}

BOOST_AUTO_TEST_CASE(a_deadline_is_kept) {
  // The start of the zygote is no part of a job.
  BOOST_REQUIRE(isCorrect(startNeighbour()->end.get().first));
  std::vector<double> overshoot;
  AttackRow row{"limits", "deadline over whatever runs", 0, 0, "wall-limit"};
  for (int turn = 0; turn < (longForm() ? 10 : 1); ++turn) {
    for (const Bomb& bomb : endless()) {
      Setting setting = bomb.settings[0];
      setting.wall = "100ms";
      const auto running = start(bomb.job(setting, data()));
      const auto [ended, at] = running->end.get();
      // From the request, so what it took to start the worker is in it.
      overshoot.push_back(Milliseconds(at - running->started).count() - 100);
      const bool right = ended && ended->verdict == Verdict::kWallLimit;
      BOOST_TEST(right, bomb.name << ": " << describe(ended));
      BOOST_TEST_MESSAGE(bomb.name << ": " << overshoot.back() << " ms");
      BOOST_TEST(overshoot.back() >= 0);
      ++row.tried;
      row.refused += right;
    }
  }
  report(row);
  report(AttackFigure{"deadline overshoot, p99", percentile99(overshoot), 100, "ms"});
}

BOOST_AUTO_TEST_CASE(a_job_is_cancelled_at_once) {
  std::vector<double> took;
  AttackRow row{"limits", "cancelled whatever runs", 0, 0, "cancelled"};
  for (int turn = 0; turn < (longForm() ? 10 : 1); ++turn) {
    for (const Bomb& bomb : endless()) {
      Setting setting = bomb.settings[0];
      setting.wall = "60s";
      const auto running = start(bomb.job(setting, data()));
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
      const auto asked = Clock::now();
      runtime->cancel(running->id);
      const auto [ended, at] = running->end.get();
      took.push_back(Milliseconds(at - asked).count());
      const bool right = ended && ended->verdict == Verdict::kCancelled;
      BOOST_TEST(right, bomb.name << ": " << describe(ended));
      BOOST_TEST_MESSAGE(bomb.name << ": " << took.back() << " ms");
      ++row.tried;
      row.refused += right;
    }
  }
  report(row);
  report(AttackFigure{"cancelled, p99", percentile99(took), 50, "ms"});
}

BOOST_AUTO_TEST_CASE(cpu_time_is_sampled_below_a_second) {
  std::vector<double> over;
  AttackRow row{"limits", "CPU time of 50 to 400 ms", 0, 0, "cpu-limit"};
  for (const Bomb& bomb : bombs()) {
    if (bomb.verdict != "cpu-limit") continue;
    for (const int limit : {50, 100, 200, 400}) {
      Setting setting = bomb.settings[0];
      setting.cpu = std::to_string(limit) + "ms";
      const auto ended = start(bomb.job(setting, data()))->end.get().first;
      const bool right = ended && ended->verdict == Verdict::kCpuLimit;
      BOOST_TEST(right, bomb.name << ", " << limit << " ms: " << describe(ended));
      ++row.tried;
      row.refused += right;
      if (right) over.push_back(static_cast<double>(ended->usage.cpuNs) / 1e6 - limit);
    }
  }
  BOOST_TEST(row.tried > 0);
  report(row);
  report(AttackFigure{"CPU time over its limit, p99", percentile99(over), 100, "ms"});
}

// Jobs that flood the supervisor all at once, and one beside them that counts.
BOOST_AUTO_TEST_CASE(a_neighbour_is_served_while_others_flood) {
  const double before = residentMib();
  double most = before;
  std::vector<std::unique_ptr<Running>> floods;
  for (const Bomb& bomb : bombs()) {
    if (bomb.kind != "calls") continue;
    Setting setting = bomb.settings[0];
    setting.wall = longForm() ? "20s" : "2s";
    floods.push_back(start(bomb.job(setting, data())));
  }
  BOOST_TEST(floods.size() > 3);
  std::vector<double> took;
  AttackRow row{"limits", "a neighbour of many floods at once, which must give its answer", 0, 0, "all correct"};
  const auto until = Clock::now() + std::chrono::milliseconds(longForm() ? 15'000 : 1'500);
  do {
    const auto neighbour = startNeighbour();
    const auto [ended, at] = neighbour->end.get();
    BOOST_TEST(isCorrect(ended), describe(ended));
    took.push_back(Milliseconds(at - neighbour->started).count());
    ++row.tried;
    row.refused += isCorrect(ended);
    most = std::max(most, residentMib());
  } while (Clock::now() < until);
  for (const auto& flood : floods) runtime->cancel(flood->id);
  for (const auto& flood : floods) flood->end.get();
  // Each flood may have its open calls, a MiB of unsent replies, and what a reply is made of.
  const double atMost = 8.0 * static_cast<double>(floods.size());
  BOOST_TEST(most - before < atMost);
  report(row);
  report(AttackFigure{"supervisor's memory under floods, grown by", most - before, atMost, "MiB"});
  report(AttackFigure{"a job of 40 reads beside " + std::to_string(floods.size()) + " floods, p99", percentile99(took),
                      5'000, "ms"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::tests
