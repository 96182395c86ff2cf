#include "supervisor/serve/metrics.h"

#include <algorithm>
#include <format>

namespace runtime::serve {
namespace {

void head(std::string& text, std::string_view name, std::string_view help, std::string_view type) {
  text += std::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

}  // namespace

void Histogram::observe(double seconds) {
  const auto bound = std::ranges::lower_bound(kBounds, seconds);
  ++counts_.at(static_cast<size_t>(bound - kBounds.begin()));
  sum_ += seconds;
  ++count_;
}

std::string Metrics::text(std::span<const Gauge> gauges, const Statistics& statistics) const {
  std::string text;
  const auto labelled = [&](std::string_view name, std::string_view help, std::string_view label, const auto& counts) {
    head(text, name, help, "counter");
    for (const auto& [value, count] : counts) text += std::format("{}{{{}=\"{}\"}} {}\n", name, label, value, count);
  };
  const auto histogram = [&](std::string_view name, std::string_view help, const Histogram& values) {
    head(text, name, help, "histogram");
    uint64_t below = 0;
    for (size_t i = 0; i < Histogram::kBounds.size(); ++i) {
      below += values.counts_.at(i);
      text += std::format("{}_bucket{{le=\"{}\"}} {}\n", name, Histogram::kBounds.at(i), below);
    }
    text +=
        std::format("{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", name, values.count_, values.sum_);
  };
  labelled("secure_runtime_jobs_total", "Jobs that have ended, by verdict.", "verdict", jobsByVerdict);
  labelled("secure_runtime_refused_requests_total", "Requests that were refused, by code.", "code", refusedByCode);
  histogram("secure_runtime_job_wait_seconds", "From the submission of a job to its beginning.", wait);
  histogram("secure_runtime_job_start_seconds",
            "Time of a job beside its run: until its worker has it, and from its end to its result.", start);
  histogram("secure_runtime_job_run_seconds", "Wall time of jobs in their workers.", run);
  head(text, "secure_runtime_calls_total", "Calls of jobs, by extension and decision.", "counter");
  for (const CallStatistics& calls : statistics.calls) {
    for (const auto& [decision, count] : {std::pair("allow", calls.allowed), std::pair("deny", calls.denied)}) {
      text += std::format("secure_runtime_calls_total{{extension=\"{}\",decision=\"{}\"}} {}\n", calls.extension,
                          decision, count);
    }
  }
  for (const Gauge& gauge : gauges) {
    head(text, gauge.name, gauge.help, gauge.type);
    text += std::format("{} {}\n", gauge.name, gauge.value);
  }
  return text;
}

}  // namespace runtime::serve
