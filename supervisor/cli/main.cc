// The command `secure-runtime`: wires the parsed command line to its commands.
#include <malloc.h>
#include <nss.h>
#include <signal.h>
#include <unistd.h>

#include <exception>
#include <format>
#include <string>
#include <type_traits>
#include <vector>

#include "supervisor/cli/arguments.h"
#include "supervisor/cli/audit_show.h"
#include "supervisor/cli/audit_verify.h"
#include "supervisor/cli/check.h"
#include "supervisor/cli/diff.h"
#include "supervisor/cli/doctor.h"
#include "supervisor/cli/explain.h"
#include "supervisor/cli/learn.h"
#include "supervisor/cli/lock.h"
#include "supervisor/cli/run.h"
#include "supervisor/cli/serve.h"
#include "supervisor/cli/standard_streams.h"
#include "supervisor/cli/submit.h"
#include "supervisor/result_json.h"

namespace runtime::cli {
namespace {

constexpr int kExitOurBug = 70;

int execute(const HelpCommand& command) { return writeAll(STDOUT_FILENO, command.text) ? 0 : 1; }
int execute(const VersionCommand&) { return printVersions(); }
int execute(const DoctorCommand& command) { return doctor(command); }
int execute(const CheckCommand& command) { return check(command); }
int execute(const ExplainCommand& command) { return explain(command); }
int execute(const DiffCommand& command) { return diff(command); }
int execute(const AuditVerifyCommand& command) { return auditVerify(command); }
int execute(const AuditShowCommand& command) { return auditShow(command); }
int execute(const RunCommand& command) { return run(command); }
int execute(const LearnCommand& command) { return learn(command); }
int execute(const LockCommand& command) { return lock(command); }
int execute(const ServeCommand& command) { return serve(command); }
int execute(const SubmitCommand& command) { return submit(command); }
int execute(const UsageFault& usage) {
  const Fault fault{.exitCode = 2, .code = "usage", .message = usage.message, .where = ""};
  if (usage.format == Format::kJson) {
    static_cast<void>(writeAll(STDOUT_FILENO, toJson(fault) + "\n"));
  } else {
    complain(std::format("secure-runtime: {}", usage.message));
  }
  return fault.exitCode;
}

}  // namespace
}  // namespace runtime::cli

namespace {

// Buffers of pieces come and go all the time: what is freed stays with the process for the next, for each page of it
// costs a fault.
void keepFreedMemory() {
  ::mallopt(M_MMAP_THRESHOLD, 8 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

}  // namespace

int main(int count, char** values) {
  using namespace runtime::cli;
  keepFreedMemory();
  holdStandardDescriptors();
  ::signal(SIGPIPE, SIG_IGN);
  // Linked static, this program must not load the host's name-service plug-ins, which bring the host's C library.
  for (const char* database : {"passwd", "group"}) __nss_configure_lookup(database, "files");
  try {
    const Command command = parseArguments(std::vector<std::string>(values + (count > 0 ? 1 : 0), values + count));
    return std::visit([](const auto& chosen) { return execute(chosen); }, command);
  } catch (const std::exception& error) {
    complain(std::format("secure-runtime: internal error: {}", error.what()));
    return kExitOurBug;
  }
}
