#pragma once
// Who may do what under a policy, and which rule says so. Every answer is what decide() answers. Pure; any thread.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/binding.h"
#include "policies/policy.h"

namespace runtime::policies {

// What takes a part of a right away from an entry.
struct Exception {
  enum class Kind : uint8_t { kDeny, kCeiling } kind = Kind::kDeny;
  std::string what;  // the pattern of the deny, or the file of the ceiling
  Place rule;        // of the deny, a ceiling's too; line 0 where the ceiling does not give the right
  bool operator==(const Exception&) const = default;
};

// One right of some modules on what one entry shows; or a variable.
struct Row {
  std::string modules;  // the glob, as the policy writes it, or the path of the one that was asked for
  // The module that was asked about: of those that `modules` matches, one that the fewest other globs match. Empty:
  // the glob matches none that can be loaded.
  std::string example;
  std::optional<capabilities::Right> right;  // of fs; none: `resource` is a variable
  std::string resource;                      // the entry's `at`
  enum class Extent : uint8_t {
    kAll,      // on everything that the entry shows
    kPart,     // but for the exceptions
    kNothing,  // the exceptions leave nothing
    kUndecided,
  };
  Extent extent = Extent::kAll;
  std::vector<Exception> exceptions;
  Place rule;
};

struct Table {
  std::vector<Row> rows;  // in the order of the policy
  // Globs, or the module that was asked for, to which two paths are given at one `at`: they get no files at all.
  std::vector<std::string> contradicted;
  bool tooLarge = false;  // the globs tell more modules apart than can be looked at; there are no rows
};

// For each glob of a grant; for `module`, a path under root, alone where it is not empty.
Table tableOf(const Policy& policy, const std::string& module);

// One rule's change that would turn an answer, found by asking again with the rule so changed.
struct Turn {
  enum class How : uint8_t {
    kWithoutDeny,    // if this deny did not name it
    kEntryHadRight,  // if this entry had the right as well
    kRuleForModule,  // if this rule, a grant or a deny, were for the module as well
    kWithoutEntry,   // if this entry did not hide another
    kDenyOfRight,    // if this deny were of the right as well
    kEntryLacked,    // if this entry did not give it
  };
  How how = How::kWithoutDeny;
  Place rule;
  bool operator==(const Turn&) const = default;
};

struct Question {
  std::string module;                        // a path under root
  std::optional<capabilities::Right> right;  // none: a variable
  std::string resource;                      // an absolute and normal guest path, or the variable's name
};

struct Answer {
  Decision::Reason reason = Decision::Reason::kNoEntry;
  Place rule;                   // the one that decides; line 0 where none does
  std::string ceiling;          // whose rule it is, where it is a ceiling's
  bool contradicted = false;    // the module gets no files: see Table
  std::optional<Turn> nearest;  // none: no change of one rule would
  bool allowed() const { return reason == Decision::Reason::kGranted; }
};
Answer answer(const Policy& policy, const Question& question);

// `policy` with the change that `turn` says, made for the question.
Policy turned(const Policy& policy, const Question& question, const Turn& turn);

// Modules that stand for all, so that a question to each is one to every module. Nothing where they are too many.
std::optional<std::vector<std::string>> modulesOf(const Policy& policy);

}  // namespace runtime::policies
