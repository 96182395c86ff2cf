#include "supervisor/cli/learn.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <format>
#include <memory>
#include <optional>

#include "policies/host_path.h"
#include "policies/learn.h"
#include "policies/parse.h"
#include "supervisor/cli/replace_file.h"
#include "supervisor/cli/run.h"
#include "supervisor/cli/standard_streams.h"

namespace runtime::cli {
namespace {

constexpr std::string_view kCeiling =
    "version = 1\n[[grant]]\nto = \"**\"\n"
    "fs = [{ path = \".\", at = \"/\", rights = [\"read\", \"list\"] }]\n";

std::optional<std::string> canonical(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::optional(std::string(real.get())) : std::nullopt;
}

// A folder or regular file that this very path names, without a symlink on the way.
bool stands(const std::string& host) {
  struct stat status = {};
  return canonical(host) == host && ::lstat(host.c_str(), &status) == 0 &&
         (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode));
}

struct Text {
  policies::Policy policy;
  std::string text;
};

// The error is a sentence.
std::expected<Text, std::string> textOf(const policies::Uses& uses, const std::string& base) {
  auto learnt = policies::learn(uses, stands);
  if (!learnt) return std::unexpected(learnt.error());
  auto text = policies::write(learnt->policy, base, learnt->remarks);
  if (!text) return std::unexpected(text.error());
  const auto read = policies::parseText(*text, "the learnt policy", base.empty() ? "/" : base);
  if (!read) return std::unexpected("it cannot be said in a policy:\n" + policies::render(read.error()));
  if (!policies::sayTheSame(*read, learnt->policy)) {
    return std::unexpected("what is read back from the policy is not what was learnt: a bug of secure-runtime");
  }
  return Text{std::move(learnt->policy), std::move(*text)};
}

// What the policy grants, against nothing.
std::string difference(const policies::Policy& policy) {
  std::string out =
      "secure-runtime: this records what a program did that may be hostile. Read what it would be granted:\n";
  for (const policies::Grant& grant : policy.grants) {
    std::string to;
    for (const policies::Glob& glob : grant.to) to += (to.empty() ? "" : ", ") + policies::tomlString(glob.pattern());
    for (const policies::FsGrant& entry : grant.fs) {
      std::string rights;
      for (int i = 0; i < capabilities::kRightCount; ++i) {
        const auto right = static_cast<capabilities::Right>(i);
        if (entry.rights.has(right)) rights += (rights.empty() ? "" : ",") + std::string(capabilities::name(right));
      }
      out += std::format("+ {}: fs {} {} = {}\n", to, rights, policies::tomlString(entry.at),
                         policies::tomlString(entry.path));
    }
    for (const std::string& name : grant.env) out += std::format("+ {}: env {}\n", to, policies::tomlString(name));
  }
  if (policy.grants.empty()) out += "  (nothing)\n";
  out.pop_back();
  return out;
}

int refuse(std::string_view message) {
  complain(std::format("secure-runtime: {}", message));
  return 2;
}

}  // namespace

int learn(const LearnCommand& command) {
  Job job;
  job.entry = command.entry;
  job.arguments = command.arguments;
  if (!command.within.empty()) {
    job.policy = PolicyFile{command.within};
  } else if (const auto entry = canonical(command.entry)) {
    job.policy = PolicyText{std::string(kCeiling), entry->substr(0, std::max<size_t>(1, entry->rfind('/')))};
  }
  std::string base;
  if (!command.out.empty()) {
    const auto folder = policies::folderOf(command.out);
    if (!folder) return refuse(std::format("the folder of {}: {}", command.out, folder.error()));
    base = *folder;
    struct stat status = {};
    if (::access(base.c_str(), W_OK) != 0) return refuse(std::format("{}: {}", command.out, std::strerror(errno)));
    if (::lstat(command.out.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
      return refuse(std::format("{} is not a regular file", command.out));
    }
  }
  std::optional<policies::Uses> used;
  job.onUses = [&used](const policies::Uses& uses) { used = uses; };
  const int exitCode = runRecorded(std::move(job), command.out.empty() ? Output::kAllToStderr : Output::kAsPrinted);
  if (!used) return exitCode;

  const auto failed = [&](std::string_view why) {
    complain(std::format("secure-runtime: no policy is written: {}", why));
    return exitCode == 0 ? 1 : exitCode;
  };
  const auto learnt = textOf(*used, base);
  if (!learnt) return failed(learnt.error());
  complain(difference(learnt->policy));
  if (command.out.empty()) {
    if (const auto written = writeAll(STDOUT_FILENO, learnt->text); !written)
      return failed(std::strerror(written.error()));
  } else if (const auto written = replaceFile(command.out, learnt->text, 0644); !written) {
    return failed(written.error());
  }
  return exitCode;
}

}  // namespace runtime::cli
