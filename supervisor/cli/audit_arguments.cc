#include "supervisor/cli/audit_arguments.h"

#include <CLI/CLI.hpp>

#include "policies/glob.h"
#include "policies/notation.h"
#include "supervisor/audit/chain.h"
#include "supervisor/cli/arguments.h"

namespace runtime::cli {
namespace {

// Two records at the least: a rotation for each would be no log.
constexpr uint64_t kLeastRotateBytes = 64 << 10;

std::string notAHash(const std::string& text) {
  return audit::isHash(text) ? "" : "a hash has 64 hexadecimal digits, in lower case";
}

std::string notASize(std::string& text) {
  const auto bytes = policies::parseSize(text);
  if (!bytes) return bytes.error();
  if (*bytes < kLeastRotateBytes) return "at least 64KiB";
  text = std::to_string(*bytes);
  return "";
}

std::string notAGlob(const std::string& text) {
  const auto glob = policies::Glob::parse(text, policies::Glob::Over::kModules);
  return glob ? "" : glob.error();
}

std::string noName(const std::string& text) { return text.empty() ? "it needs the name of a file" : ""; }

constexpr std::string_view kVerifyFooter =
    "Files of one log may be given in any order; a rotated log is all of its files: audit.jsonl*\n"
    "Exit codes: 0 as it was written, 1 altered (the first record is named), 2 a file cannot be read.\n"
    "Without --head or --key, a log that was cut at its end, or rewritten whole, cannot be told from a good one.";

constexpr std::string_view kShowFooter =
    "Control sequences in names are made visible. Whether the log is as it was written is checked as well, and said "
    "on\n"
    "standard error where it is not. Exit codes: 0, 2 for a fault.";

}  // namespace

AuditArguments::AuditArguments(CLI::App& app)
    : audit_(app.add_subcommand("audit", "Verify an audit log, or show what is in it")),
      verify_(
          audit_->add_subcommand("verify", "Whether the log is as it was written; names the first record that is not")),
      show_(audit_->add_subcommand("show", "Print records, or a summary of them")) {
  audit_->footer("");
  audit_->usage("Usage: secure-runtime audit verify | show [OPTION...] FILE...");
  audit_->require_subcommand(1);

  verify_->usage("Usage: secure-runtime audit verify [--head HASH] [--after HASH] [--key FILE] FILE...");
  verify_->footer(std::string(kVerifyFooter));
  verify_->add_option("FILE", verifyCommand_.files, "Audit logs")->required()->type_name("");
  verify_->add_option("--head", verifyCommand_.head, "The last record has this hash: `audit.head` of a run's result")
      ->check(notAHash)
      ->type_name("HASH");
  verify_
      ->add_option("--after", verifyCommand_.after, "What stands before the first file is elsewhere and ends with it")
      ->check(notAHash)
      ->type_name("HASH");
  verify_->add_option("--key", verifyCommand_.key, "Every record was written with this key")
      ->check(noName)
      ->type_name("FILE");

  show_->usage(
      "Usage: secure-runtime audit show [--module GLOB] [--right RIGHT] [--refused] [--summary] [--json]\n"
      "                                 [--html OUT] FILE...");
  show_->footer(std::string(kShowFooter));
  show_->add_option("FILE", showCommand_.files, "Audit logs")->required()->type_name("");
  show_->add_option("--module", showCommand_.module, "Only of modules whose path under root it matches")
      ->check(notAGlob)
      ->type_name("GLOB");
  show_->add_option("--right", showCommand_.right, "Only of this right: read, write, load, ...")->type_name("RIGHT");
  show_->add_flag("--refused", refused_, "Only what was refused");
  CLI::Option* const summary =
      show_->add_flag("--summary", summary_, "By module and right in place of record by record");
  CLI::Option* const json = show_->add_flag("--json", json_, "One JSON object");
  show_
      ->add_option("--html", showCommand_.html,
                   "Write a page with the timeline of each run to this file, print nothing")
      ->check(noName)
      ->excludes(json)
      ->excludes(summary)
      ->type_name("OUT");
}

bool AuditArguments::parsed() const { return audit_->parsed(); }

std::variant<AuditVerifyCommand, AuditShowCommand> AuditArguments::command() const {
  if (verify_->parsed()) return verifyCommand_;
  AuditShowCommand command = showCommand_;
  if (refused_) command.decisions = AuditShowCommand::Decisions::kRefused;
  if (summary_) command.detail = AuditShowCommand::Detail::kSummary;
  command.format = json_ ? Format::kJson : Format::kText;
  return command;
}

AuditRunArguments::AuditRunArguments(CLI::App& run) {
  run.add_option("--audit", options_.file, "Append a hash-chained record of every call that names a resource")
      ->type_name("FILE");
  CLI::Option* const audit = run.get_option("--audit");
  run.add_option("--audit-key", options_.key,
                 "Bind each record to this secret too: nobody without it can rewrite the log")
      ->check(noName)
      ->needs(audit)
      ->type_name("FILE");
  run.add_option("--audit-rotate", options_.rotateBytes, "Begin a next file before the log grows beyond: 64MiB")
      ->transform(CLI::Validator(notASize, "", ""))
      ->needs(audit)
      ->type_name("SIZE");
  run.add_flag("--audit-sync", sync_, "Answer no call before its record is on the disk")->needs(audit);
}

AuditOptions AuditRunArguments::options() const {
  AuditOptions options = options_;
  if (sync_) options.sync = AuditOptions::Sync::kEachCall;
  return options;
}

bool AuditRunArguments::takesValue(const std::string& argument) {
  return argument == "--audit" || argument == "--audit-key" || argument == "--audit-rotate";
}

}  // namespace runtime::cli
