// Guest paths through View and walk, on a tree with links, denies, entries within entries and things that are not
// files. Input: lines, each an operation, the right it needs and a path:
//   r k m n d   reach, reach keeping a final link, reach or missing, the name itself, the deepest part
//   b           go on in that folder, as the directory capability of it
//   p           go on in the view of a module without denies, with one entry
//   o           go on with what a mask (the character that follows, six bits) leaves
//   l           make a link: its number (0-3) in /data/made, then its target; `@` stands for the host path of the tree
// Whatever is reached must stand where the tree below says that it may be.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "capabilities/guest_path.h"
#include "capabilities/view.h"
#include "capabilities/walk.h"
#include "policies/glob.h"
#include "tests/fuzz/fuzz.h"

namespace runtime::fuzz {
namespace {

using namespace capabilities;

constexpr size_t kMaxOperations = 64;
constexpr int kLinks = 4;

class GlobDenies final : public DenyRules {
 public:
  void add(std::string_view pattern, RightSet rights) {
    rules_.push_back({*policies::Glob::parse(pattern, policies::Glob::Over::kGuestPaths), rights});
  }
  RightSet deniedAt(std::string_view guest) const override {
    RightSet denied;
    for (const Rule& rule : rules_) denied = rule.glob.matches(guest) ? denied | rule.rights : denied;
    return denied;
  }
  bool couldDenyBeneath(std::string_view guest) const override {
    return std::ranges::any_of(rules_, [&](const Rule& rule) { return rule.glob.couldMatchBeneath(guest); });
  }
  bool empty() const override { return rules_.empty(); }

 private:
  struct Rule {
    policies::Glob glob;
    RightSet rights;
  };
  std::vector<Rule> rules_;
};

// What is where on the host, and what a module with these entries may reach of it, said without the product's own
// notions.
class Tree {
 public:
  Tree() {
    scratch_.file("box/a.txt", "a");
    scratch_.file("box/sub/b.txt", "b");
    scratch_.file("box/sub/deep/er/c.txt", "c");
    scratch_.file("box/sub/unread/d.txt", "d");
    scratch_.file("box/private/key.txt", "key");
    scratch_.file("box/sub/deep/key.pem", "key");
    scratch_.file("box/inner/hidden.txt", "hidden by the entry at its name");
    scratch_.file("box/own.policy.toml", "untouchable");
    scratch_.file("other/e.txt", "e");
    scratch_.file("single.txt", "single");
    scratch_.file("secret/secret.txt", "secret");
    scratch_.file("boxer/f.txt", "a name that begins as box does");
    scratch_.folder("box/made");
    scratch_.link("box/to-sub", "sub");
    scratch_.link("box/to-private", "private");
    scratch_.link("box/sub/up", "..");
    scratch_.link("box/sub/upup", "../..");
    scratch_.link("box/sub/deep/key", "../../private/key.txt");
    scratch_.link("box/out", "../secret");
    scratch_.link("box/absolute", scratch_.host("secret/secret.txt"));
    scratch_.link("box/home", scratch_.host("box/a.txt"));
    scratch_.link("box/root", "/");
    scratch_.link("box/magic", "/proc/self/root");
    scratch_.link("box/loop", "loop");
    scratch_.link("box/dangling", "sub/missing");
    scratch_.link("box/to-dangling", "dangling");
    scratch_.link("box/dangling-out", "../secret/new");
    scratch_.link("other/back", "../box/private");
    require(::mkfifo(scratch_.host("box/fifo").c_str(), 0600) == 0, "a FIFO is made");

    auto denies = std::make_shared<GlobDenies>();
    denies->add("/data/private/**", RightSet::all());
    denies->add("/data/sub/unread/**", {Right::kRead});
    denies->add("/**/*.pem", {Right::kRead, Right::kWrite});
    auto authority = std::make_shared<Authority>();
    authority->module = "main.mjs";
    authority->mounts = {entry("box", "/data", RightSet::all()),
                         entry("box/sub", "/alias", {Right::kRead, Right::kList}),
                         entry("other", "/data/inner", {Right::kRead, Right::kWrite, Right::kCreate}),
                         entry("single.txt", "/file", {Right::kRead})};
    authority->denies = std::move(denies);
    struct stat status = {};
    require(::stat(scratch_.host("box/own.policy.toml").c_str(), &status) == 0, "the tree is there");
    authority->untouchable = std::make_shared<const std::vector<FileIdentity>>(
        std::vector<FileIdentity>{{status.st_dev, status.st_ino, false}});
    authority->meters = std::shared_ptr<JobMeters>(new JobMeters{Meter(1 << 20), Meter(100)});
    auto plain = std::make_shared<Authority>();
    plain->module = "plain.mjs";
    plain->mounts = {entry("box/sub", "/plain", RightSet::all())};
    plain->untouchable = authority->untouchable;
    plain->meters = authority->meters;
    plain_ = View::ofModule(std::move(plain));
    whole_ = View::ofModule(std::move(authority));
  }

