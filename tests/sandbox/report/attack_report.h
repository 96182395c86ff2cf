#pragma once
// What the attack suite saw, for the table that scripts/attack prints. Every program of tests/sandbox says it here; a
// test that is run on its own says it to nobody.
//
// ATTACK_REPORT names a file to which each row is appended as one JSON line; ATTACK_LONG=1 asks for the long forms.
#include <cstdint>
#include <string>

namespace runtime::tests {

// One row: attacks of one kind. `refused` counts those that ended exactly as expected.
struct AttackRow {
  std::string area;    // "system calls", "channel", "limits", ...
  std::string attack;  // what was tried
  uint64_t tried = 0;
  uint64_t refused = 0;
  std::string detail;  // how it ended, or what went wrong
};
void report(const AttackRow& row);

// A measured value beside what it should be at most. A figure of time that misses its target is shown, and fails
// nothing: the machine may be busy.
struct AttackFigure {
  std::string name;  // "deadline overshoot, p99"
  double value = 0;
  double atMost = 0;
  std::string unit;  // "ms", "MiB", or empty for a count
};
void report(const AttackFigure& figure);

// Whether the long form was asked for: minutes in place of seconds.
bool longForm();

}  // namespace runtime::tests
