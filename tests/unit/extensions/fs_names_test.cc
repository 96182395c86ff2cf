#include <boost/test/unit_test.hpp>

#include "tests/unit/extensions/fs_fixture.h"

using namespace runtime;
using test::FsFixture;
using namespace extensions::fs;
using capabilities::Right;
using capabilities::RightSet;
using capabilities::Token;

BOOST_FIXTURE_TEST_SUITE(fs_names, FsFixture)

BOOST_AUTO_TEST_CASE(folders) {
  scene.file("out/file");
  scene.link("out/link", "real");
  scene.folder("out/real");
  scene.link("out/up", "..");
  scene.entry("out", "/out", {Right::kCreate, Right::kDelete});
  BOOST_TEST(mkdir("/out/a") == "()");
  BOOST_TEST(mkdir("/out/a") == "EEXIST");
  BOOST_TEST(mkdir("/out") == "EEXIST");
  BOOST_TEST(mkdir("/out/none/a") == "ENOENT");
  BOOST_TEST(mkdir("/out/a/b/c", true) == "(/out/a/b)");
  BOOST_TEST(mkdir("/out/a/b/c", true) == "()");
  BOOST_TEST(mkdir("/out/x/", true) == "(/out/x)");
  BOOST_TEST(mkdir("/out/link/y/z", true) == "(/out/link/y)");
  BOOST_TEST(scene.exists("out/real/y/z"));
  BOOST_TEST(mkdir("/out/file", true) == "EEXIST");
  BOOST_TEST(mkdir("/out/file/x", true) == "ENOTDIR");
  BOOST_TEST(mkdir("/out/up/x", true) == "EACCES create");
  BOOST_TEST(mkdir("/out/../x", true) == "EACCES create");
  BOOST_TEST(!scene.exists("x"));
  BOOST_TEST(onPath<Fs::RmdirParams>("rmdir", "/out/a").outcome == "ENOTEMPTY");
  BOOST_TEST(onPath<Fs::RmdirParams>("rmdir", "/out/a/b/c").outcome == "ok");
  BOOST_TEST(onPath<Fs::RmdirParams>("rmdir", "/out/file").outcome == "ENOTDIR");
  BOOST_TEST(onPath<Fs::RmdirParams>("rmdir", "/out").outcome == "EBUSY");
}

BOOST_AUTO_TEST_CASE(temporary_folders) {
  scene.folder("out");
  scene.entry("out", "/out", {Right::kCreate});
  auto answer = onPath<Fs::MkdtempParams>("mkdtemp", "/out/t-XXXXXX");
  const std::string path = answer.as<Fs::MkdtempResults>().getPath().cStr();
  BOOST_TEST(path.starts_with("/out/t-"));
  BOOST_TEST(path.size() == 13u);
  BOOST_TEST(path != "/out/t-XXXXXX");
  BOOST_TEST(scene.exists(path.substr(1)));
  BOOST_TEST(onPath<Fs::MkdtempParams>("mkdtemp", "/out/t").outcome == "EINVAL");
  BOOST_TEST(onPath<Fs::MkdtempParams>("mkdtemp", "/none/t-XXXXXX").outcome == "EACCES create");
}

BOOST_AUTO_TEST_CASE(removing_names) {
  scene.file("out/a");
  scene.file("secret");
  scene.folder("out/sub");
  scene.link("out/link", "../secret");
  scene.entry("out", "/out", {Right::kDelete});
  const auto unlink = [&](const char* path) { return onPath<Fs::UnlinkParams>("unlink", path).outcome; };
  BOOST_TEST(unlink("/out/link") == "ok");
  BOOST_TEST(scene.exists("secret"));
  BOOST_TEST(unlink("/out/a") == "ok");
  BOOST_TEST(unlink("/out/a") == "ENOENT");
  BOOST_TEST(unlink("/out/sub") == "EISDIR");
  BOOST_TEST(unlink("/out/../secret") == "EACCES delete");
  BOOST_TEST(unlink("/out") == "EBUSY");
  BOOST_TEST(scene.exists("secret"));
}

BOOST_AUTO_TEST_CASE(removing_trees) {
  scene.file("out/t/a/b/c");
  scene.file("out/t/d");
  scene.folder("out/t/empty");
  scene.file("secret/key");
  scene.link("out/t/a/link", "../../../secret");
  scene.link("out/folder-link", "t");
  std::string deep = "out/deep";
  for (int i = 0; i < 200; ++i) deep += "/d";
  scene.file(deep + "/x");
  scene.entry("out", "/out", {Right::kDelete});
  BOOST_TEST(rm("/out/t") == "ERR_FS_EISDIR");
  BOOST_TEST(rm("/out/none") == "ENOENT");
  BOOST_TEST(rm("/out/none", false, true) == "ok");
  BOOST_TEST(rm("/out/none/none", true, true) == "ok");
  BOOST_TEST(rm("/elsewhere", true, true) == "EACCES delete");
  BOOST_TEST(rm("/out", true, true) == "EBUSY");
  BOOST_TEST(rm("/out/folder-link", true) == "ok");
  BOOST_TEST(scene.exists("out/t/d"));
  BOOST_TEST(rm("/out/t", true) == "ok");
  BOOST_TEST(!scene.exists("out/t"));
  BOOST_TEST(scene.exists("secret/key"));
  BOOST_TEST(rm("/out/deep", true) == "ok");
  BOOST_TEST(!scene.exists("out/deep"));
}