  const std::shared_ptr<View>& view() const { return whole_; }
  // Of a module whose one entry is /plain.
  const std::shared_ptr<View>& plain() const { return plain_; }

  void link(int number, std::string_view target) const {
    std::string text;
    for (const char c : target) text += c == '@' ? scratch_.host() : std::string(1, c);
    const std::string name = made(number);
    ::unlink(name.c_str());
    if (::symlink(text.c_str(), name.c_str()) != 0) return;  // an empty target, or one too long
  }
  void clean() const {
    for (int i = 0; i < kLinks; ++i) ::unlink(made(i).c_str());
  }

  // Whether `rights` may be had at the host path through an entry that gives them.
  void checkPlace(const std::string& host, RightSet rights, const Mount& mount) const {
    const auto under = [&](const char* path) { return covers(scratch_.host(path), host); };
    if (mount.at.starts_with("/plain")) return require(under("box/sub"), "what is reached is granted:", host);
    require(under("box") || under("other") || host == scratch_.host("single.txt"), "what is reached is granted:", host);
    require(!under("box/private") || rights.empty(), "what is denied is not reached:", host);
    require(!under("box/sub/unread") || !rights.has(Right::kRead), "what is denied for reading is not read:", host);
    require(!host.ends_with(".pem") || !(rights.has(Right::kRead) || rights.has(Right::kWrite)),
            "what is denied by its name is not reached:", host);
    require(!under("box/inner"), "an entry hides what is at its name:", host);
    require(host != scratch_.host("box/own.policy.toml"), "what is untouchable is not reached", host);
    if (under("other")) {
      require(mount.at.starts_with("/data/inner"), "an entry's path is reached through it only", host);
      require(!rights.has(Right::kDelete) && !rights.has(Right::kList), "an entry gives its rights, no more", host);
    }
    if (mount.at.starts_with("/alias")) {
      require(under("box/sub"), "an entry shows its path, no more", host);
      require((rights - RightSet{Right::kRead, Right::kList}).empty(), "an entry gives its rights, no more", host);
    }
  }
  void checkFailure(const Failure& failure) const {
    require(failure.error != 0, "a failure has a code");
    require(!failure.message.contains(scratch_.host()) && !failure.message.contains('/'), "no host path in a failure",
            failure.message);
    require(!failure.refused || failure.error == EACCES, "a refusal is EACCES");
  }
  std::string hostPath(int fd) const {
    std::string text(4096, '\0');
    const ssize_t size = ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), text.data(), text.size());
    require(size > 0, "an open file has a name");
    text.resize(static_cast<size_t>(size));
    return text;
  }
  const Scratch& scratch() const { return scratch_; }

