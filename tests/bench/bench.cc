#include "tests/bench/bench.h"

#include <errno.h>
#include <string.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace runtime::bench {

double microsecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

double median(std::vector<double> samples) {
  if (samples.empty()) throw std::runtime_error("nothing was measured");
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::ranges::nth_element(samples, middle);
  return *middle;
}

double kibibytes(const std::string& file, const std::string& field) {
  std::ifstream lines(file);
  for (std::string word; lines >> word;) {
    double value = 0;
    if (word == field && lines >> value) return value;
  }
  throw std::runtime_error(file + " has no " + field + " for us to read (another user's process?)");
}

void failWith(const std::string& what) { throw std::runtime_error(what + ": " + ::strerror(errno)); }

const std::string& Words::at(size_t position) const {
  if (position >= words_.size()) throw std::runtime_error("too few arguments");
  return words_[position];
}

int Words::number(size_t position) const { return std::stoi(at(position)); }

std::vector<std::string> Words::from(size_t position) const {
  return {words_.begin() + static_cast<std::ptrdiff_t>(std::min(position, words_.size())), words_.end()};
}

int measureByName(const std::map<std::string, std::function<Figures(const Words&)>>& measurements, int count,
                  char** values) {
  try {
    const auto measurement = measurements.find(count > 1 ? values[1] : "");
    if (measurement == measurements.end()) throw std::runtime_error("no such measurement");
    const Figures figures = measurement->second(Words({values + 2, values + count}));
    const char* separator = "{";
    for (const auto& [name, value] : figures) {
      std::cout << separator << "\"" << name << "\":" << value;
      separator = ",";
    }
    std::cout << "}\n";
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << values[0] << ": " << error.what() << "\n";
    return EXIT_FAILURE;
  }
}

}  // namespace runtime::bench
