#pragma once
// The command line of `audit verify` and `audit show`, and the options of `run` that are about the audit log.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace CLI {
class App;
}

namespace runtime::cli {

enum class Format : uint8_t;

struct AuditOptions {
  std::string file;          // host path; empty: no audit log
  std::string key;           // host path; empty: none
  uint64_t rotateBytes = 0;  // 0: never
  enum class Sync : uint8_t { kAtEnd, kEachCall } sync = Sync::kAtEnd;
};

struct AuditVerifyCommand {
  std::vector<std::string> files;
  std::string head;   // empty: not known
  std::string after;  // empty: the log's first record is among them
  std::string key;    // host path; empty: none
};

struct AuditShowCommand {
  std::vector<std::string> files;
  std::string module;  // a glob; empty: all
  std::string right;   // empty: all
  enum class Decisions : uint8_t { kAll, kRefused } decisions = Decisions::kAll;
  enum class Detail : uint8_t { kRecords, kSummary } detail = Detail::kRecords;
  Format format{};
  std::string html;  // host path of the page to be written in place of what is printed; empty: none
};

// `audit` and its two commands on a command line of CLI11, which must not outlive it.
class AuditArguments {
 public:
  explicit AuditArguments(CLI::App& app);
  bool parsed() const;
  // After a command line was parsed that names `audit`.
  std::variant<AuditVerifyCommand, AuditShowCommand> command() const;

 private:
  CLI::App* audit_;
  CLI::App* verify_;
  CLI::App* show_;
  AuditVerifyCommand verifyCommand_;
  AuditShowCommand showCommand_;
  bool refused_ = false, summary_ = false, json_ = false;
};

// The options of `run`; values only, nothing is opened.
class AuditRunArguments {
 public:
  explicit AuditRunArguments(CLI::App& run);
  AuditOptions options() const;
  // The names of those that take a value.
  static bool takesValue(const std::string& argument);

 private:
  AuditOptions options_;
  bool sync_ = false;
};

}  // namespace runtime::cli
