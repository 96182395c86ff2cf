#include "capabilities/walk.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "capabilities/canonical.h"
#include "capabilities/guest_path.h"
#include "capabilities/witness.h"

namespace runtime::capabilities {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel's
// A missing path of more components is not examined on the loop thread: each costs a system call.
constexpr size_t kMaxExaminedAtOnce = 16;
constexpr const char* kOutside = "it leads outside its entry";

// What holds at a place in the file system.
struct Standing {
  RightSet rights;
  std::vector<std::string> guests;
};

Result<Standing> standingAt(const Lookup& lookup, std::string_view host) {
  const ResolvedPath& path = lookup.path;
  const auto guest = guestBy(*path.mount, host);
  if (!guest) return refused(lookup.needs.first(), kOutside);
  if (belongsToInner(*path.authority, *path.mount, *guest)) {
    return refused(lookup.needs.first(), "it belongs to another entry");
  }
  Standing standing{path.rights, guestsOf(*path.authority, host)};
  standing.rights = standing.rights - deniedAtAny(*path.authority, standing.guests);
  return standing;
}

// Of `fd`, or of `name` in the folder `fd`.
Result<Standing> standingOf(const Lookup& lookup, int fd, std::string_view name = {}) {
  if (!needsCanonicalName(*lookup.path.authority, *lookup.path.mount)) return Standing{lookup.path.rights, {}};
  const auto host = hostPathOf(fd);
  if (!host) return std::unexpected(host.error());
  return standingAt(lookup, join(*host, name));
}

Result<void> suffices(const Lookup& lookup, RightSet held, Effect effect) {
  if (const auto right = lookup.needs.missing(held, effect)) return refused(*right);
  return {};
}

Result<os::UniqueFd> openText(const Lookup& lookup, const std::string& text, int flags, Wait wait) {
  const Mount& mount = *lookup.path.mount;
  if (text.empty()) return duplicate(mount.root.get());
  if (mount.isFile) return failed(ENOTDIR);
  return openBeneath(mount.root.get(), text, flags | O_PATH, wait);
}

std::string joined(const std::vector<std::string_view>& list, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text = extend(std::move(text), list[i]);
  return text;
}

// Whether a path that could not be walked is refused even so: where it would stand, judged from the deepest part of it
// that exists. So a failure tells nothing about what a deny covers.
Result<void> examineUnreachable(const Lookup& lookup, const std::string& text, Wait wait) {
  if (!needsCanonicalName(*lookup.path.authority, *lookup.path.mount)) return {};
  const auto list = components(text);
  if (wait == Wait::kNever && list.size() > kMaxExaminedAtOnce) return failed(EAGAIN);
  for (size_t count = list.size(); count-- > 0;) {
    const auto fd = openText(lookup, joined(list, count), 0, wait);
    if (!fd && fd.error().error == EAGAIN && wait == Wait::kNever) return std::unexpected(fd.error());
    if (!fd) continue;
    const auto host = hostPathOf(fd->get());
    if (!host) return std::unexpected(host.error());
    std::string rest;
    for (size_t i = count; i < list.size(); ++i) rest = extend(std::move(rest), list[i]);
    const std::string beneath = lexicallyNormal(rest);
    if (beneath.empty()) return {};
    const auto standing = standingAt(lookup, join(*host, beneath));
    if (!standing) return std::unexpected(standing.error());
    if (suffices(lookup, standing->rights, Effect::kMake)) return {};
    return suffices(lookup, standing->rights, Effect::kReplace);
  }
  return {};
}

bool isWitnessed(const Lookup& lookup) { return lookup.path.authority->witness != nullptr; }

Sight sightOf(const Lookup& lookup, std::string host, Sight::Kind kind) {
  const ResolvedPath& path = lookup.path;
  Sight sight;
  sight.module = path.authority->module;
  sight.mountAt = path.mount->at;
  sight.mountHost = path.mount->hostPath;
  sight.viaFolder = !std::ranges::contains(path.authority->mounts, path.mount);
  sight.named = "/";
  for (const auto component : components(path.guest)) {
    sight.climbs = component == "..";
    if (sight.climbs) break;
    sight.named = extend(std::move(sight.named), component);
  }
  sight.host = std::move(host);
  sight.kind = kind;
  sight.all = lookup.needs.all;
  sight.any = lookup.needs.any & path.rights;
  return sight;
}

// Of something that exists and was reached: it is read, listed or replaced.
void tellReached(const Lookup& lookup, int fd, const FileStatus& status,
                 Sight::Extent extent = Sight::Extent::kItself) {
  if (!isWitnessed(lookup)) return;
  const auto host = hostPathOf(fd);
  if (!host) return;
  const auto kind = status.isFolder() ? Sight::Kind::kFolder
                    : status.isLink() ? Sight::Kind::kName
                                      : Sight::Kind::kFile;
  Sight sight = sightOf(lookup, *host, kind);
  sight.all = sight.all | lookup.needs.ifPresent;
  sight.extent = extent;
  lookup.path.authority->witness->saw(std::move(sight));
}

// Of a name in a folder.
void tellName(const Lookup& lookup, int folder, const std::string& name, bool exists) {
  if (!isWitnessed(lookup)) return;
  const auto host = hostPathOf(folder);
  if (!host) return;
  Sight sight = sightOf(lookup, join(*host, name), Sight::Kind::kName);
  sight.all = sight.all | (exists ? lookup.needs.ifPresent : lookup.needs.ifAbsent);
  sight.changed = sight.all.has(exists ? Right::kDelete : Right::kCreate);
  // What is there and stays was found to be in the way.
  if (exists && !sight.changed) sight.kind = Sight::Kind::kFolder;
  lookup.path.authority->witness->saw(std::move(sight));
}

// Of a path that leads nowhere.
void tellAbsent(const Lookup& lookup, const std::string& text) {
  if (!isWitnessed(lookup)) return;
  const auto list = components(text);
  for (size_t count = list.size() + 1; count-- > 0;) {
    const auto fd = openText(lookup, joined(list, count), 0, Wait::kMay);
    if (!fd) continue;
    if (const auto host = hostPathOf(fd->get())) {
      lookup.path.authority->witness->saw(sightOf(lookup, *host, Sight::Kind::kAbsent));
    }
    return;
  }
}

// What a walk that failed is to the caller.
std::unexpected<Failure> explain(const Lookup& lookup, const std::string& text, Wait wait, Failure failure) {
  if (failure.error == EAGAIN) {
    if (wait == Wait::kNever) return std::unexpected(std::move(failure));
    return refused(lookup.needs.first(), "it changed while it was followed");
  }
  if (failure.error == EXDEV) return refused(lookup.needs.first(), kOutside);
  if (auto examined = examineUnreachable(lookup, text, wait); !examined) {
    return std::unexpected(std::move(examined.error()));
  }
  if (wait == Wait::kMay || failure.error != EAGAIN) tellAbsent(lookup, text);
  return std::unexpected(std::move(failure));
}

Result<Reached> examine(const Lookup& lookup, os::UniqueFd fd, FinalLink link) {
  auto status = statusOf(fd.get());
  if (!status) return std::unexpected(status.error());
  auto standing = standingOf(lookup, fd.get());
  if (!standing) return std::unexpected(standing.error());
  if (auto enough = suffices(lookup, standing->rights, Effect::kReplace); !enough) {
    return std::unexpected(enough.error());
  }
  if (auto allowed = touchable(lookup, *status, fd.get()); !allowed) return std::unexpected(allowed.error());
  if (link == FinalLink::kFollow && !status->isFolder() && !status->isRegular()) {
    return refused(lookup.needs.first(), "it is neither a file nor a folder");
  }
  tellReached(lookup, fd.get(), *status);
  return Reached{std::move(fd), *status, standing->rights};
}

// Whether names may be made in the folder.
Result<void> mayHoldNames(const Lookup& lookup, int folder) {
  const auto& identities = lookup.path.authority->untouchable;
  if (identities == nullptr || identities->empty()) return {};
  const auto status = statusOf(folder);
  if (!status) return std::unexpected(status.error());
  return touchable(lookup, *status, folder);
}

struct Split {
  std::string folder;
  std::string name;
};

// Nothing where the path has no last name: the root of an entry, or "..".
std::optional<Split> split(std::string_view text) {
  const auto list = components(text);
  if (list.empty() || list.back() == "..") return std::nullopt;
  return Split{joined(list, list.size() - 1), std::string(list.back())};
}

}  // namespace

