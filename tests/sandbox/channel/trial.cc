#define BOOST_TEST_MODULE attack_channel
#include "tests/sandbox/channel/trial.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <iostream>

#include "tests/sandbox/report/attack_report.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHANNEL_SANITIZED 1
#endif
#endif

namespace runtime::tests {
namespace {

constexpr double kMaxGrowthMib = 32;
constexpr double kSlowMs = 100;

std::string joined(const Arguments& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())))];
}

// Made before the first test, taken down after the last.
struct Stage {
  static inline std::unique_ptr<Scene> scene;
  static inline std::vector<double> deathsMs;

  void setup() { scene = std::make_unique<Scene>(); }
  void teardown() {
    const Completion neighbour = scene->neighbour().end();
    BOOST_TEST(neighbour.has_value());
    if (neighbour) {
      BOOST_TEST(name(neighbour->verdict) == "exit", neighbour->reason);
      BOOST_TEST(neighbour->exitCode == 0);
    }
    const double growth = scene->memory().takeMib() - scene->idleMib();
    growthMib = std::max(growthMib, growth);
#ifndef CHANNEL_SANITIZED
    BOOST_TEST(growthMib <= kMaxGrowthMib);
#endif
    reportFigures();
    scene = nullptr;
  }

  static void reportFigures() {
    report(AttackFigure{"channel: the supervisor's memory over idle, at most", growthMib, kMaxGrowthMib, "MiB"});
    report(AttackFigure{"channel: from the offence to the verdict, p99", percentile(deathsMs, 0.99), kSlowMs, "ms"});
    const auto calls = scene->neighbour().callsNs();
    const auto quiet = calls.find("quiet");
    if (quiet == calls.end()) return;
    const double quietNs = percentile(quiet->second, 0.5);
    std::cout << "neighbour, quiet: " << quiet->second.size() << " calls, p50 " << quietNs / 1e3 << " us, p99 "
              << percentile(quiet->second, 0.99) / 1e3 << " us\n";
    for (const auto& [what, values] : calls) {
      if (what == "quiet" || what == "start") continue;
      const double median = percentile(values, 0.5), tail = percentile(values, 0.99);
      std::cout << "neighbour, " << what << ": " << values.size() << " calls, p50 " << median / 1e3 << " us, p99 "
                << tail / 1e3 << " us\n";
      report(AttackFigure{"channel: a neighbour's call beside " + what + ", p50 over quiet", median / quietNs, 2, "x"});
      report(AttackFigure{"channel: a neighbour's call beside " + what + ", p99", tail / 1e6, 10, "ms"});
    }
    std::cout << "offence to verdict: " << deathsMs.size() << " deaths, p50 " << percentile(deathsMs, 0.5)
              << " ms, p99 " << percentile(deathsMs, 0.99) << " ms; memory over idle " << growthMib << " MiB\n";
  }

  static inline double growthMib = 0;
};

}  // namespace

Scene& scene() { return *Stage::scene; }

Row::Row(std::string attack) : attack_(std::move(attack)) {}

Row::~Row() { report(AttackRow{"channel", attack_, tried_, refused_, detail_}); }

void Row::expect(Arguments attack, End end, std::chrono::milliseconds wall) {
  const std::string name = joined(attack);
  const Ran ran = scene().run(std::move(attack), wall);
  judge(name, ran, end);
}

void Row::expectEarly(const std::string& attack, End end) { judge(attack, scene().runEarly(attack), end); }

void Row::judge(const std::string& name, const Ran& ran, End end) {
  ++tried_;
  const bool neighbourWorks = scene().neighbour().works();
  BOOST_TEST(neighbourWorks, name << ": the neighbour gets no answers");
  const double peak = scene().memory().takeMib() - scene().idleMib();
  if (peak > Stage::growthMib + 1) std::cout << name << ": memory over idle " << peak << " MiB\n";
  Stage::growthMib = std::max(Stage::growthMib, peak);
  if (ran.deathMs && end.verdict == "violation") {
    Stage::deathsMs.push_back(*ran.deathMs);
    if (*ran.deathMs > kSlowMs) std::cout << name << ": " << *ran.deathMs << " ms from the offence to the verdict\n";
  }
  if (!ran.completion) {
    BOOST_TEST(false, name << ": " << ran.completion.error().message);
    return;
  }
  const Result& result = *ran.completion;
  const bool as = runtime::name(result.verdict) == end.verdict && (end.reason.empty() || result.reason == end.reason) &&
                  (end.exitCode < 0 || result.exitCode == end.exitCode);
  BOOST_TEST(as, name << ": " << runtime::name(result.verdict) << " " << result.exitCode << ", " << result.reason
                      << "; expected " << end.verdict << ", " << end.reason << "; it said "
                      << result.standardOutput.substr(0, 300));
  if (as && neighbourWorks) ++refused_;
  if (!as && detail_.empty()) detail_ = name + ": " + std::string(runtime::name(result.verdict)) + ", " + result.reason;
}

BOOST_TEST_GLOBAL_FIXTURE(Stage);

}  // namespace runtime::tests
