#include "capabilities/walk.h"

#include <sys/mount.h>
#include <sys/sysmacros.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <thread>

#include "tests/unit/capabilities/scene.h"

using namespace runtime::capabilities;
using runtime::test::Scene;

namespace {

constexpr RightSet kLook{Right::kRead, Right::kList};

Lookup lookup(const std::shared_ptr<View>& view, std::string_view path, Needs needs = {.all = {Right::kRead}}) {
  return {view->resolve(path).value(), needs};
}

std::string told(const Failure& failure) {
  if (failure.refused) return "refused " + std::string(name(*failure.refused));
  return ::strerrorname_np(failure.error);
}

// "ok", the errno's name, or "refused RIGHT" of reaching a path for reading.
std::string reached(Scene& scene, std::string_view path, FinalLink link = FinalLink::kFollow) {
  const auto result = reach(lookup(scene.view(), path), link, Wait::kMay);
  return result ? "ok" : told(result.error());
}

std::string foundForWriting(Scene& scene, std::string_view path) {
  const Needs needs{.all = {Right::kWrite}, .ifAbsent = {Right::kCreate}};
  const auto result = reachOrMissing(lookup(scene.view(), path, needs), FinalLink::kFollow, Wait::kMay);
  if (!result) return told(result.error());
  const auto* missing = std::get_if<Missing>(&*result);
  return missing == nullptr ? "ok" : "missing " + missing->name;
}

std::string named(Scene& scene, std::string_view path) {
  const auto result = reachName(lookup(scene.view(), path, {.all = {Right::kDelete}}));
  if (!result) return told(result.error());
  return result->status ? "ok" : "ENOENT";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(walk)

BOOST_AUTO_TEST_CASE(files_and_folders_are_reached) {
  Scene scene;
  scene.file("in/a.md");
  scene.file("in/sub/b.md");
  scene.entry("in", "/docs", kLook);
  scene.entry("in/a.md", "/one.md", kLook);
  for (const auto* path : {"/docs", "/docs/a.md", "/docs/sub/../a.md", "/docs/sub", "/docs/sub/", "/one.md"}) {
    BOOST_TEST(reached(scene, path) == "ok", path);
  }
  BOOST_TEST(reached(scene, "/docs/none") == "ENOENT");
  BOOST_TEST(reached(scene, "/docs/a.md/x") == "ENOTDIR");
  BOOST_TEST(reached(scene, "/docs/a.md/") == "ENOTDIR");
  BOOST_TEST(reached(scene, "/one.md/x") == "ENOTDIR");
  BOOST_TEST(reached(scene, "/one.md/..") == "ENOTDIR");
}

BOOST_AUTO_TEST_CASE(nothing_leads_out_of_an_entry) {
  Scene scene;
  scene.file("secret");
  scene.file("in/a.md");
  scene.folder("in/sub");
  scene.link("in/up", "../secret");
  scene.link("in/absolute", scene.host("secret"));
  scene.link("in/absolute-inside", scene.host("in/a.md"));
  scene.link("in/folder", "..");
  scene.link("in/sub/far", "../../secret");
  scene.link("in/etc", "/etc");
  scene.link("in/proc", "/proc/self/root");
  scene.entry("in", "/docs", kLook);
  for (const auto* path :
       {"/docs/up", "/docs/absolute", "/docs/absolute-inside", "/docs/folder", "/docs/folder/secret", "/docs/sub/far",
        "/docs/etc", "/docs/etc/passwd", "/docs/proc/etc/passwd", "/docs/..", "/docs/../secret", "/docs/../in/a.md",
        "/docs/sub/../../secret", "/docs/sub/../../in/a.md", "/docs/../../../../../../../../etc/passwd"}) {
    BOOST_TEST(reached(scene, path) == "refused read", path);
  }
}

BOOST_AUTO_TEST_CASE(links_within_an_entry_are_followed) {
  Scene scene;
  scene.file("in/a.md");
  scene.folder("in/sub");
  scene.link("in/one", "a.md");
  scene.link("in/sub/two", "../one");
  scene.link("in/loop", "loop");
  scene.link("in/dangling", "none");
  scene.entry("in", "/docs", kLook);
  BOOST_TEST(reached(scene, "/docs/one") == "ok");
  BOOST_TEST(reached(scene, "/docs/sub/two") == "ok");
  BOOST_TEST(reached(scene, "/docs/loop") == "ELOOP");
  BOOST_TEST(reached(scene, "/docs/dangling") == "ENOENT");
  for (const auto* path : {"/docs/one", "/docs/loop", "/docs/dangling"}) {
    BOOST_TEST(reached(scene, path, FinalLink::kKeep) == "ok", path);
  }
}

BOOST_AUTO_TEST_CASE(dot_dot_comes_after_links) {
  Scene scene;
  scene.file("in/x/a.md");
  scene.folder("in/x/y");
  scene.link("in/link", "x/y");
  scene.entry("in", "/docs", kLook);
  BOOST_TEST(reached(scene, "/docs/link/../a.md") == "ok");
  BOOST_TEST(reached(scene, "/docs/a.md") == "ENOENT");
}

BOOST_AUTO_TEST_CASE(only_files_and_folders_are_opened) {
  Scene scene;
  scene.folder("in");
  BOOST_REQUIRE(::mkfifo(scene.host("in/fifo").c_str(), 0600) == 0);
  scene.link("in/link", "fifo");
  scene.entry("in", "/docs", kLook);
  BOOST_TEST(reached(scene, "/docs/fifo") == "refused read");
  BOOST_TEST(reached(scene, "/docs/link") == "refused read");
  BOOST_TEST(reached(scene, "/docs/fifo", FinalLink::kKeep) == "ok");
  if (::mknod(scene.host("in/null").c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0) {
    BOOST_TEST(reached(scene, "/docs/null") == "refused read");
  }
}

BOOST_AUTO_TEST_CASE(another_file_system_needs_an_entry_of_its_own) {
  Scene scene;
  scene.file("in/mounted/under");
  if (::mount("none", scene.host("in/mounted").c_str(), "tmpfs", 0, nullptr) != 0) {
    BOOST_TEST_MESSAGE("no right to mount here: the root folder's own mounts are used");
  } else {
    scene.file("in/mounted/file");
    scene.entry("in", "/docs", kLook);
    const std::string inside = reached(scene, "/docs/mounted/file");
    const std::string itself = reached(scene, "/docs/mounted");
    ::umount2(scene.host("in/mounted").c_str(), MNT_DETACH);
    BOOST_TEST(inside == "refused read");
    BOOST_TEST(itself == "refused read");
  }
  // A grant of "/" opens nothing of /proc.
  auto mount = std::make_shared<Mount>();
  mount->root = runtime::os::UniqueFd(::open("/", O_PATH | O_CLOEXEC));
  mount->hostPath = "/";
  mount->at = "/";
  mount->rights = kLook;
  auto authority = std::make_shared<Authority>();
  authority->mounts = {mount};
  authority->meters = scene.meters;
  const auto view = View::ofModule(authority);
  for (const auto* path : {"/proc/self/mem", "/proc/self/environ", "/proc/1/root", "/proc", "/dev/../proc/self/mem"}) {
    const auto result = reach(lookup(view, path), FinalLink::kFollow, Wait::kMay);
    BOOST_REQUIRE_MESSAGE(!result.has_value(), path);
    BOOST_TEST(told(result.error()) == "refused read", path);
  }
}

BOOST_AUTO_TEST_CASE(a_deny_binds_the_file_whatever_led_to_it) {
  Scene scene;
  scene.file("in/private/key");
  scene.file("in/open/a.md");
  scene.link("in/open/link", "../private/key");
  scene.link("in/open/folder", "../private");
  scene.link("in/open/dangling", "../private/none");
  scene.entry("in", "/docs", kLook | RightSet{Right::kWrite, Right::kCreate});
  scene.entry("in", "/again", kLook);
  scene.entry("in/private", "/deep", kLook);
  scene.entry("in/private/key", "/key", kLook);
  scene.deny("/docs/private");
  for (const auto* path :
       {"/docs/private/key", "/docs/private", "/docs/private/none", "/docs/open/link", "/docs/open/folder",
        "/docs/open/folder/key", "/docs/open/folder/none", "/docs/open/folder/key/x", "/docs/open/../private/key",
        "/docs/open/../private/none", "/again/private/key", "/again/private/none", "/again/open/link",
        "/again/open/folder/none", "/deep/key", "/deep/none", "/deep", "/key", "/docs/open/folder/none/deeper"}) {
    BOOST_TEST(reached(scene, path) == "refused read", path);
  }
  for (const auto* path : {"/docs/open/a.md", "/docs/private/../open/a.md", "/again/open/a.md", "/docs"}) {
    BOOST_TEST(reached(scene, path) == "ok", path);
  }
  BOOST_TEST(reached(scene, "/docs/open/none") == "ENOENT");
  // Nothing is made there either, by way of a link included.
  BOOST_TEST(foundForWriting(scene, "/docs/open/folder/new") == "refused write");
  BOOST_TEST(foundForWriting(scene, "/docs/open/dangling") == "refused write");
  BOOST_TEST(foundForWriting(scene, "/docs/open/../private/new") == "refused write");
  BOOST_TEST(foundForWriting(scene, "/docs/open/new") == "missing new");
}

BOOST_AUTO_TEST_CASE(a_deny_of_some_rights_leaves_the_others) {
  Scene scene;
  scene.file("in/a.md");
  scene.link("in/link", "a.md");
  scene.entry("in", "/docs");
  scene.deny("/docs/a.md", {Right::kWrite, Right::kCreate});
  BOOST_TEST(reached(scene, "/docs/link") == "ok");
  BOOST_TEST(foundForWriting(scene, "/docs/link") == "refused write");
  scene.deny("/docs/new", {Right::kCreate});
  scene.link("in/to-new", "new");
  BOOST_TEST(foundForWriting(scene, "/docs/to-new") == "refused create");
}

BOOST_AUTO_TEST_CASE(what_belongs_to_an_inner_entry_is_not_reached_through_the_outer) {
  Scene scene;
  scene.file("in/ro/a.md");
  scene.folder("in/x");
  scene.link("in/link", "ro");
  scene.entry("in", "/w");
  scene.entry("in/ro", "/w/ro", kLook);
  BOOST_TEST(reached(scene, "/w/ro/a.md") == "ok");
  BOOST_TEST(foundForWriting(scene, "/w/x/../ro/a.md") == "refused write");
  BOOST_TEST(foundForWriting(scene, "/w/link/a.md") == "refused write");
  BOOST_TEST(foundForWriting(scene, "/w/x/../ro/new") == "refused write");
  BOOST_TEST(reached(scene, "/w/x") == "ok");
  const Lookup whole = lookup(scene.view(), "/w/x", {.all = {Right::kDelete}});
  BOOST_TEST(!holdsOtherRules(whole, reachName(whole).value()));
}

BOOST_AUTO_TEST_CASE(a_folder_with_rules_beneath_it_says_so) {
  Scene scene;
  scene.file("in/a/b/key");
  scene.folder("in/c");
  scene.folder("in/d/e");
  scene.entry("in", "/docs");
  scene.entry("in/c", "/docs/d/e/f");
  scene.deny("/docs/a/b/key");
  const auto holds = [&](const char* path) {
    const Lookup one = lookup(scene.view(), path, {.all = {Right::kDelete}});
    return holdsOtherRules(one, reachName(one).value());
  };
  BOOST_TEST(holds("/docs/a"));
  BOOST_TEST(holds("/docs/a/b"));
  BOOST_TEST(holds("/docs/d"));
  BOOST_TEST(!holds("/docs/c"));
}

BOOST_AUTO_TEST_CASE(what_is_untouchable_is_refused_under_every_name) {
  Scene scene;
  scene.file("in/policy.toml");
  scene.file("in/state/db");
  scene.file("in/a.md");
  scene.link("in/link", "policy.toml");
  std::filesystem::create_hard_link(scene.host("in/policy.toml"), scene.host("in/hard"));
  scene.entry("in", "/docs");
  scene.untouchable("in/policy.toml");
  for (const auto* path : {"/docs/policy.toml", "/docs/link", "/docs/hard"}) {
    BOOST_TEST(reached(scene, path) == "refused read", path);
  }
  BOOST_TEST(named(scene, "/docs/policy.toml") == "refused delete");
  BOOST_TEST(reached(scene, "/docs/state/db") == "ok");
  scene.untouchable("in/state");
  BOOST_TEST(reached(scene, "/docs/state/db") == "refused read");
  BOOST_TEST(reached(scene, "/docs/state") == "refused read");
  BOOST_TEST(named(scene, "/docs/state/db") == "refused delete");
  BOOST_TEST(reached(scene, "/docs/a.md") == "ok");
}

BOOST_AUTO_TEST_CASE(names_that_would_be_made) {
  Scene scene;
  scene.file("in/a.md");
  scene.link("in/dangling", "sub/new");
  scene.folder("in/sub");
  scene.link("in/outside", "../new");
  scene.link("in/outside-absolute", scene.host("new"));
  scene.link("in/chain", "dangling");
  scene.entry("in", "/docs");
  BOOST_TEST(foundForWriting(scene, "/docs/a.md") == "ok");
  BOOST_TEST(foundForWriting(scene, "/docs/new") == "missing new");
  BOOST_TEST(foundForWriting(scene, "/docs/dangling") == "missing new");
  BOOST_TEST(foundForWriting(scene, "/docs/chain") == "missing new");
  BOOST_TEST(foundForWriting(scene, "/docs/outside") == "refused write");
  BOOST_TEST(foundForWriting(scene, "/docs/outside-absolute") == "refused write");
  BOOST_TEST(foundForWriting(scene, "/docs/../new") == "refused write");
  BOOST_TEST(foundForWriting(scene, "/docs/none/new") == "ENOENT");
  BOOST_TEST(foundForWriting(scene, "/docs/a.md/new") == "ENOTDIR");
  BOOST_TEST(foundForWriting(scene, "/docs/new/") == "EISDIR");
  BOOST_TEST(named(scene, "/docs") == "EBUSY");
  BOOST_TEST(named(scene, "/docs/sub/..") == "EBUSY");
  BOOST_TEST(named(scene, "/docs/dangling") == "ok");
}

BOOST_AUTO_TEST_CASE(a_cached_walk_does_not_wait) {
  Scene scene;
  scene.file("in/a.md");
  scene.entry("in", "/docs", kLook);
  const auto one = lookup(scene.view(), "/docs/a.md");
  BOOST_REQUIRE(reach(one, FinalLink::kFollow, Wait::kMay).has_value());
  BOOST_TEST(reach(one, FinalLink::kFollow, Wait::kNever).has_value());
}

// A link and a file change places while the walk goes on: it ends at the file inside or not at all.
BOOST_AUTO_TEST_CASE(a_long_path_that_does_not_exist_is_examined_where_it_may_wait_and_soon) {
  Scene scene;
  scene.folder("data");
  scene.entry("data", "/data");
  scene.deny("/data/private");
  std::string rest;
  for (int i = 0; i < 2000; ++i) rest += "a/";
  const auto view = scene.view();
  const auto atOnce = reach(lookup(view, "/data/" + rest), FinalLink::kFollow, Wait::kNever);
  BOOST_REQUIRE(!atOnce);
  BOOST_TEST(told(atOnce.error()) == "EAGAIN");
  const auto began = std::chrono::steady_clock::now();
  BOOST_TEST(reached(scene, "/data/" + rest) == "ENOENT");
  BOOST_TEST(reached(scene, "/data/x/../private/" + rest) == "refused read");
  // Milliseconds where the work grows with the square of the length, seconds where with the cube.
  BOOST_TEST((std::chrono::steady_clock::now() - began < std::chrono::milliseconds(500)));
}

BOOST_AUTO_TEST_CASE(a_race_of_renames_never_leads_outside) {
  Scene scene;
  scene.file("secret", "secret");
  scene.file("in/target", "inside");
  scene.link("in/evil", "../secret");
  scene.folder("in/sub");
  scene.entry("in", "/docs", kLook);
  std::atomic<bool> stop = false;
  std::thread flipper([&] {
    const std::string a = scene.host("in/target");
    const std::string b = scene.host("in/evil");
    while (!stop) ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE);
  });
  const auto one = lookup(scene.view(), "/docs/sub/../target");
  struct stat outside;
  BOOST_REQUIRE(::stat(scene.host("secret").c_str(), &outside) == 0);
  size_t inside = 0;
  size_t refusals = 0;
  bool escaped = false;
  for (int i = 0; i < 20'000 && !escaped; ++i) {
    const auto result = reach(one, FinalLink::kFollow, Wait::kMay);
    if (result) {
      ++inside;
      escaped = result->status.inode() == outside.st_ino;
    } else {
      refusals += result.error().refused ? 1 : 0;
      if (!result.error().refused && result.error().error != ENOENT) BOOST_ERROR(told(result.error()));
    }
  }
  stop = true;
  flipper.join();
  BOOST_TEST(!escaped);
  BOOST_TEST(inside + refusals > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