Result<Reached> reach(const Lookup& lookup, FinalLink link, Wait wait) {
  const std::string& text = lookup.path.relative;
  auto fd = openText(lookup, text, link == FinalLink::kKeep ? O_NOFOLLOW : 0, wait);
  if (!fd) return explain(lookup, text, wait, std::move(fd.error()));
  return examine(lookup, std::move(*fd), link);
}

Result<std::variant<Reached, Missing>> reachOrMissing(const Lookup& lookup, FinalLink link, Wait wait) {
  std::string text = lookup.path.relative;
  for (int links = 0; links <= kMaxLinks; ++links) {
    auto fd = openText(lookup, text, link == FinalLink::kKeep ? O_NOFOLLOW : 0, wait);
    if (fd) {
      auto reached = examine(lookup, std::move(*fd), link);
      if (!reached) return std::unexpected(std::move(reached.error()));
      return std::move(*reached);
    }
    const auto place = split(text);
    if (fd.error().error != ENOENT || !place) return explain(lookup, text, wait, std::move(fd.error()));

    auto folder = place->folder.empty() ? duplicate(lookup.path.mount->root.get())
                                        : openText(lookup, place->folder, O_DIRECTORY, wait);
    if (!folder) return explain(lookup, text, wait, std::move(folder.error()));
    if (link == FinalLink::kFollow) {
      if (const auto target = readLink(folder->get(), place->name)) {
        if (target->starts_with('/')) return refused(lookup.needs.first(), kOutside);
        text = join(place->folder, *target);
        continue;
      }
    }
    auto standing = standingOf(lookup, folder->get(), place->name);
    if (!standing) return std::unexpected(std::move(standing.error()));
    if (auto may = suffices(lookup, standing->rights, Effect::kMake); !may) {
      return std::unexpected(std::move(may.error()));
    }
    if (auto may = mayHoldNames(lookup, folder->get()); !may) return std::unexpected(std::move(may.error()));
    tellName(lookup, folder->get(), place->name, false);
    if (text.ends_with('/')) return failed(EISDIR);
    return Missing{std::move(*folder), place->name, standing->rights};
  }
  return failed(ELOOP);
}