BOOST_AUTO_TEST_CASE(what_must_not_be_removed_keeps_its_folder) {
  scene.file("out/a/keep/key");
  scene.file("out/b/inner/x");
  scene.file("out/c/policy.toml");
  scene.entry("out", "/out");
  scene.entry("out/b/inner", "/out/b/inner", {Right::kRead});
  scene.deny("/out/a/keep", {Right::kDelete});
  scene.untouchable("out/c/policy.toml");
  BOOST_TEST(rm("/out/a", true, true) == "EACCES delete");
  BOOST_TEST(rm("/out/a/keep/key") == "EACCES delete");
  BOOST_TEST(rm("/out/b", true, true) == "EACCES delete");
  BOOST_TEST(rm("/out/c", true, true) == "EACCES delete");
  BOOST_TEST(rename("/out/a", "/out/z") == "EACCES delete");
  BOOST_TEST(rename("/out/b", "/out/z") == "EACCES delete");
  for (const auto* path : {"out/a/keep/key", "out/b/inner/x", "out/c/policy.toml"})
    BOOST_TEST(scene.exists(path), path);
}

BOOST_AUTO_TEST_CASE(renaming) {
  scene.file("out/a", "a");
  scene.file("out/b", "b");
  scene.folder("out/sub");
  scene.file("else/x");
  scene.link("out/link", "../else/x");
  scene.entry("out", "/out", {Right::kCreate, Right::kDelete});
  scene.entry("out", "/make", {Right::kCreate});
  scene.entry("else", "/else");
  BOOST_TEST(rename("/out/a", "/out/c") == "ok");
  BOOST_TEST(scene.content("out/c") == "a");
  BOOST_TEST(rename("/out/c", "/out/b") == "ok");
  BOOST_TEST(scene.content("out/b") == "a");
  BOOST_TEST(rename("/out/b", "/out/sub/b") == "ok");
  BOOST_TEST(rename("/out/none", "/out/x") == "ENOENT");
  BOOST_TEST(rename("/out/sub/b", "/else/b") == "EXDEV");
  BOOST_TEST(rename("/out/sub/b", "/out/../b") == "EACCES create");
  BOOST_TEST(rename("/make/sub", "/make/other") == "EACCES delete");
  BOOST_TEST(rename("/out/link", "/out/moved") == "ok");
  BOOST_TEST(std::filesystem::is_symlink(scene.host("out/moved")));
  BOOST_TEST(rename("/out", "/out/x") == "EBUSY");
  BOOST_TEST(rename("/out/sub", "/out/sub/inner") == "EINVAL");
}

BOOST_AUTO_TEST_CASE(renaming_does_not_replace_without_the_right) {
  scene.file("out/a", "a");
  scene.file("out/b", "b");
  scene.entry("out", "/out", {Right::kCreate, Right::kDelete});
  scene.deny("/out/b", {Right::kDelete});
  BOOST_TEST(rename("/out/a", "/out/b") == "EACCES delete");
  BOOST_TEST(scene.content("out/b") == "b");
}

BOOST_AUTO_TEST_CASE(a_deny_is_not_left_behind_by_renaming) {
  scene.file("out/key", "key");
  scene.file("out/sub/x");
  scene.entry("out", "/out");
  scene.deny("/out/key", {Right::kRead});
  BOOST_TEST(readFile("/out/key") == "[EACCES read]");
  BOOST_TEST(rename("/out/key", "/out/free") == "EACCES delete");
  BOOST_TEST(copyFile("/out/key", "/out/free") == "EACCES read");
  BOOST_TEST(rename("/out/sub", "/out/other") == "ok");
  BOOST_TEST(scene.exists("out/key"));
}

BOOST_AUTO_TEST_CASE(nothing_is_brought_beneath_a_deny_with_its_folder) {
  scene.file("out/t/hooks/run");
  scene.file("out/u/inner/x");
  scene.folder("out/plain");
  scene.file("out/file");
  scene.entry("out", "/out");
  scene.entry("out/plain", "/out/there/inner", {Right::kRead});
  scene.deny("/out/git/hooks");
  BOOST_TEST(rename("/out/t", "/out/git") == "EACCES create");
  BOOST_TEST(rename("/out/u", "/out/there") == "EACCES create");
  BOOST_TEST(rename("/out/t", "/out/elsewhere") == "ok");
  BOOST_TEST(rename("/out/file", "/out/git") == "ok");  // a file holds nothing
  BOOST_TEST(!scene.exists("out/git/hooks"));
}