 private:
  std::shared_ptr<const Mount> entry(const std::string& path, const std::string& at, RightSet rights) const {
    auto mount = std::make_shared<Mount>();
    mount->root = os::UniqueFd(::open(scratch_.host(path).c_str(), O_PATH | O_CLOEXEC));
    mount->hostPath = scratch_.host(path);
    mount->isFile = std::filesystem::is_regular_file(mount->hostPath);
    mount->at = at;
    mount->rights = rights;
    mount->rule = "fuzz.policy.toml:1";
    return mount;
  }
  std::string made(int number) const { return scratch_.host("box/made/") + std::to_string(number); }

  Scratch scratch_;
  std::shared_ptr<View> whole_, plain_;
};

const Tree& tree() {
  static const Tree tree;
  return tree;
}

// A run of operations, each in the view that the ones before it left.
class Walker {
 public:
  void run(char operation, Input& line) {
    if (operation == 'l') {
      const auto number = static_cast<int>(line.below(kLinks));
      return tree().link(number, line.rest());
    }
    if (operation == 'p') {
      view_ = tree().plain();
      mask_ = RightSet::all();
      return;
    }
    if (operation == 'o') {
      narrow(line.below(64));
      return;
    }
    const auto right = static_cast<Right>(line.below(kRightCount));
    const auto path = view_->resolve(line.rest());
    if (!path)
      return require(path.error() == ENOENT || path.error() == EINVAL || path.error() == ENAMETOOLONG, "a path");
    require(path->guest.starts_with('/'), "a guest path is absolute", path->guest);
    if (path->mount == nullptr) return require(path->rights.empty(), "no entry, no rights");
    require((path->rights - mask_).empty() && path->mount->rights.hasAll(path->rights), "nothing widens", path->guest);
    if (!path->rights.has(right)) return;  // the door refuses it before the walk
    walk(operation, Lookup{*path, Needs{.all = {right}}}, right);
  }

 private:
  void narrow(size_t bits) {
    RightSet rights;
    for (int i = 0; i < kRightCount; ++i) {
      if ((bits >> i & 1) != 0) rights = rights | RightSet{static_cast<Right>(i)};
    }
    view_ = view_->only(rights);
    mask_ = mask_ & rights;
  }

  void walk(char operation, const Lookup& lookup, Right right) {
    switch (operation) {
      case 'r':
      case 'k':
        return reachIt(lookup, right, operation == 'r' ? FinalLink::kFollow : FinalLink::kKeep);
      case 'm':
        return reachOrMiss(lookup, right);
      case 'n':
        return name(lookup, right);
      case 'd':
        return deepest(lookup, right);
      case 'b':
        return goInto(lookup, right);
      default:
        return;
    }
  }

