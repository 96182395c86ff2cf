#include "supervisor/prepared_job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include "policies/decide.h"
#include "policies/diagnostic.h"
#include "policies/parse.h"

namespace runtime::supervisor {
namespace {

std::unexpected<Fault> fault(std::string code, std::string message, std::string where) {
  return std::unexpected(Fault{2, std::move(code), std::move(message), std::move(where)});
}

std::optional<std::string> canonical(const std::string& path) {
  char* resolved = realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return std::nullopt;
  std::string result = resolved;
  free(resolved);
  return result;
}

// The part of `path` beneath `root`, without a leading slash; both canonical. Nothing where it is not beneath.
std::optional<std::string> beneath(const std::string& root, const std::string& path) {
  const std::string prefix = root == "/" ? root : root + "/";
  if (!path.starts_with(prefix) || path.size() == prefix.size()) return std::nullopt;
  return path.substr(prefix.size());
}

std::expected<policies::Policy, Fault> readPolicy(const Job& job, const std::string& entryFolder) {
  std::expected<policies::Policy, std::vector<policies::Diagnostic>> policy = policies::emptyPolicy(entryFolder);
  if (const auto* file = std::get_if<PolicyFile>(&job.policy)) policy = policies::parseFile(file->path);
  if (const auto* text = std::get_if<PolicyText>(&job.policy)) {
    policy = policies::parseText(text->text, "policy", text->base);
  }
  if (auto* read = std::get_if<ReadPolicy>(&job.policy)) policy = *read->policy;
  if (policy) return std::move(*policy);
  const auto first = std::find_if(policy.error().begin(), policy.error().end(), [](const auto& diagnostic) {
    return diagnostic.severity == policies::Severity::kFault;
  });
  const std::string where = first == policy.error().end() ? "" : first->place.text();
  return fault("policy", policies::render(policy.error()), where);
}

std::expected<std::string, Fault> findEntry(const std::string& entry) {
  const auto path = canonical(entry);
  if (!path) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    return fault(missing ? "entry-not-found" : "entry-unreadable",
                 missing ? "the entry module does not exist" : std::string("the entry module: ") + strerror(errno),
                 entry);
  }
  struct stat status;
  if (stat(path->c_str(), &status) != 0) return fault("entry-unreadable", strerror(errno), entry);
  if (S_ISDIR(status.st_mode)) {
    return fault("entry-is-a-folder", "the entry is a folder; name the module file to run", entry);
  }
  if (!S_ISREG(status.st_mode)) return fault("entry-not-a-file", "the entry is not a regular file", entry);
  if (!os::UniqueFd(open(path->c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC))) {
    return fault("entry-unreadable", std::string("the entry module cannot be read: ") + strerror(errno), entry);
  }
  return *path;
}

void lower(uint64_t& limit, uint64_t to) { limit = std::min(limit, to); }

void lowerLimits(policies::Limits& limits, const LimitOverrides& overrides) {
  if (overrides.wall) lower(limits.wallNs, static_cast<uint64_t>(overrides.wall->count()));
  if (overrides.cpu) lower(limits.cpuNs, static_cast<uint64_t>(overrides.cpu->count()));
  if (overrides.memoryBytes) lower(limits.memoryBytes, *overrides.memoryBytes);
  if (overrides.outputBytes) lower(limits.outputBytes, *overrides.outputBytes);
}

std::optional<capabilities::FileIdentity> identityOf(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return capabilities::FileIdentity{status.st_dev, status.st_ino, S_ISDIR(status.st_mode)};
}

std::expected<OpenedPath, Fault> openGranted(const policies::FsGrant& grant,
                                             const std::vector<capabilities::FileIdentity>& untouchable) {
  const std::string where = grant.place.text();
  OpenedPath opened;
  const auto resolved = canonical(grant.path);
  if (!resolved) return fault("policy", grant.path + ": " + strerror(errno), where);
  opened.hostPath = *resolved;
  opened.fd = os::UniqueFd(open(resolved->c_str(), O_PATH | O_CLOEXEC | O_NOFOLLOW));
  struct stat status;
  struct statfs fileSystem;
  if (!opened.fd || fstat(opened.fd.get(), &status) != 0 || fstatfs(opened.fd.get(), &fileSystem) != 0) {
    return fault("policy", grant.path + ": " + strerror(errno), where);
  }
  if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) {
    return fault("policy", grant.path + " is neither a folder nor a regular file; only these can be granted", where);
  }
  if (policies::isForbiddenFileSystem(fileSystem.f_type)) {
    return fault("policy", grant.path + " stands on a file system of the kernel's own, which no grant may show", where);
  }
  if (std::ranges::contains(untouchable,
                            capabilities::FileIdentity{status.st_dev, status.st_ino, S_ISDIR(status.st_mode)})) {
    return fault("policy",
                 grant.path + " is a policy, the audit file or part of the installation: it cannot be granted", where);
  }
  opened.isFile = S_ISREG(status.st_mode);
  return opened;
}

