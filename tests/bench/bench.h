#pragma once
// What the two programs of measurements share. A measurement returns its figures as name and value, units in the name,
// and throws std::runtime_error with a sentence where something cannot be measured.
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace runtime::bench {

using Figures = std::vector<std::pair<std::string, double>>;
using Clock = std::chrono::steady_clock;

double microsecondsSince(Clock::time_point start);
// Of the middle one. Empty: an error.
double median(std::vector<double> samples);
// The number after `field` ("Private_Dirty:", "VmRSS:") in a file of /proc, in KiB.
double kibibytes(const std::string& file, const std::string& field);
[[noreturn]] void failWith(const std::string& what);  // with errno's text

// The words after a measurement's name on the command line. at() and number() throw where there are too few.
class Words {
 public:
  explicit Words(std::vector<std::string> words) : words_(std::move(words)) {}
  const std::string& at(size_t position) const;
  int number(size_t position) const;
  std::vector<std::string> from(size_t position) const;

 private:
  std::vector<std::string> words_;
};

// main() of such a program: prints the figures of the measurement that the first word names as a JSON object.
int measureByName(const std::map<std::string, std::function<Figures(const Words&)>>& measurements, int count,
                  char** values);

}  // namespace runtime::bench