BOOST_AUTO_TEST_CASE(directory_capabilities) {
  scene.file("in/sub/a.md", "inside");
  scene.file("in/b.md");
  scene.entry("in", "/docs", {Right::kRead, Right::kList, Right::kWrite});
  const Token folder = dir("/docs/sub");
  BOOST_TEST(readFileIn(folder, "/a.md") == "inside");
  BOOST_TEST(readFileIn(folder, "a.md") == "inside");
  BOOST_TEST(readFileIn(folder, "../b.md") == "[EACCES read]");
  BOOST_TEST(readFileIn(folder, "/docs/b.md") == "[ENOENT]");
  auto real = call<Fs::RealpathParams>("realpath", [&](auto params) { set(params.initPath(), "a.md", folder); });
  BOOST_TEST(real.as<Fs::RealpathResults>().getPath().cStr() == "/a.md");
  // It follows the folder, not the name.
  std::filesystem::rename(scene.host("in/sub"), scene.host("in/moved"));
  BOOST_TEST(readFileIn(folder, "a.md") == "inside");
  dir("/docs/b.md");
  BOOST_TEST(outcome == "ENOTDIR");
  dir("/elsewhere");
  BOOST_TEST(outcome == "EACCES read");
  dir("/docs/..");
  BOOST_TEST(outcome == "EACCES read");
}

BOOST_AUTO_TEST_CASE(narrowing) {
  scene.file("in/sub/a.md", "inside");
  scene.entry("in", "/docs", {Right::kRead, Right::kWrite});
  const Token folder = dir("/docs/sub");
  const auto only = [&](Token view, std::initializer_list<ipc::Right> rights) {
    auto answer = call<Fs::OnlyParams>("only", [&](auto params) {
      set(params.initView().initToken(), view);
      auto list = params.initRights(static_cast<unsigned>(rights.size()));
      for (unsigned i = 0; i < rights.size(); ++i) list.set(i, rights.begin()[i]);
    });
    outcome = answer.outcome;
    return outcome == "ok" ? token(answer.as<Fs::OnlyResults>().getView()) : Token{};
  };
  const auto write = [&](Token base) {
    return call<Fs::WriteFileParams>("writeFile", [&](auto params) { set(params.initPath(), "a.md", base); }).outcome;
  };
  const Token reading = only(folder, {ipc::Right::READ});
  BOOST_TEST(readFileIn(reading, "a.md") == "inside");
  BOOST_TEST(write(reading) == "EACCES write");
  only(folder, {ipc::Right::READ, ipc::Right::DELETE});
  BOOST_TEST(outcome == "EACCES delete");
  only(reading, {ipc::Right::WRITE});
  BOOST_TEST(outcome == "EACCES write");
  only(folder, {static_cast<ipc::Right>(77)});
  BOOST_TEST(outcome == "EINVAL");

  auto readOnly =
      call<Fs::ReadOnlyParams>("readOnly", [&](auto params) { set(params.initView().initToken(), folder); });
  const Token view = token(readOnly.as<Fs::ReadOnlyResults>().getView());
  BOOST_TEST(write(view) == "EACCES write");
  auto held = call<Fs::RightsParams>("rights", [&](auto params) { set(params.initView().initToken(), view); });
  const auto rights = held.as<Fs::RightsResults>().getRights();
  BOOST_REQUIRE(rights.size() == 1u);
  BOOST_TEST((rights[0] == ipc::Right::READ));
  // A narrowed view does not widen through a folder of its own.
  const Token inner = dirIn(reading, "/");
  BOOST_TEST(write(inner) == "EACCES write");
}

BOOST_AUTO_TEST_CASE(revoking_ends_all_that_came_from_it) {
  scene.file("in/sub/deep/a.md", "inside");
  scene.entry("in", "/docs");
  const Token folder = dir("/docs/sub");
  const Token inner = dirIn(folder, "deep");
  auto opened = call<Fs::OpenReadParams>("openRead", [&](auto params) { set(params.initPath(), "a.md", inner); });
  const Token file = token(opened.as<Fs::OpenReadResults>().getFile());
  BOOST_TEST(read(file, 3) == "ins");
  BOOST_TEST(scene.meters->liveHandles.load() == 3u);
  const auto revoke = [&](Token view) {
    return call<Fs::RevokeParams>("revoke", [&](auto params) { set(params.initView().initToken(), view); }).outcome;
  };
  BOOST_TEST(revoke(file) == "EBADF");
  BOOST_TEST(revoke(folder) == "ok");
  BOOST_TEST(readFileIn(folder, "deep/a.md") == "[EBADF]");
  BOOST_TEST(readFileIn(inner, "a.md") == "[EBADF]");
  BOOST_TEST(read(file, 3) == "[EBADF]");
  BOOST_TEST(revoke(folder) == "EBADF");
  BOOST_TEST(readFile("/docs/sub/deep/a.md") == "inside");
}

BOOST_AUTO_TEST_SUITE_END()
