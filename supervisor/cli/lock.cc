#include "supervisor/cli/lock.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <format>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "policies/integrity_text.h"
#include "policies/learn.h"
#include "policies/parse.h"
#include "policies/write.h"
#include "supervisor/cli/replace_file.h"
#include "supervisor/cli/run.h"
#include "supervisor/cli/standard_streams.h"

namespace runtime::cli {
namespace {

int refuse(std::string_view message) {
  complain(std::format("secure-runtime: {}", message));
  return 2;
}

std::string contentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// What changes, a line for each file.
std::string difference(const std::map<std::string, std::string>& before,
                       const std::map<std::string, std::string>& after) {
  std::string out;
  for (const auto& [path, digest] : after) {
    const auto old = before.find(path);
    if (old == before.end()) out += std::format("\n+ {} {}", policies::tomlString("/" + path), digest);
    if (old != before.end() && old->second != digest) {
      out += std::format("\n~ {} {} in place of {}", policies::tomlString("/" + path), digest, old->second);
    }
  }
  for (const auto& [path, digest] : before) {
    if (!after.contains(path)) out += std::format("\n- {} {}", policies::tomlString("/" + path), digest);
  }
  return out.empty() ? " nothing" : out;
}

// The text with these digests, which says nothing else than before. The error is a sentence.
std::expected<std::string, std::string> locked(const std::string& text, const std::string& file,
                                               policies::Policy policy,
                                               const std::map<std::string, std::string>& digests) {
  auto written = policies::withIntegrity(text, digests);
  if (!written) return std::unexpected(written.error());
  const auto read = policies::parseFileWith(file, *written);
  if (!read) return std::unexpected("it would be no policy any more:\n" + policies::render(read.error()));
  policy.modules.integrity = read->modules.integrity;
  if (policies::integrityIn(*written) != digests || !policies::sayTheSame(*read, policy)) {
    return std::unexpected("what is read back is not what was to be written: change `integrity` by hand");
  }
  return written;
}

}  // namespace

int lock(const LockCommand& command) {
  struct stat status = {};
  if (::lstat(command.policy.c_str(), &status) != 0) {
    return refuse(std::format("{}: {}", command.policy, std::strerror(errno)));
  }
  if (!S_ISREG(status.st_mode)) return refuse(std::format("{} is not a regular file", command.policy));
  const std::string text = contentOf(command.policy);
  auto policy = policies::parseFile(command.policy);
  if (!policy) {
    // A digest of what is gone, or is no digest, does not keep it from being written anew.
    const auto without = policies::withIntegrity(text, {});
    auto rest = without ? policies::parseFileWith(command.policy, *without) : std::unexpected(policy.error());
    if (!rest) {
      complain(policies::render(policy.error()));
      return 2;
    }
    policy = std::move(rest);
  }
  policy->modules.integrity = {};

  Job job;
  job.entry = command.entry;
  job.arguments = command.arguments;
  job.policy = ReadPolicy{std::make_shared<const policies::Policy>(*policy)};
  std::optional<policies::Uses> used;
  job.onUses = [&used](const policies::Uses& uses) { used = uses; };
  const int exitCode = runRecorded(std::move(job), Output::kAsPrinted);
  if (!used) return exitCode;

  if (contentOf(command.policy) != text) {
    return refuse(std::format("{} is not changed: another has changed it meanwhile", command.policy));
  }
  const auto written = locked(text, command.policy, *policy, used->loaded);
  if (!written) return refuse(std::format("{} is not changed: {}", command.policy, written.error()));
  if (const auto done = replaceFile(command.policy, *written, status.st_mode & 0777); !done) {
    return refuse(std::format("{} is not changed: {}", command.policy, done.error()));
  }
  complain(std::format("secure-runtime: what `integrity` of {} changes:{}", command.policy,
                       difference(policies::integrityIn(text), used->loaded)));
  return exitCode;
}

}  // namespace runtime::cli
