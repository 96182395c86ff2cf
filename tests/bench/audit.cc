// How fast a log is judged.
#include <filesystem>
#include <format>
#include <fstream>
#include <stdexcept>

#include "supervisor/audit/file.h"
#include "supervisor/audit/verify.h"
#include "tests/bench/runtime_bench.h"

namespace runtime::bench {
namespace {

constexpr size_t kBatch = 256;
constexpr int kRounds = 5;

// As calls of a program fill it; the file's size.
uint64_t fill(const std::string& path, uint64_t bytes) {
  auto file = audit::File::open(path);
  if (!file) throw std::runtime_error(file.error());
  std::vector<std::string> bodies;
  for (uint64_t i = 0; (*file)->bytes() < bytes; ++i) {
    audit::Record record;
    record.module = "node_modules/marked/lib/marked.esm.js";
    record.capability = "fs";
    record.right = "read";
    record.resource = std::format("/docs/chapter-{}/page-{}.md", i / 100, i % 100);
    record.rule = "policies/site.policy.toml:12";
    record.bytes = 4'096;
    record.durationNs = 40'000 + i % 1'000;
    record.timeMs = 1'700'000'000'000 + i;
    bodies.push_back(audit::body(record, {"1", 1, std::string(64, 'a')}));
    if (bodies.size() < kBatch) continue;
    if (!(*file)->append(bodies)) throw std::runtime_error("the log could not be written");
    bodies.clear();
  }
  return (*file)->bytes();
}

}  // namespace

Figures measureAuditVerify(const std::string& path, int mebibytes) {
  std::filesystem::remove(path);
  const auto start = Clock::now();
  const auto size = static_cast<double>(fill(path, static_cast<uint64_t>(mebibytes) << 20));
  const double writeUs = microsecondsSince(start);
  std::vector<double> took;
  double records = 0;
  for (int i = 0; i < kRounds; ++i) {
    const auto began = Clock::now();
    const auto answer = audit::verify({.files = {path}, .head = "", .expected = {}});
    took.push_back(microsecondsSince(began));
    if (!answer || answer->finding) throw std::runtime_error("the log is not as it was written");
    records = static_cast<double>(answer->records);
  }
  std::filesystem::remove(path);
  return {{"records", records}, {"writeMBs", size / writeUs}, {"verifyMBs", size / median(took)}};
}

}  // namespace runtime::bench
