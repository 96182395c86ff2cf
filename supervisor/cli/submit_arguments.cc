#include "supervisor/cli/submit_arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "supervisor/cli/arguments.h"

namespace runtime::cli {
namespace {

constexpr std::array<std::string_view, 9> kWithValue{"--service", "--token-file",  "--files",
                                                     "--policy",  "--policy-name", "--limit",
                                                     "--key",     "--deadline",    "--priority"};

}  // namespace

SubmitArguments::SubmitArguments(CLI::App& app)
    : submit_(app.add_subcommand("submit", "Have a service run the module ENTRY, and show what it printed")) {
  submit_->usage("Usage: secure-runtime submit [--follow | --detach] [OPTION...] ENTRY [ARG...]");
  submit_->footer(
      "Options end at ENTRY: what follows it is the job's. Exit codes are those of run; 2 where the service\n"
      "refused the job, 1 where it cannot be reached. With --detach: 0 once the job is stored.");
  submit_->add_option("--service", command_.service, "unix:PATH or http://HOST:PORT; this user's own without it")
      ->type_name("ADDRESS");
  submit_->add_option("--token-file", command_.tokenFile, "The bearer token; SECURE_RUNTIME_TOKEN without it")
      ->type_name("FILE");
  submit_->add_option("--files", command_.folder, "Send all files beneath this folder; ENTRY is a path in it")
      ->type_name("FOLDER");
  submit_->add_option("--policy", command_.policy, "A policy to send with the job")->type_name("FILE");
  submit_->add_option("--policy-name", command_.policyName, "A policy that the service keeps")->type_name("NAME");
  submit_->add_option("--limit", command_.limits, "One of its limits, as wall=2s; may be given again")
      ->type_name("NAME=VALUE")
      ->take_all();
  submit_->add_option("--key", command_.key, "Idempotency key: submitted again it is the same job")->type_name("KEY");
  submit_->add_option("--deadline", command_.deadline, "Cancel it after this time, as 30s")->type_name("DURATION");
  submit_->add_option("--priority", command_.priority, "More goes first, among this tenant's jobs")->type_name("N");
  submit_->add_flag("--stdin", stdin_, "Send standard input to the job; it is empty otherwise");
  CLI::Option* follow = submit_->add_flag("--follow", follow_, "Show output as it comes, not at the end");
  CLI::Option* detach = submit_->add_flag("--detach", detach_, "Print the job's id once it is stored, and end");
  submit_->add_flag("--json", json_, "Print the job as one JSON object")->excludes(follow);
  detach->excludes(follow);
}

bool SubmitArguments::parsed() const { return submit_->parsed(); }

bool SubmitArguments::takesValue(std::string_view option) { return std::ranges::contains(kWithValue, option); }

SubmitCommand SubmitArguments::command() const {
  SubmitCommand command = command_;
  command.until = detach_ ? SubmitCommand::Until::kStored : SubmitCommand::Until::kEnd;
  command.output = follow_ ? SubmitCommand::Output::kAsItComes : SubmitCommand::Output::kAtEnd;
  command.input = stdin_ ? SubmitCommand::Stdin::kSent : SubmitCommand::Stdin::kEmpty;
  command.format = json_ ? Format::kJson : Format::kText;
  return command;
}

}  // namespace runtime::cli
