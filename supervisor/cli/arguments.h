#pragma once
// The command line, parsed. Values only: nothing is opened here.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "supervisor/cli/audit_arguments.h"
#include "supervisor/cli/submit_arguments.h"

namespace runtime::cli {

// Whether a command answers with one JSON object or with text for a person.
enum class Format : uint8_t { kText, kJson };

struct RunCommand {
  std::string policy;  // host path; empty: no policy
  AuditOptions audit;
  std::string entry;
  std::vector<std::string> arguments;
  Format format = Format::kText;
  enum class Stdin : uint8_t { kEmpty, kForwarded } input = Stdin::kEmpty;
};

// Options as those of `run`; what it says is text.
struct LearnCommand {
  std::string within;  // host path of the ceiling; empty: the entry's folder at "/", read and list
  std::string out;     // host path of the policy to be written; empty: standard output
  std::string entry;
  std::vector<std::string> arguments;
};

struct LockCommand {
  std::string policy;  // host path
  std::string entry;
  std::vector<std::string> arguments;
};

struct CheckCommand {
  std::vector<std::string> policies;
};
struct ExplainCommand {
  std::string policy;    // host path
  std::string module;    // a path under root; empty: every module
  std::string right;     // of fs, or "env"; empty: the table
  std::string resource;  // a guest path, or the name of a variable
  std::string html;      // host path of the page to be written; empty: none
  std::string since;     // host path of the policy that the page is compared with; empty: none
  Format format = Format::kText;
};
struct DiffCommand {
  std::string older, newer;  // host paths
  Format format = Format::kText;
};
struct ServeCommand {
  std::string configuration;  // host path; empty: the built-in defaults
};
struct DoctorCommand {
  Format format = Format::kText;
};
struct VersionCommand {};
struct HelpCommand {
  std::string text;
};

// A command line that names nothing to do. `message` says what was wrong and what to do.
struct UsageFault {
  std::string message;
  Format format = Format::kText;  // as asked for before the fault, if it was
};

using Command =
    std::variant<RunCommand, LearnCommand, LockCommand, CheckCommand, ExplainCommand, DiffCommand, AuditVerifyCommand,
                 AuditShowCommand, ServeCommand, SubmitCommand, DoctorCommand, VersionCommand, HelpCommand, UsageFault>;

// `arguments` without the program's name.
Command parseArguments(const std::vector<std::string>& arguments);

}  // namespace runtime::cli
