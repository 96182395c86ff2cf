#include "capabilities/view.h"

#include <algorithm>
#include <cerrno>

#include "capabilities/guest_path.h"

namespace runtime::capabilities {
namespace {

constexpr size_t kMaxPathBytes = 4096;

using Mounts = std::vector<std::shared_ptr<const Mount>>;

std::string_view atOf(const std::shared_ptr<const Mount>& mount) { return mount->at; }

// For mountOf(). No two have the same `at`.
void sortByPath(Mounts& mounts) { std::ranges::sort(mounts, {}, atOf); }

// Of those that cover the path, the one with the longest `at`; null: none.
const std::shared_ptr<const Mount>* mountOf(const Mounts& mounts, std::string_view path) {
  for (;;) {
    const auto found = std::ranges::lower_bound(mounts, path, {}, atOf);
    if (found != mounts.end() && (*found)->at == path) return &*found;
    if (path == "/") return nullptr;
    path = path.substr(0, std::max<size_t>(path.rfind('/'), 1));
  }
}

RightSet deniedAt(const Authority& authority, std::string_view guest) {
  return authority.denies == nullptr || authority.denies->empty() ? RightSet{} : authority.denies->deniedAt(guest);
}

}  // namespace

std::shared_ptr<HandleSlot> HandleSlot::acquire(std::shared_ptr<JobMeters> meters) {
  uint64_t live = meters->liveHandles.load();
  do {
    if (live >= meters->maxHandles) return nullptr;
  } while (!meters->liveHandles.compare_exchange_weak(live, live + 1));
  return std::shared_ptr<HandleSlot>(new HandleSlot(std::move(meters)));
}

HandleSlot::~HandleSlot() { meters_->liveHandles.fetch_sub(1); }

std::shared_ptr<View> View::ofModule(std::shared_ptr<const Authority> authority) {
  auto reach = std::make_shared<Reach>();
  reach->mounts = authority->mounts;
  reach->authority = std::move(authority);
  sortByPath(reach->mounts);
  return std::shared_ptr<View>(new View(std::move(reach), RightSet::all()));
}

std::expected<ResolvedPath, int> View::resolve(std::string_view path) const {
  if (path.empty()) return std::unexpected(ENOENT);
  if (path.find('\0') != std::string_view::npos) return std::unexpected(EINVAL);
  if (path.size() > kMaxPathBytes) return std::unexpected(ENAMETOOLONG);

  ResolvedPath resolved;
  resolved.authority = reach_->authority;
  resolved.guest = reach_->base;
  std::string matched = reach_->base;  // up to the first ".."
  bool climbs = false;
  for (const auto component : components(path)) {
    if (component == "..") climbs = true;
    resolved.guest = extend(std::move(resolved.guest), component);
    if (!climbs) matched = extend(std::move(matched), component);
  }

  const auto* mount = mountOf(reach_->mounts, matched);
  if (mount == nullptr) return resolved;
  resolved.mount = *mount;
  resolved.relative = relativeTo((*mount)->at, resolved.guest).value_or("");
  if (!resolved.relative.empty() && (path.ends_with('/') || path.ends_with("/."))) resolved.relative += '/';
  resolved.rights = (*mount)->rights & mask_;
  // With ".." in it the text does not say which file it names; the walk asks about the one it reaches.
  if (!climbs) resolved.rights = resolved.rights - deniedAt(*reach_->authority, resolved.guest);
  return resolved;
}

std::shared_ptr<View> View::only(RightSet rights) const {
  return std::shared_ptr<View>(new View(reach_, mask_ & rights));
}

std::shared_ptr<View> View::beneath(std::shared_ptr<const Mount> folder) const {
  auto reach = std::make_shared<Reach>();
  reach->authority = reach_->authority;
  reach->isFolder = true;
  reach->base = folder->at;
  reach->rule = folder->rule;
  for (const auto& mount : reach_->mounts) {
    if (isStrictlyBeneath(folder->at, mount->at)) reach->mounts.push_back(mount);
  }
  reach->mounts.push_back(std::move(folder));
  sortByPath(reach->mounts);
  return std::shared_ptr<View>(new View(std::move(reach), mask_));
}

RightSet View::rights() const {
  RightSet held;
  for (const auto& mount : reach_->mounts) {
    if (!reach_->isFolder) held = held | mount->rights;
    if (reach_->isFolder && mount->at == reach_->base) {
      held = mount->rights - deniedAt(*reach_->authority, reach_->base);
    }
  }
  return held & mask_;
}

std::string View::nameOf(std::string_view guest) const {
  return join("/", relativeTo(reach_->base, guest).value_or(std::string(guest.substr(guest.starts_with('/') ? 1 : 0))));
}

}  // namespace runtime::capabilities