// Null: none is kept.
std::expected<std::unique_ptr<AuditFile>, Fault> openAudit(const Job& job) {
  if (job.auditFile.empty()) {
    if (job.auditKeyFile.empty()) return nullptr;
    return fault("audit", "an audit key is of no use without an audit file", job.auditKeyFile);
  }
  audit::FileSettings settings{.path = job.auditFile, .rotateBytes = job.auditRotateBytes};
  if (!job.auditKeyFile.empty()) {
    auto key = audit::readKey(job.auditKeyFile);
    if (!key) return fault("audit", key.error(), job.auditKeyFile);
    settings.key = std::move(*key);
  }
  auto file = AuditFile::open(std::move(settings));
  if (!file) return fault("audit", file.error(), job.auditFile);
  return std::move(*file);
}

// Whether the file at `path` stands in a granted folder or beneath it, whatever either is called.
bool stands(const std::string& path, const OpenedPath& granted) {
  struct stat wanted, found;
  if (fstat(granted.fd.get(), &wanted) != 0) return true;
  const std::string asWritten = std::filesystem::path(path).parent_path().string();
  std::string folder = canonical(asWritten.empty() ? "." : asWritten).value_or("");
  for (; !folder.empty(); folder = folder == "/" ? "" : std::filesystem::path(folder).parent_path().string()) {
    if (stat(folder.c_str(), &found) != 0) return true;
    if (found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino) return true;
  }
  return false;
}

}  // namespace

std::expected<PreparedJob, Fault> prepare(Job job, const std::vector<std::string>& installation) {
  PreparedJob prepared;
  const auto entry = findEntry(job.entry);
  if (!entry) return std::unexpected(entry.error());
  auto policy = readPolicy(job, std::filesystem::path(*entry).parent_path().string());
  if (!policy) return std::unexpected(policy.error());
  prepared.policy = std::move(*policy);
  lowerLimits(prepared.policy.limits, job.limits);

  const std::string& rootAsWritten = prepared.policy.modules.root;
  const auto root = canonical(rootAsWritten);
  os::UniqueFd rootFd(root ? open(root->c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC) : -1);
  if (!rootFd) {
    return fault("policy", "modules.root cannot be opened: " + rootAsWritten + ": " + strerror(errno),
                 prepared.policy.modules.place.text());
  }
  prepared.root = std::make_shared<const os::UniqueFd>(std::move(rootFd));
  prepared.rootPath = *root;
  const auto relative = beneath(prepared.rootPath, *entry);
  if (!relative) {
    return fault("entry-outside-root", "the entry module is outside modules.root (" + prepared.rootPath + ")",
                 job.entry);
  }
  prepared.entry = *relative;

  auto audit = openAudit(job);
  if (!audit) return std::unexpected(audit.error());
  prepared.audit = std::move(*audit);
  std::vector<std::string> ours = installation;
  ours.insert(ours.end(), prepared.policy.files.begin(), prepared.policy.files.end());
  if (!job.auditFile.empty()) {
    ours.push_back(job.auditFile);
    std::ranges::move(audit::rotatedFiles(job.auditFile), std::back_inserter(ours));
  }
  if (!job.auditKeyFile.empty()) ours.push_back(job.auditKeyFile);
  for (const std::string& path : ours) {
    if (const auto identity = identityOf(path)) prepared.untouchable.push_back(*identity);
  }

  for (const std::string& path : policies::creatablePaths(prepared.policy)) {
    if (mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) {
      return fault("policy", "the granted folder cannot be made: " + path + ": " + strerror(errno), "");
    }
  }
  for (const policies::Grant& grant : prepared.policy.grants) {
    for (const policies::FsGrant& entryOfGrant : grant.fs) {
      if (prepared.opened.contains(entryOfGrant.path)) continue;
      auto opened = openGranted(entryOfGrant, prepared.untouchable);
      if (!opened) return std::unexpected(opened.error());
      // A ceiling was compared with the paths as they were then.
      if (prepared.policy.within != nullptr && opened->hostPath != entryOfGrant.path) {
        return fault("policy", entryOfGrant.path + " was replaced while it was opened", entryOfGrant.place.text());
      }
      if (job.auditRotateBytes != 0 && stands(job.auditFile, *opened)) {
        return fault("audit",
                     "an audit log that is rotated cannot stand in a granted folder (" + opened->hostPath +
                         "), where the program could reach its next file",
                     job.auditFile);
      }
      prepared.opened.emplace(entryOfGrant.path, std::move(*opened));
    }
  }
  for (const std::string& path : policies::writablePaths(prepared.policy)) {
    if (const auto found = prepared.opened.find(path); found != prepared.opened.end()) {
      prepared.writable.push_back(found->second.hostPath);
    }
  }
  prepared.job = std::move(job);
  return prepared;
}

}  // namespace runtime::supervisor
