#include "supervisor/authorities.h"

#include <fcntl.h>

#include "policies/binding.h"
#include "policies/decide.h"

namespace runtime::supervisor {
namespace {

using capabilities::RightSet;

class PolicyDenies final : public capabilities::DenyRules {
 public:
  explicit PolicyDenies(std::shared_ptr<const policies::Binding> binding) : binding_(std::move(binding)) {}
  RightSet deniedAt(std::string_view guest) const override { return binding_->deniedAt(guest); }
  bool couldDenyBeneath(std::string_view guest) const override { return binding_->couldDenyBeneath(guest); }
  bool empty() const override { return binding_->empty(); }

 private:
  std::shared_ptr<const policies::Binding> binding_;
};

}  // namespace

Authorities::Authorities(const PreparedJob& prepared, std::shared_ptr<capabilities::JobMeters> meters,
                         std::shared_ptr<capabilities::Witness> witness, Holding holding)
    : prepared_(prepared),
      meters_(std::move(meters)),
      witness_(std::move(witness)),
      holding_(holding),
      untouchable_(std::make_shared<const std::vector<capabilities::FileIdentity>>(prepared.untouchable)) {}

std::shared_ptr<const capabilities::Mount> Authorities::mountOf(const policies::FsGrant& grant) {
  std::string key = grant.place.text() + '\0' + grant.at + '\0';
  for (int i = 0; i < capabilities::kRightCount; ++i) {
    key += grant.rights.has(static_cast<capabilities::Right>(i)) ? '1' : '0';
  }
  auto& mount = mounts_[key];
  if (mount != nullptr) return mount;
  const OpenedPath& opened = prepared_.opened.at(grant.path);
  auto made = std::make_shared<capabilities::Mount>();
  made->root = os::UniqueFd(fcntl(opened.fd.get(), F_DUPFD_CLOEXEC, 0));
  made->isFile = opened.isFile;
  made->hostPath = opened.hostPath;
  made->at = grant.at;
  made->rights = grant.rights;
  made->rule = grant.place.rule();
  if (grant.storageBytes) {
    auto& meter = storage_[grant.place.text()];
    if (meter == nullptr) meter = std::make_shared<capabilities::Meter>(*grant.storageBytes);
    made->storage = meter;
  }
  return mount = std::move(made);
}

std::expected<const Authorities::OfModule*, ipc::WireError> Authorities::of(const std::string& modulePath) {
  if (const auto found = modules_.find(modulePath); found != modules_.end()) return &found->second;
  auto grants = policies::grantsOf(prepared_.policy, modulePath);
  if (!grants) {
    return std::unexpected(ipc::WireError{
        "EACCES", "", "", "/" + modulePath,
        "a fault of the policy: two grants that match this module give it different paths for one `at`"});
  }
  auto files = std::make_shared<capabilities::Authority>();
  files->module = modulePath;
  for (const policies::FsGrant& grant : grants->fs) {
    auto mount = mountOf(grant);
    if (!mount->root) return std::unexpected(ipc::WireError{"EMFILE", "", "", "/" + modulePath, ""});
    files->mounts.push_back(std::move(mount));
  }
  auto binding = std::make_shared<const policies::Binding>(*grants);
  files->denies = std::make_shared<PolicyDenies>(binding);
  files->untouchable = untouchable_;
  files->meters = meters_;
  files->witness = witness_;
  OfModule module{files, std::move(files), std::move(binding), std::move(grants->env)};
  if (holding_ == Holding::kNothing) {
    auto held = std::make_shared<capabilities::Authority>(*module.files);
    held->mounts.clear();
    module.held = std::move(held);
    module.environment.clear();
  }
  return &modules_.emplace(modulePath, std::move(module)).first->second;
}

RightSet Authorities::deniedOnHost(const OfModule& authority, std::string_view hostPath) {
  RightSet denied;
  if (authority.files->denies->empty()) return denied;
  for (const auto& mount : authority.files->mounts) {
    if (!hostPath.starts_with(mount->hostPath)) continue;
    std::string_view rest = hostPath.substr(mount->hostPath.size());
    if (mount->hostPath == "/") rest = hostPath;
    if (!rest.empty() && !rest.starts_with('/')) continue;
    const std::string guest = (mount->at == "/" && !rest.empty() ? std::string() : mount->at) + std::string(rest);
    denied = denied | authority.binding->deniedByRules(guest);
  }
  return denied;
}

}  // namespace runtime::supervisor