Result<Named> reachName(const Lookup& lookup) {
  const auto place = split(lookup.path.relative);
  if (!place) {
    tellAbsent(lookup, lookup.path.relative);
    return failed(EBUSY);
  }
  auto folder = openText(lookup, place->folder, O_DIRECTORY, Wait::kMay);
  if (!folder) return explain(lookup, lookup.path.relative, Wait::kMay, std::move(folder.error()));

  Named named;
  named.name = place->name;
  auto status = statusAt(folder->get(), named.name);
  if (!status && status.error().error != ENOENT) {
    return explain(lookup, lookup.path.relative, Wait::kMay, std::move(status.error()));
  }
  auto standing = standingOf(lookup, folder->get(), named.name);
  if (!standing) return std::unexpected(std::move(standing.error()));
  if (auto enough = suffices(lookup, standing->rights, status ? Effect::kReplace : Effect::kMake); !enough) {
    return std::unexpected(std::move(enough.error()));
  }
  named.rights = standing->rights;
  named.guests = std::move(standing->guests);
  if (status) {
    if (auto allowed = touchable(lookup, *status, folder->get(), named.name); !allowed) {
      return std::unexpected(std::move(allowed.error()));
    }
    if (lookup.path.relative.ends_with('/') && !status->isFolder()) return failed(ENOTDIR);
    named.status = *status;
  } else if (auto may = mayHoldNames(lookup, folder->get()); !may) {
    return std::unexpected(std::move(may.error()));
  }
  tellName(lookup, folder->get(), named.name, status.has_value());
  named.folder = std::move(*folder);
  return named;
}

Result<Deepest> reachDeepest(const Lookup& lookup) {
  const auto list = components(lookup.path.relative);
  for (size_t count = list.size() + 1; count-- > 0;) {
    auto fd = openText(lookup, joined(list, count), 0, Wait::kMay);
    if (!fd && fd.error().error == ENOENT && count > 0) continue;
    if (!fd) return explain(lookup, lookup.path.relative, Wait::kMay, std::move(fd.error()));
    Deepest deepest;
    std::string name;
    for (size_t i = count; i < list.size(); ++i) {
      if (list[i] == "..") return explain(lookup, lookup.path.relative, Wait::kMay, Failure{ENOENT, {}, {}, {}, 0});
      deepest.missing.emplace_back(list[i]);
      name = join(name, list[i]);
      if (auto may = permitted(lookup, fd->get(), name, Effect::kMake); !may) return std::unexpected(may.error());
    }
    if (auto may = mayHoldNames(lookup, fd->get()); !may) return std::unexpected(std::move(may.error()));
    if (list.size() == count) {
      auto standing = standingOf(lookup, fd->get());
      if (!standing) return std::unexpected(standing.error());
      if (auto enough = suffices(lookup, standing->rights, Effect::kReplace); !enough) {
        return std::unexpected(enough.error());
      }
      if (const auto status = statusOf(fd->get())) tellReached(lookup, fd->get(), *status);
    } else {
      tellName(lookup, fd->get(), deepest.missing.front(), false);
    }
    deepest.folder = std::move(*fd);
    return deepest;
  }
  return failed(ENOENT);
}

