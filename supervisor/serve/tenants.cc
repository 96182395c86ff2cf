#include "supervisor/serve/tenants.h"

#include <unistd.h>

#include <algorithm>

#include "policies/host_path.h"
#include "policies/notation.h"
#include "policies/parse.h"
#include "supervisor/sha256.h"

namespace runtime::serve {
namespace {

using policies::Diagnostic;
using policies::Policy;
using Faults = std::vector<Diagnostic>;

// What a job prints is in memory until it ends, and in its result.
constexpr uint64_t kMostOutputBytes = 64ull << 20;

void append(Faults& faults, Faults more) { std::ranges::move(more, std::back_inserter(faults)); }

Diagnostic faultAt(const policies::Place& place, std::string message) {
  return {policies::Severity::kFault, place, std::move(message), {}, {}};
}

bool contains(const std::string& folder, const std::string& path) {
  return path == folder || path.starts_with(folder == "/" ? folder : folder + "/");
}

// A grant that reaches the queue or a log, or is within one, would be one to write results and other tenants' jobs.
void checkApart(const Policy& policy, const std::string& folder, std::string_view section, Faults& faults) {
  if (folder.empty()) return;
  for (const policies::Grant& grant : policy.grants) {
    for (const policies::FsGrant& entry : grant.fs) {
      const std::string path = policies::canonicalPath(entry.path).value_or(entry.path);
      if (!contains(path, folder) && !contains(folder, path)) continue;
      faults.push_back(
          faultAt(entry.place, "this path shows the folder of [" + std::string(section) + "], which no grant may"));
    }
  }
}

class Loader {
 public:
  explicit Loader(const Configuration& configuration)
      : configuration_(configuration),
        stateFolder_(policies::canonicalPath(configuration.stateFolder).value_or(configuration.stateFolder)),
        auditFolder_(configuration.auditFolder.empty()
                         ? ""
                         : policies::canonicalPath(configuration.auditFolder).value_or(configuration.auditFolder)) {}

  std::shared_ptr<const Tenant> load(const TenantSettings& settings) {
    auto tenant = std::make_shared<Tenant>();
    tenant->name = settings.name;
    tenant->ceiling = ceilingOf(settings);
    tenant->ceilingName = settings.name + "'s ceiling";
    tenant->weight = settings.weight;
    tenant->running = settings.running == 0 ? configuration_.running : settings.running;
    tenant->queued = settings.queued;
    tenant->rate = settings.rate;
    tenant->isOperator = settings.isOperator;
    for (const std::string& name : settings.policies) {
      if (auto policy = policyNamed(name)) tenant->policies.emplace(name, std::move(policy));
    }
    return tenant;
  }

  const std::shared_ptr<const Policy>& shippedCeiling() {
    if (default_ == nullptr) default_ = std::make_shared<const Policy>(ours(defaultCeiling()));
    return default_;
  }

  Faults faults;

 private:
  // Neither may any grant reach what we are configured with.
  Policy ours(Policy policy) const {
    if (!configuration_.file.empty()) policy.files.push_back(configuration_.file);
    return policy;
  }

  std::shared_ptr<const Policy> ceilingOf(const TenantSettings& settings) {
    if (settings.ceiling.empty()) return shippedCeiling();
    auto& known = ceilings_[settings.ceiling];
    if (known != nullptr) return known;
    auto read = policies::parseFile(settings.ceiling);
    if (!read) {
      append(faults, std::move(read.error()));
      return nullptr;
    }
    if (read->modules.place.line != 0) {
      faults.push_back(faultAt(read->modules.place,
                               "`root` of a ceiling means nothing here: a job's own files are its root; leave it out"));
    }
    if (read->limits.outputBytes > kMostOutputBytes) {
      faults.push_back(
          faultAt(policies::Place{settings.ceiling, 0, 0}, "`output` is kept with the result: a ceiling may allow " +
                                                               policies::formatSize(kMostOutputBytes) + " at most"));
    }
    checkApart(*read, stateFolder_, "state", faults);
    checkApart(*read, auditFolder_, "audit", faults);
    known = std::make_shared<const Policy>(ours(std::move(*read)));
    return known;
  }

  std::shared_ptr<const Policy> policyNamed(const std::string& name) {
    auto& known = policies_[name];
    if (known != nullptr) return known;
    const std::string file = name + ".policy.toml";
    auto read = policies::parseNamedFile(configuration_.policiesFolder + "/" + file, file);
    if (!read) {
      append(faults, std::move(read.error()));
      return nullptr;
    }
    checkApart(*read, stateFolder_, "state", faults);
    checkApart(*read, auditFolder_, "audit", faults);
    known = std::make_shared<const Policy>(ours(std::move(*read)));
    return known;
  }

  const Configuration& configuration_;
  const std::string stateFolder_, auditFolder_;
  std::shared_ptr<const Policy> default_;
  std::map<std::string, std::shared_ptr<const Policy>> ceilings_, policies_;
};

}  // namespace

Policy defaultCeiling() {
  Policy ceiling = policies::emptyPolicy("/");
  ceiling.limits.wallNs = 60'000'000'000;
  ceiling.limits.cpuNs = 60'000'000'000;
  ceiling.limits.memoryBytes = 512ull << 20;
  return ceiling;
}

std::expected<std::shared_ptr<const Tenants>, Faults> Tenants::load(const Configuration& configuration) {
  auto tenants = std::make_shared<Tenants>();
  Loader loader(configuration);
  auto own = std::make_shared<Tenant>();
  own->name = kDefaultTenant;
  own->ceiling = loader.shippedCeiling();
  own->ceilingName = "the default ceiling";
  own->running = configuration.running;
  own->isOperator = true;
  tenants->byName_.emplace(own->name, own);
  for (const uid_t uid : {::geteuid(), uid_t{0}}) tenants->byUid_[uid] = own;
  for (const TenantSettings& settings : configuration.tenants) {
    const auto tenant = loader.load(settings);
    tenants->byName_.emplace(tenant->name, tenant);
    for (const std::string& digest : settings.tokenDigests) tenants->byDigest_.emplace(digest, tenant);
    for (const uid_t uid : settings.uids) tenants->byUid_[uid] = tenant;
  }
  if (!loader.faults.empty()) return std::unexpected(std::move(loader.faults));
  return tenants;
}

std::shared_ptr<const Tenant> Tenants::ofToken(std::string_view token) const {
  const auto found = byDigest_.find(supervisor::sha256Hex(token));
  return found == byDigest_.end() ? nullptr : found->second;
}

std::shared_ptr<const Tenant> Tenants::ofUid(uid_t uid) const {
  const auto found = byUid_.find(uid);
  return found == byUid_.end() ? nullptr : found->second;
}

std::shared_ptr<const Tenant> Tenants::named(std::string_view name) const {
  const auto found = byName_.find(name);
  return found == byName_.end() ? nullptr : found->second;
}

bool Tenants::hasForeignUids() const {
  return std::ranges::any_of(byUid_, [](const auto& each) { return each.first != 0 && each.first != ::geteuid(); });
}

}  // namespace runtime::serve
