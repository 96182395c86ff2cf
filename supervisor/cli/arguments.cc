#include "supervisor/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <format>

namespace runtime::cli {
namespace {

constexpr std::string_view kFooter =
    "Exit codes of run: 0 the module ended, 1 uncaught exception, N exit(N), 2 usage or policy fault,\n"
    "3 confinement cannot be had, 4 a limit was hit, 5 sandbox violation, 130/143 cancelled by SIGINT/SIGTERM,\n"
    "141 standard output was closed by its reader, 70 a bug of secure-runtime.";

// What stands before the entry: options and their values. Options end at the entry, so that all after it is the job's.
size_t entryIndex(const std::vector<std::string>& arguments) {
  size_t index = 1;
  while (index < arguments.size()) {
    const std::string& argument = arguments[index];
    if (argument == "--") return index + 1;
    if (argument.size() < 2 || argument[0] != '-') return index;
    const bool takesValue = argument == "--policy" || argument == "--within" || argument == "--out" ||
                            AuditRunArguments::takesValue(argument) || SubmitArguments::takesValue(argument);
    index += takesValue ? 2 : 1;
  }
  return arguments.size();
}

bool asksForJson(const std::vector<std::string>& arguments) {
  return std::ranges::find(arguments, "--json") != arguments.end();
}

}  // namespace

Command parseArguments(const std::vector<std::string>& arguments) {
  RunCommand run;
  LearnCommand learn;
  LockCommand lock;
  CheckCommand check;
  bool runJson = false;
  bool forwardStdin = false;
  ExplainCommand explain;
  DiffCommand diff;
  bool explainJson = false;
  bool diffJson = false;
  bool doctorJson = false;
  bool version = false;

  CLI::App app("Runs JavaScript in a confined process, with the authority that a policy file grants and nothing else.",
               "secure-runtime");
  app.footer(std::string(kFooter));
  app.get_formatter()->enable_footer_formatting(false);
  app.get_formatter()->column_width(22);
  app.add_flag("--version", version, "Versions of secure-runtime, V8, Cap'n Proto and libseccomp");
  app.usage("Usage: secure-runtime COMMAND [OPTION...]; secure-runtime COMMAND --help says more");
  app.require_subcommand(0, 1);

  CLI::App* runApp = app.add_subcommand("run", "Run the module ENTRY; without a policy it can compute and print");
  runApp->usage("Usage: secure-runtime run [--policy FILE] [--json] [--audit FILE] [--stdin] ENTRY [ARG...]");
  runApp->footer("Options end at ENTRY: what follows it is the job's.\n\n" + std::string(kFooter));
  runApp->add_option("--policy", run.policy, "What each module may do; nothing without it")->type_name("FILE");
  runApp->add_flag("--json", runJson, "Print one JSON object with output, verdict, usage, limits and confinement");
  AuditRunArguments runAudit(*runApp);
  runApp->add_flag("--stdin", forwardStdin, "Give standard input to the job; it is empty otherwise");

  CLI::App* learnApp =
      app.add_subcommand("learn", "Run the module ENTRY and write the smallest policy for what it did");
  learnApp->usage("Usage: secure-runtime learn [--within FILE] [--out FILE] ENTRY [ARG...]");
  learnApp->footer("Options end at ENTRY: what follows it is the job's. Exit codes are those of run.");
  learnApp
      ->add_option("--within", learn.within,
                   "The policy to run under; the entry's folder at \"/\", read and list, without it")
      ->type_name("FILE");
  learnApp->add_option("--out", learn.out, "Where the policy is written; standard output without it")
      ->type_name("FILE");

  CLI::App* lockApp =
      app.add_subcommand("lock", "Run the module ENTRY and write digests of all that it loads into the policy");
  lockApp->usage("Usage: secure-runtime lock POLICY ENTRY [ARG...]");
  lockApp->footer("What follows ENTRY is the job's. Exit codes are those of run; 2 where nothing was written.");
  lockApp->add_option("POLICY", lock.policy, "The policy to run under, whose `integrity` is written")
      ->required()
      ->type_name("");

  CLI::App* checkApp = app.add_subcommand("check", "Validate policy files and print the limits in force");
  checkApp->add_option("POLICY", check.policies, "Policy files")->required()->type_name("");

  CLI::App* explainApp = app.add_subcommand("explain", "Who may do what, and which rule says so");
  explainApp->usage("Usage: secure-runtime explain --policy FILE [--module M] [RIGHT RESOURCE] [--json] [--html OUT]");
  explainApp->footer(
      "RIGHT is read, list, write, append, create or delete, and RESOURCE a path as the program names it; or env and\n"
      "the name of a variable. Exit codes: 0 allowed, 1 refused, 2 a fault.");
  explainApp->add_option("--policy", explain.policy, "The policy file")->required()->type_name("FILE");
  explainApp->add_option("--module", explain.module, "A module's path under modules.root; every module without it")
      ->type_name("M");
  CLI::Option* right = explainApp->add_option("RIGHT", explain.right, "The question")->type_name("");
  right->needs(explainApp->add_option("RESOURCE", explain.resource, "The question")->type_name(""));
  explainApp->add_flag("--json", explainJson, "The same as one JSON object");
  explainApp->add_option("--html", explain.html, "Write the table as a page that needs nothing else")->type_name("OUT");
  explainApp->add_option("--since", explain.since, "With --html: mark what is wider than in this policy")
      ->type_name("FILE");

  CLI::App* diffApp = app.add_subcommand("diff", "Authority added and removed between two policies");
  diffApp->footer("Exit codes: 0 nothing was widened, 1 something was, 2 a fault.");
  diffApp->add_option("OLD", diff.older, "A policy file")->required()->type_name("");
  diffApp->add_option("NEW", diff.newer, "The policy file that takes its place")->required()->type_name("");
  diffApp->add_flag("--json", diffJson, "The same as one JSON object");

  AuditArguments audit(app);

  ServeCommand serve;
  CLI::App* serveApp = app.add_subcommand("serve", "Run jobs that clients submit over HTTP");
  serveApp->footer("SIGTERM and SIGINT stop it once running jobs have ended, SIGHUP reads tenants and policies again.");
  serveApp
      ->add_option("--config", serve.configuration,
                   "The configuration; without it, a socket and a queue of this user's own")
      ->type_name("FILE");
  SubmitArguments submit(app);

  CLI::App* doctorApp = app.add_subcommand("doctor", "Which layers of confinement this host gives");
  doctorApp->add_flag("--json", doctorJson, "The same as one JSON object");

  // CLI11 sees what stands before the entry, and reads it from the back.
  const bool isLock = !arguments.empty() && arguments[0] == "lock";
  const bool isRun =
      !arguments.empty() && (arguments[0] == "run" || arguments[0] == "learn" || arguments[0] == "submit" || isLock);
  size_t entry = isRun ? std::min(entryIndex(arguments), arguments.size()) : arguments.size();
  if (isLock && entry < arguments.size()) ++entry;
  std::vector<std::string> known(arguments.begin(), arguments.begin() + static_cast<ptrdiff_t>(entry));
  if (isRun && !isLock && known.back() == "--") known.pop_back();
  std::ranges::reverse(known);
  const Format format = asksForJson(known) ? Format::kJson : Format::kText;

  try {
    app.parse(known);
  } catch (const CLI::CallForHelp&) {
    return HelpCommand{app.help()};
  } catch (const CLI::ParseError& error) {
    std::string command;
    for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
      at = at->get_subcommands()[0];
      command += " " + at->get_name();
    }
    return UsageFault{std::format("{}; see secure-runtime{} --help", error.what(), command), format};
  }