Result<void> permitted(const Lookup& lookup, int folder, const std::string& name, Effect effect) {
  const auto standing = standingOf(lookup, folder, name);
  if (!standing) return std::unexpected(standing.error());
  auto enough = suffices(lookup, standing->rights, effect);
  if (enough) tellName(lookup, folder, name, effect == Effect::kReplace);
  return enough;
}

Result<void> touchable(const Lookup& lookup, const FileStatus& status, int fd, const std::string& name) {
  const auto& identities = lookup.path.authority->untouchable;
  if (identities == nullptr || identities->empty()) return {};
  const auto listed = [&](const FileStatus& one) {
    return std::ranges::any_of(*identities, [&](const FileIdentity& identity) {
      return identity.device == one.device() && identity.inode == one.inode();
    });
  };
  if (listed(status)) return refused(lookup.needs.first());
  if (std::ranges::none_of(*identities, &FileIdentity::isFolder)) return {};

  // What is beneath a listed folder, down from the entry's root, by the kernel's name of the file.
  const auto host = hostPathOf(fd);
  if (!host) return std::unexpected(host.error());
  const std::string whole = join(*host, name);
  const auto relative = relativeTo(lookup.path.mount->hostPath, whole);
  if (!relative) return refused(lookup.needs.first(), kOutside);
  std::string folder = lookup.path.mount->hostPath;
  for (const auto component : components(*relative)) {
    const auto above = statusAt(AT_FDCWD, folder);
    if (!above) return std::unexpected(above.error());
    if (listed(*above)) return refused(lookup.needs.first());
    folder = join(folder, component);
  }
  return {};
}

Result<std::string> guestPathOf(const Lookup& lookup, int fd) {
  const auto host = hostPathOf(fd);
  if (!host) return host;
  auto guest = guestBy(*lookup.path.mount, *host);
  if (!guest) return refused(lookup.needs.first(), kOutside);
  return std::move(*guest);
}

bool holdsOtherRules(const Lookup& lookup, const Named& folder) {
  const Authority& authority = *lookup.path.authority;
  if (entryBeneath(authority, folder.guests)) return true;
  if (authority.denies == nullptr || authority.denies->empty()) return false;
  return std::ranges::any_of(folder.guests,
                             [&](const auto& guest) { return authority.denies->couldDenyBeneath(guest); });
}

void tellAllBeneath(const Lookup& lookup, int fd) {
  if (!isWitnessed(lookup)) return;
  if (const auto status = statusOf(fd)) tellReached(lookup, fd, *status, Sight::Extent::kAllBeneath);
}

void tellTogether(const Lookup& one, const Lookup& other) {
  if (!isWitnessed(one)) return;
  one.path.authority->witness->sawTogether(one.path.authority->module, sightOf(one, "", Sight::Kind::kName).named,
                                           sightOf(other, "", Sight::Kind::kName).named);
}

void tellAskedFor(const View& folder, RightSet rights) {
  const Authority& authority = *folder.authority();
  if (authority.witness == nullptr || rights.empty()) return;
  const Mount* origin = nullptr;
  for (const auto& mount : authority.mounts) {
    const bool nearer = origin == nullptr || mount->at.size() > origin->at.size();
    if (covers(mount->at, folder.resource()) && nearer) origin = mount.get();
  }
  if (origin == nullptr) return;
  Sight sight;
  sight.module = authority.module;
  sight.mountAt = sight.named = folder.resource();
  sight.mountHost = sight.host = join(origin->hostPath, *relativeTo(origin->at, folder.resource()));
  sight.kind = Sight::Kind::kFolder;
  sight.viaFolder = true;
  sight.all = rights;
  authority.witness->saw(std::move(sight));
}

}  // namespace runtime::capabilities
