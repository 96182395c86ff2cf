#pragma once
// What the service counts, and the text that Prometheus reads of it (exposition format 0.0.4). The service's thread.
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "supervisor/runtime.h"

namespace runtime::serve {

class Histogram {
 public:
  void observe(double seconds);

 private:
  friend class Metrics;
  static constexpr std::array kBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,  0.25,
                                      0.5,   1.0,    2.5,   5.0,  10.0,  30.0, 60.0, 300.0};
  std::array<uint64_t, kBounds.size() + 1> counts_{};  // the last: more than all bounds
  double sum_ = 0;
  uint64_t count_ = 0;
};

// A value as it is at the moment of reading.
struct Gauge {
  std::string_view name, help;
  double value = 0;
  std::string_view type = "gauge";
};

class Metrics {
 public:
  std::map<std::string, uint64_t, std::less<>> jobsByVerdict;
  std::map<std::string, uint64_t, std::less<>> refusedByCode;
  Histogram wait;   // from the submission to the beginning
  Histogram start;  // from the beginning to the end, without the wall time in the worker
  Histogram run;    // wall time in the worker

  std::string text(std::span<const Gauge> gauges, const Statistics& statistics) const;
};

}  // namespace runtime::serve