  if (version) return VersionCommand{};
  if (doctorApp->parsed()) return DoctorCommand{doctorJson ? Format::kJson : Format::kText};
  if (serveApp->parsed()) {
    if (serveApp->count("--config") > 0 && serve.configuration.empty()) {
      return UsageFault{"--config needs the name of a file", format};
    }
    return serve;
  }
  if (checkApp->parsed()) return check;
  if (explainApp->parsed()) {
    if (explainApp->count("--html") > 0 && (explain.html.empty() || !explain.right.empty())) {
      return UsageFault{"--html needs the name of a file, and shows the table: it takes no question", format};
    }
    if (!explain.since.empty() && explain.html.empty()) {
      return UsageFault{"--since marks what is wider in a page: give --html too, or see secure-runtime diff", format};
    }
    explain.format = explainJson ? Format::kJson : Format::kText;
    return explain;
  }
  if (diffApp->parsed()) {
    diff.format = diffJson ? Format::kJson : Format::kText;
    return diff;
  }
  if (audit.parsed()) return std::visit([](auto command) { return Command(std::move(command)); }, audit.command());
  if (!runApp->parsed() && !learnApp->parsed() && !lockApp->parsed() && !submit.parsed())
    return UsageFault{"no command; see secure-runtime --help", format};

  if (entry == arguments.size()) {
    return UsageFault{std::format("no ENTRY to run; see secure-runtime {} --help", arguments[0]), format};
  }
  if (lockApp->parsed()) {
    lock.entry = arguments[entry];
    lock.arguments.assign(arguments.begin() + static_cast<ptrdiff_t>(entry) + 1, arguments.end());
    return lock;
  }
  if (submit.parsed()) {
    SubmitCommand command = submit.command();
    command.entry = arguments[entry];
    command.arguments.assign(arguments.begin() + static_cast<ptrdiff_t>(entry) + 1, arguments.end());
    return command;
  }
  if (learnApp->parsed()) {
    for (const char* option : {"--within", "--out"}) {
      if (learnApp->count(option) > 0 && learnApp->get_option(option)->as<std::string>().empty()) {
        return UsageFault{std::format("{} needs the name of a file", option), format};
      }
    }
    learn.entry = arguments[entry];
    learn.arguments.assign(arguments.begin() + static_cast<ptrdiff_t>(entry) + 1, arguments.end());
    return learn;
  }
  for (const char* option : {"--policy", "--audit"}) {
    if (runApp->count(option) > 0 && runApp->get_option(option)->as<std::string>().empty()) {
      return UsageFault{std::format("{} needs the name of a file", option), format};
    }
  }
  run.audit = runAudit.options();
  run.entry = arguments[entry];
  run.arguments.assign(arguments.begin() + static_cast<ptrdiff_t>(entry) + 1, arguments.end());
  run.format = format;
  run.input = forwardStdin ? RunCommand::Stdin::kForwarded : RunCommand::Stdin::kEmpty;
  return run;
}

}  // namespace runtime::cli
