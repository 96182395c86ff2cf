// runtime-bench COMMAND ARGUMENT...   prints the figures of one measurement as a JSON object.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/bench.h"

namespace {

using namespace runtime::bench;

Figures measure(const std::vector<std::string>& words) {
  const auto word = [&](size_t at) {
    return at < words.size() ? words[at] : throw std::runtime_error("too few arguments");
  };
  const auto number = [&](size_t at) { return std::stoi(word(at)); };
  if (word(0) == "fork") return measureFork(number(1));
  if (words[0] == "pipe") return measurePipe(number(1));
  if (words[0] == "commands") return measureCommands(number(1), {words.begin() + 2, words.end()});
  if (words[0] == "workers") return measureWorkers(word(1), number(2), number(3));
  if (words[0] == "jobs") return measureJobs(word(1), word(2), number(3));
  throw std::runtime_error("no such measurement: " + words[0]);
}

}  // namespace

int main(int count, char** values) {
  try {
    std::cout << "{";
    const char* separator = "";
    for (const auto& [name, value] : measure({values + 1, values + count})) {
      std::cout << separator << "\"" << name << "\":" << value;
      separator = ",";
    }
    std::cout << "}\n";
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "runtime-bench: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
}
