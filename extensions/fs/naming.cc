// Operations on names: mkdir, mkdtemp, unlink, rmdir, rename.
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "capabilities/canonical.h"
#include "capabilities/guest_path.h"
#include "extensions/fs/accounting.h"
#include "extensions/fs/fs.capnp.h"
#include "extensions/fs/operation.h"
#include "extensions/fs/pieces.h"

namespace runtime::extensions::fs {
namespace {

using capabilities::Named;

constexpr mode_t kFolderModeBits = 0777;
constexpr std::string_view kTemplate = "XXXXXX";
constexpr int kMaxTemporaryNames = 32;

// What reachName() says of the root of an entry or "..": it exists and stays where it is.
Result<Named> reachNew(const Lookup& lookup) {
  auto named = capabilities::reachName(lookup);
  if (!named && named.error().error == EBUSY) return failed(EEXIST);
  if (named && named->status) return failed(EEXIST);
  return named;
}

Result<void> makeFolder(const Lookup& lookup, int folder, const std::string& name, mode_t mode) {
  if (auto spent = spendEntry(lookup.path); !spent) return spent;
  if (::mkdirat(folder, name.c_str(), mode & kFolderModeBits) != 0) return failed();
  return {};
}

Result<void> makeOne(const Lookup& lookup, mode_t mode) {
  const auto named = reachNew(lookup);
  if (!named) return std::unexpected(named.error());
  return makeFolder(lookup, named->folder.get(), named->name, mode);
}

// The guest path of the first folder made, or empty.
Result<std::string> makeAll(const Lookup& lookup, mode_t mode) {
  auto deepest = capabilities::reachDeepest(lookup);
  if (!deepest) return std::unexpected(std::move(deepest.error()));
  const auto status = capabilities::statusOf(deepest->folder.get());
  if (!status) return std::unexpected(status.error());
  if (!status->isFolder()) return failed(deepest->missing.empty() ? EEXIST : ENOTDIR);

  os::UniqueFd folder = std::move(deepest->folder);
  bool made = false;
  std::string first = lookup.path.guest;
  for (size_t i = 1; i < deepest->missing.size(); ++i) first.resize(first.rfind('/'));
  for (const auto& name : deepest->missing) {
    auto one = makeFolder(lookup, folder.get(), name, mode);
    if (!one && one.error().error != EEXIST) return std::unexpected(std::move(one.error()));
    made = made || one.has_value();
    auto next =
        capabilities::openBeneath(folder.get(), name, O_PATH | O_DIRECTORY, Wait::kMay, capabilities::Links::kNone);
    // The name came to be something else meanwhile.
    if (!next) return failed(next.error().error == ELOOP ? EEXIST : next.error().error);
    folder = std::move(*next);
  }
  return made ? first : std::string();
}

// The six characters that were chosen.
Result<std::string> makeTemporary(const Lookup& lookup) {
  const auto named = capabilities::reachName(lookup);
  if (!named) return std::unexpected(named.error().error == EBUSY ? Failure{.error = EINVAL} : named.error());
  if (!named->name.ends_with(kTemplate)) return failed(EINVAL);
  const std::string prefix = named->name.substr(0, named->name.size() - kTemplate.size());
  if (auto spent = spendEntry(lookup.path); !spent) return std::unexpected(std::move(spent.error()));
  for (int i = 0; i < kMaxTemporaryNames; ++i) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::array<uint32_t, kTemplate.size()> random;
    if (::getrandom(random.data(), sizeof random, 0) != sizeof random) return failed();
    std::string chosen;
    for (const uint32_t number : random) chosen += kLetters[number % kLetters.size()];
    const std::string name = prefix + chosen;
    const auto may = capabilities::permitted(lookup, named->folder.get(), name, capabilities::Effect::kMake);
    if (!may) return std::unexpected(may.error());
    if (::mkdirat(named->folder.get(), name.c_str(), S_IRWXU) == 0) return chosen;
    if (errno != EEXIST) return failed();
  }
  return failed(EEXIST);
}

Result<void> remove(const Lookup& lookup, int flags) {
  const auto named = capabilities::reachName(lookup);
  if (!named) return std::unexpected(named.error());
  if (!named->status) return failed(ENOENT);
  if (::unlinkat(named->folder.get(), named->name.c_str(), flags) != 0) return failed();
  return {};
}

kj::Promise<Outcome> removeOnLane(Operation operation, int flags) {
  return onLane(operation, [lookup = operation.lookup(0), flags] { return remove(lookup, flags); }, nothing());
}

Result<Named> ofTarget(Result<Named> named) {
  if (!named) named.error().subject = 1;
  return named;
}

Result<void> move(const Lookup& from, const Lookup& to) {
  if (from.path.mount != to.path.mount) return failed(EXDEV);
  const auto source = capabilities::reachName(from);
  if (!source) return std::unexpected(source.error());
  if (!source->status) return failed(ENOENT);
  const auto target = ofTarget(capabilities::reachName(to));
  if (!target) return std::unexpected(target.error());
  capabilities::tellTogether(from, to);
  // A deny binds the file under whichever name led to it: no name may be left behind that carries one.
  const auto& authority = *from.path.authority;
  const RightSet lost =
      capabilities::deniedAtAny(authority, source->guests) - capabilities::deniedAtAny(authority, target->guests);
  if (!lost.empty()) return capabilities::refused(Right::kDelete, "a deny binds what has this name");
  if (source->status->isFolder() && capabilities::holdsOtherRules(from, *source)) {
    return capabilities::refused(Right::kDelete, "a deny or another entry stands beneath it");
  }
  // Nor is anything brought beneath such a name with the folder that holds it.
  const bool folders = source->status->isFolder() || (target->status && target->status->isFolder());
  if (folders && capabilities::holdsOtherRules(to, *target)) {
    Failure failure{.error = EACCES,
                    .refused = target->status ? Right::kDelete : Right::kCreate,
                    .message = "a deny or another entry stands beneath it"};
    failure.subject = 1;
    return std::unexpected(std::move(failure));
  }

  // Without the right to replace, a name that appears meanwhile is not replaced either.
  const auto missing = to.needs.missing(target->rights, capabilities::Effect::kReplace);
  if (::renameat2(source->folder.get(), source->name.c_str(), target->folder.get(), target->name.c_str(),
                  missing ? RENAME_NOREPLACE : 0) == 0) {
    return {};
  }
  if (missing && errno == EEXIST) {
    return std::unexpected(Failure{.error = EACCES, .refused = missing, .message = {}, .code = {}, .subject = 1});
  }
  return failed();
}

}  // namespace

