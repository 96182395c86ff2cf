#pragma once
// A worker forked from this process's engine, and a small supervisor for it: modules from a map, an extension "probe",
// output and outcome recorded.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace runtime::worker::test {

struct Job {
  std::map<std::string, std::string> files = {};  // "main.mjs" is the entry
  bool eval = false;
  bool wasm = true;
  uint64_t clockResolutionNs = 1'000'000;
  uint64_t startedNs = 1'700'000'000'123'456'789;
  uint64_t memoryBytes = uint64_t{64} << 20;
  std::vector<std::string> arguments = {};
  std::vector<std::pair<std::string, std::string>> environment = {};
};

struct Result {
  std::string out;
  std::string err;
  std::string outcome;  // "completed", "exited 3", "exception", or empty where the worker sent none
  std::string name;     // of the exception
  std::string message;
  std::string stack;
  int status = 0;                  // the worker's, as of waitpid(2)
  std::vector<std::string> loads;  // "specifier from url", in the order of the requests
  uint64_t wallMs = 0;

  bool exited(int code) const;
};

// Ends the worker after 20 s.
Result run(const Job& job);
Result runMain(const std::string& source);
// The worker finds its pipe closed right after it got its job.
Result runAbandoned();

// Private memory of a worker that waits for its job, in KiB.
uint64_t idlePrivateKiB();
// What the engine's start took.
double engineStartMs();

}  // namespace runtime::worker::test
