// runtime-bench: measurements of the supervisor's side.
#include "tests/bench/runtime_bench.h"

int main(int count, char** values) {
  using namespace runtime::bench;
  return measureByName(
      {{"workers", [](const Words& words) { return measureWorkers(words.at(0), words.number(1), words.number(2)); }},
       {"policy", [](const Words& words) { return measurePolicy(words.at(0), words.number(1)); }},
       {"audit-verify", [](const Words& words) { return measureAuditVerify(words.at(0), words.number(1)); }},
       {"jobs", [](const Words& words) { return measureJobs(words.at(0), words.at(1), words.number(2)); }}},
      count, values);
}