  void checkReached(const Lookup& lookup, const Reached& reached, Right right, FinalLink link) const {
    require(reached.rights.has(right), "what is reached carries the right");
    require(lookup.path.rights.hasAll(reached.rights), "a walk does not widen");
    tree().checkPlace(tree().hostPath(reached.fd.get()), reached.rights, *lookup.path.mount);
    struct stat status = {};
    require(::fstat(reached.fd.get(), &status) == 0 && status.st_ino == reached.status.inode(),
            "its status is its own");
    require(link == FinalLink::kKeep || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode),
            "nothing but files and folders is opened");
    const auto guest = guestPathOf(lookup, reached.fd.get());
    require(guest.has_value(), "what is reached has a guest path");
    require(covers(lookup.path.mount->at, *guest), "a guest path is beneath its entry", *guest);
    require(!guest->contains(tree().scratch().host()), "a guest path is not one of the host", *guest);
    require(!capabilities::components(*guest).empty() && !(*guest + "/").contains("/../"), "it is canonical", *guest);
  }

  void reachIt(const Lookup& lookup, Right right, FinalLink link) const {
    const auto reached = reach(lookup, link, Wait::kMay);
    const auto atOnce = reach(lookup, link, Wait::kNever);
    if (reached) {
      checkReached(lookup, *reached, right, link);
    } else {
      tree().checkFailure(reached.error());
    }
    if (atOnce) {
      checkReached(lookup, *atOnce, right, link);
      require(reached && reached->status.inode() == atOnce->status.inode(), "waiting makes no difference");
    } else if (atOnce.error().error != EAGAIN) {
      require(!reached && reached.error().error == atOnce.error().error, "waiting makes no difference");
    }
  }

  void checkMade(const Lookup& lookup, int folder, const std::string& name, RightSet rights) const {
    require(!name.empty() && !name.contains('/') && name != "." && name != "..", "a name is one component", name);
    tree().checkPlace(join(tree().hostPath(folder), name), rights, *lookup.path.mount);
  }

  void reachOrMiss(const Lookup& lookup, Right right) const {
    const auto found = reachOrMissing(lookup, FinalLink::kFollow, Wait::kMay);
    if (!found) return tree().checkFailure(found.error());
    if (const auto* reached = std::get_if<Reached>(&*found)) {
      return checkReached(lookup, *reached, right, FinalLink::kFollow);
    }
    const auto& missing = std::get<Missing>(*found);
    require(missing.rights.has(right), "what is made carries the right");
    checkMade(lookup, missing.folder.get(), missing.name, missing.rights);
    require(!statusAt(missing.folder.get(), missing.name), "what is missing is not there", missing.name);
  }

  void name(const Lookup& lookup, Right right) const {
    const auto named = reachName(lookup);
    if (!named) return tree().checkFailure(named.error());
    require(named->rights.has(right), "a name carries the right");
    checkMade(lookup, named->folder.get(), named->name, named->rights);
    require(named->status.has_value() == statusAt(named->folder.get(), named->name).has_value(), "it is there or not");
    // What may be moved or removed whole holds nothing that another rule is about.
    if (named->status && named->status->isFolder() && !holdsOtherRules(lookup, *named)) {
      const std::string host = join(tree().hostPath(named->folder.get()), named->name);
      if (lookup.path.authority == tree().plain()->authority()) return;
      for (const char* ruled : {"box/private", "box/sub/unread", "box/inner"}) {
        require(!covers(host, tree().scratch().host(ruled)), "a rule holds beneath it:", host);
      }
    }
  }

  void deepest(const Lookup& lookup, Right right) const {
    const auto reached = reachDeepest(lookup);
    if (!reached) return tree().checkFailure(reached.error());
    std::string host = tree().hostPath(reached->folder.get());
    if (reached->missing.empty()) return tree().checkPlace(host, {right}, *lookup.path.mount);
    for (const std::string& part : reached->missing) {
      require(!part.empty() && !part.contains('/') && part != "." && part != "..", "a name is one component", part);
      host = join(host, part);
      tree().checkPlace(host, {right}, *lookup.path.mount);
    }
  }

  void goInto(const Lookup& lookup, Right right) {
    auto reached = reach(lookup, FinalLink::kFollow, Wait::kMay);
    if (!reached || !reached->status.isFolder()) return;
    checkReached(lookup, *reached, right, FinalLink::kFollow);
    auto folder = std::make_shared<Mount>();
    folder->hostPath = tree().hostPath(reached->fd.get());
    folder->at = *guestPathOf(lookup, reached->fd.get());
    folder->root = std::move(reached->fd);
    folder->rights = lookup.path.mount->rights;
    folder->rule = lookup.path.mount->rule;
    view_ = view_->beneath(std::move(folder));
    require((view_->rights() - mask_).empty(), "a directory capability does not widen");
  }

  std::shared_ptr<View> view_ = tree().view();
  RightSet mask_ = RightSet::all();
};

}  // namespace
}  // namespace runtime::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace runtime::fuzz;
  Input input(data, size);
  Walker walker;
  for (size_t i = 0; i < kMaxOperations && !input.empty(); ++i) {
    const std::string_view text = input.until('\n');
    Input line(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    const auto operation = static_cast<char>(line.byte());
    walker.run(operation, line);
  }
  tree().clean();
  return 0;
}