kj::Promise<Outcome> mkdir(Operation operation) {
  const auto params = operation.params<Fs::MkdirParams>();
  const mode_t mode = params.getMode();
  if (!params.getRecursive()) {
    return onLane(operation, [lookup = operation.lookup(0), mode] { return makeOne(lookup, mode); }, nothing());
  }
  return onLane(
      operation, [lookup = operation.lookup(0), mode] { return makeAll(lookup, mode); },
      [operation](const std::string& guest) mutable -> Result<void> {
        if (guest.empty()) return {};
        const std::string first = operation.object<capabilities::View>(0)->nameOf(guest);
        operation.results<Fs::MkdirResults>(first.size() / sizeof(capnp::word) + 8).setFirst(validUtf8(first));
        return {};
      });
}

kj::Promise<Outcome> mkdtemp(Operation operation) {
  return onLane(
      operation, [lookup = operation.lookup(0)] { return makeTemporary(lookup); },
      [operation](const std::string& chosen) mutable -> Result<void> {
        const auto text = operation.params<Fs::MkdtempParams>().getPath().getText();
        std::string path(text.begin(), text.size());
        path.replace(path.rfind(kTemplate), kTemplate.size(), chosen);
        operation.results<Fs::MkdtempResults>(path.size() / sizeof(capnp::word) + 8).setPath(path);
        return {};
      });
}

kj::Promise<Outcome> unlink(Operation operation) { return removeOnLane(operation, 0); }

kj::Promise<Outcome> rmdir(Operation operation) { return removeOnLane(operation, AT_REMOVEDIR); }

kj::Promise<Outcome> rename(Operation operation) {
  return onLane(
      operation, [from = operation.lookup(0), to = operation.lookup(1)] { return move(from, to); }, nothing());
}

}  // namespace runtime::extensions::fs
