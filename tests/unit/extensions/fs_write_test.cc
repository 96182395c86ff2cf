#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/unit/extensions/fs_fixture.h"

using namespace runtime;
using test::FsFixture;
using namespace extensions::fs;
using capabilities::Meter;
using capabilities::Right;
using capabilities::RightSet;
using capabilities::Token;

BOOST_FIXTURE_TEST_SUITE(fs_write, FsFixture)

BOOST_AUTO_TEST_CASE(new_and_existing_files) {
  scene.file("out/old", "a long old content");
  scene.link("out/link", "old");
  scene.link("out/dangling", "made");
  scene.entry("out", "/out");
  struct stat before;
  struct stat after;
  BOOST_REQUIRE(::stat(scene.host("out/old").c_str(), &before) == 0);
  BOOST_TEST(writeFile("/out/new", "text") == "ok");
  BOOST_TEST(scene.content("out/new") == "text");
  BOOST_TEST(writeFile("/out/link", "new") == "ok");
  BOOST_TEST(scene.content("out/old") == "new");
  BOOST_REQUIRE(::stat(scene.host("out/old").c_str(), &after) == 0);
  BOOST_TEST(before.st_ino == after.st_ino);  // truncated in place
  BOOST_TEST(writeFile("/out/dangling", "x") == "ok");
  BOOST_TEST(scene.content("out/made") == "x");
  BOOST_TEST(writeFile("/out/new", "again", true) == "EEXIST");
  BOOST_TEST(writeFile("/out/dangling2", "again", true) == "ok");
  BOOST_TEST(writeFile("/out", "x") == "EISDIR");
  BOOST_TEST(writeFile("/out/none/x", "x") == "ENOENT");
  BOOST_TEST(writeFile("/out/big", std::string(256 * 1024 + 1, 'x')) == "EINVAL");
  BOOST_TEST(!scene.exists("out/big"));
}

BOOST_AUTO_TEST_CASE(rights_are_told_apart) {
  scene.file("out/old", "old");
  scene.entry("out", "/write", {Right::kWrite});
  scene.entry("out", "/create", {Right::kCreate});
  scene.entry("out", "/append", {Right::kAppend, Right::kCreate});
  BOOST_TEST(writeFile("/write/old", "1") == "ok");
  BOOST_TEST(writeFile("/write/new", "1") == "EACCES create");
  BOOST_TEST(writeFile("/write/new", "1", true) == "EACCES create");
  BOOST_TEST(writeFile("/write/old", "1", true) == "EACCES create");
  BOOST_TEST(writeFile("/create/new", "1") == "EACCES write");
  BOOST_TEST(writeFile("/append/old", "1") == "EACCES write");
  BOOST_TEST(appendFile("/append/old", "2") == "ok");
  BOOST_TEST(appendFile("/write/old", "3") == "ok");
  BOOST_TEST(appendFile("/append/log", "a") == "ok");
  BOOST_TEST(appendFile("/write/log2", "a") == "EACCES create");
  BOOST_TEST(scene.content("out/old") == "123");
  BOOST_TEST(!scene.exists("out/new"));
}

BOOST_AUTO_TEST_CASE(a_new_file_has_no_name_before_it_is_complete) {
  scene.folder("out");
  scene.entry("out", "/out");
  const Token file = open<Fs::BeginWriteParams, Fs::BeginWriteResults>("beginWrite", "/out/new");
  BOOST_TEST(write(file, "first ") == "ok");
  BOOST_TEST(!scene.exists("out/new"));
  BOOST_TEST((list("/out").empty()));
  BOOST_TEST(write(file, "second") == "ok");
  BOOST_TEST(commit(file) == "ok");
  BOOST_TEST(scene.content("out/new") == "first second");
  BOOST_TEST(commit(file) == "EBADF");
  BOOST_TEST(scene.meters->liveHandles.load() == 0u);

  const Token dropped = open<Fs::BeginWriteParams, Fs::BeginWriteResults>("beginWrite", "/out/dropped");
  BOOST_TEST(write(dropped, "x") == "ok");
  BOOST_TEST(close(dropped) == "ok");
  BOOST_TEST(!scene.exists("out/dropped"));

  // The name comes to exist meanwhile: its file gets the content.
  const Token late = open<Fs::BeginWriteParams, Fs::BeginWriteResults>("beginWrite", "/out/late");
  BOOST_TEST(write(late, "mine") == "ok");
  scene.file("out/late", "theirs, and longer");
  BOOST_TEST(commit(late) == "ok");
  BOOST_TEST(scene.content("out/late") == "mine");

  const Token plain = open<Fs::OpenWriteParams, Fs::OpenWriteResults>("openWrite", "/out/plain");
  BOOST_TEST(scene.exists("out/plain"));
  BOOST_TEST(commit(plain) == "EBADF");
  BOOST_TEST(close(plain) == "ok");
}

// A file gets its name where its path leads then, not in a folder that has left the entry since it was begun.
BOOST_AUTO_TEST_CASE(a_folder_that_leaves_takes_no_file_with_it) {
  scene.folder("out/d");
  scene.folder("elsewhere");
  scene.entry("out", "/out");
  const Token file = open<Fs::BeginWriteParams, Fs::BeginWriteResults>("beginWrite", "/out/d/new");
  BOOST_TEST(write(file, "mine") == "ok");
  std::filesystem::rename(scene.host("out/d"), scene.host("elsewhere/d"));
  BOOST_TEST(commit(file) == "ENOENT");
  BOOST_TEST(!scene.exists("elsewhere/d/new"));

  scene.folder("out/d");
  const Token other = open<Fs::BeginWriteParams, Fs::BeginWriteResults>("beginWrite", "/out/d/other");
  BOOST_TEST(write(other, "mine") == "ok");
  std::filesystem::rename(scene.host("out/d"), scene.host("out/e"));
  scene.link("out/d", "../elsewhere/d");
  BOOST_TEST(commit(other) == "EACCES write");
  BOOST_TEST(!scene.exists("elsewhere/d/other"));
}

BOOST_AUTO_TEST_CASE(writes_act_in_the_order_they_were_made) {
  scene.folder("out");
  scene.entry("out", "/out");
  const Token file = open<Fs::OpenWriteReadParams, Fs::OpenWriteReadResults>("openWriteRead", "/out/f");
  std::vector<test::Started> started;
  std::string expected;
  for (int i = 0; i < 50; ++i) {
    const std::string piece = std::to_string(i) + ",";
    expected += piece;
    started.push_back(startWrite(file, piece));
  }
  const std::string seen = read(file, 1000, 0);  // behind the writes
  for (auto& one : started) BOOST_TEST(finish(std::move(one)).outcome == "ok");
  BOOST_TEST(seen == expected);
  BOOST_TEST(write(file, "X", 0) == "ok");
  BOOST_TEST(write(file, "end") == "ok");
  BOOST_TEST(read(file, 2, 0) == "X,");
  BOOST_TEST(close(file) == "ok");
  BOOST_TEST(scene.content("out/f").ends_with("49,end"));
}

BOOST_AUTO_TEST_CASE(appending_ignores_positions) {
  scene.file("out/log", "one ");
  scene.entry("out", "/out", {Right::kAppend, Right::kRead});
  const Token file = open<Fs::OpenAppendReadParams, Fs::OpenAppendReadResults>("openAppendRead", "/out/log");
  BOOST_TEST(write(file, "two", 0) == "ok");
  BOOST_TEST(read(file, 100, 0) == "one two");
  const auto truncated =
      call<Fs::FileTruncateParams>("fileTruncate", [&](auto params) { set(params.initFile().initToken(), file); });
  BOOST_TEST(truncated.outcome == "EACCES write");
}

BOOST_AUTO_TEST_CASE(a_handle_carries_what_is_held_at_the_file_reached) {
  scene.file("out/log", "12345");
  scene.link("out/link", "log");
  scene.entry("out", "/out", {Right::kAppend, Right::kWrite});
  scene.deny("/out/log", {Right::kWrite});
  const Token file = open<Fs::OpenAppendParams, Fs::OpenAppendResults>("openAppend", "/out/link");
  BOOST_TEST(outcome == "ok");
  const auto truncated =
      call<Fs::FileTruncateParams>("fileTruncate", [&](auto params) { set(params.initFile().initToken(), file); });
  BOOST_TEST(truncated.outcome == "EACCES write");
  BOOST_TEST(write(file, "6") == "ok");
  BOOST_TEST(scene.content("out/log") == "123456");
}

BOOST_AUTO_TEST_CASE(nothing_is_made_in_an_untouchable_folder) {
  scene.folder("out/state/sub");
  scene.file("out/a");
  scene.entry("out", "/out");
  scene.untouchable("out/state");
  BOOST_TEST(writeFile("/out/state/x", "x") == "EACCES write");
  BOOST_TEST(writeFile("/out/state/sub/x", "x") == "EACCES write");
  BOOST_TEST(mkdir("/out/state/x") == "EACCES create");
  BOOST_TEST(mkdir("/out/state/sub/x/y", true) == "EACCES create");
  BOOST_TEST(rename("/out/a", "/out/state/a") == "EACCES create");
  BOOST_TEST(rename("/out/state", "/out/moved") == "EACCES delete");
  BOOST_TEST(writeFile("/out/b", "x") == "ok");
}

BOOST_AUTO_TEST_CASE(storage_is_spent_before_it_is_used) {
  scene.folder("out");
  const auto ofEntry = std::make_shared<Meter>(10);
  scene.entry("out", "/out", RightSet::all(), ofEntry);
  scene.file("out/old", "old");
  BOOST_TEST(writeFile("/out/a", "12345678") == "ok");
  BOOST_TEST(writeFile("/out/b", "123") == "ENOSPC");
  BOOST_TEST(!scene.exists("out/b"));
  BOOST_TEST(writeFile("/out/old", "12345") == "ENOSPC");
  BOOST_TEST(scene.content("out/old") == "old");  // not truncated first
  BOOST_TEST(copyFile("/out/a", "/out/copy") == "ENOSPC");
  BOOST_TEST(!scene.exists("out/copy"));
  const auto truncate = [&](uint64_t length) {
    return call<Fs::TruncateParams>("truncate",
                                    [&](auto params) {
                                      set(params.initPath(), "/out/a");
                                      params.setLength(length);
                                    })
        .outcome;
  };
  BOOST_TEST(truncate(11) == "ENOSPC");
  BOOST_TEST(truncate(10) == "ok");
  BOOST_TEST(ofEntry->spent() == 10u);
  BOOST_TEST(truncate(0) == "ok");
  BOOST_TEST(writeFile("/out/a", "1") == "ENOSPC");  // never refunded
  BOOST_TEST(truncate(UINT64_MAX) == "EFBIG");
}

BOOST_AUTO_TEST_CASE(a_gap_counts_as_storage) {
  scene.folder("out");
  scene.entry("out", "/out", RightSet::all(), std::make_shared<Meter>(1000));
  const Token file = open<Fs::OpenWriteParams, Fs::OpenWriteResults>("openWrite", "/out/f");
  BOOST_TEST(write(file, "x", 1'000'000) == "ENOSPC");
  BOOST_TEST(write(file, "x", 500) == "ok");
  BOOST_TEST(write(file, "x", 1000) == "ENOSPC");
  BOOST_TEST(close(file) == "ok");
  BOOST_TEST(scene.content("out/f").size() == 501u);
}

BOOST_AUTO_TEST_CASE(entries_are_bounded) {
  scene.folder("out");
  scene.entry("out", "/out");
  scene.meters = std::shared_ptr<capabilities::JobMeters>(new capabilities::JobMeters{Meter(1000), Meter(3)});
  BOOST_TEST(writeFile("/out/a", "1") == "ok");
  BOOST_TEST(mkdir("/out/b") == "()");
  for (int i = 0; i < 5; ++i) BOOST_TEST(mkdir("/out/b") == "EEXIST");
  for (int i = 0; i < 5; ++i) BOOST_TEST(writeFile("/out/a", "1") == "ok");
  BOOST_TEST(mkdir("/out/c/d", true) == "ENOSPC");
  BOOST_TEST(writeFile("/out/e", "1") == "ENOSPC");
  BOOST_TEST(!scene.exists("out/e"));
}

BOOST_AUTO_TEST_CASE(copies) {
  const std::string content(500'000, 'c');
  scene.file("in/a", content);
  BOOST_REQUIRE(::chmod(scene.host("in/a").c_str(), 0750) == 0);
  scene.file("out/old", std::string(600'000, 'o'));
  scene.folder("out/sub");
  scene.entry("in", "/in", {Right::kRead});
  scene.entry("out", "/out", {Right::kWrite});
  scene.entry("out", "/make", {Right::kCreate, Right::kRead});
  BOOST_TEST(copyFile("/in/a", "/out/new") == "EACCES create");
  BOOST_TEST(copyFile("/in/a", "/make/new") == "ok");
  BOOST_TEST((scene.content("out/new") == content));
  struct stat status;
  BOOST_REQUIRE(::stat(scene.host("out/new").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777) == 0750u);
  BOOST_TEST(copyFile("/in/a", "/make/old") == "EACCES write");
  BOOST_TEST(copyFile("/in/a", "/out/old") == "ok");
  BOOST_TEST((scene.content("out/old") == content));
  BOOST_TEST(copyFile("/in/a", "/make/new", true) == "EEXIST");
  BOOST_TEST(copyFile("/in", "/out/old") == "EISDIR");
  BOOST_TEST((scene.content("out/old") == content));
  BOOST_TEST(copyFile("/make/old", "/out/old") == "ok");  // onto itself
  BOOST_TEST((scene.content("out/old") == content));
  BOOST_TEST(copyFile("/in/none", "/make/x") == "ENOENT");
  BOOST_TEST(copyFile("/in/a", "/out/sub") == "EISDIR");
}

BOOST_AUTO_TEST_CASE(times_and_sizes) {
  scene.file("out/a", "12345");
  scene.entry("out", "/out");
  const auto utimes = [&](double accessed, double modified) {
    return call<Fs::UtimesParams>("utimes",
                                  [&](auto params) {
                                    set(params.initPath(), "/out/a");
                                    params.setAccessedMs(accessed);
                                    params.setModifiedMs(modified);
                                  })
        .outcome;
  };
  BOOST_TEST(utimes(1000.5, -1500.25) == "ok");
  struct stat status;
  BOOST_REQUIRE(::stat(scene.host("out/a").c_str(), &status) == 0);
  BOOST_TEST(status.st_atim.tv_sec == 1);
  BOOST_TEST(status.st_atim.tv_nsec == 500'000);
  BOOST_TEST(status.st_mtim.tv_sec == -2);
  BOOST_TEST(status.st_mtim.tv_nsec == 499'750'000);
  BOOST_TEST(utimes(std::numeric_limits<double>::quiet_NaN(), 0) == "EINVAL");
  BOOST_TEST(utimes(0, std::numeric_limits<double>::infinity()) == "EINVAL");
  BOOST_TEST(utimes(1e300, 0) == "EINVAL");
}

BOOST_AUTO_TEST_CASE(synchronising_and_statistics_of_open_files) {
  scene.folder("out");
  scene.entry("out", "/out");
  const Token file = open<Fs::OpenWriteParams, Fs::OpenWriteResults>("openWrite", "/out/f");
  BOOST_TEST(write(file, "12345") == "ok");
  const auto on = [&](auto params) { set(params.initFile().initToken(), file); };
  BOOST_TEST(call<Fs::SyncParams>("sync", on).outcome == "ok");
  BOOST_TEST(call<Fs::DatasyncParams>("datasync", on).outcome == "ok");
  auto stat = call<Fs::FileStatParams>("fileStat", on);
  BOOST_TEST(stat.as<Fs::FileStatResults>().getStat().getSize() == 5u);
  const auto truncated = call<Fs::FileTruncateParams>("fileTruncate", [&](auto params) {
    set(params.initFile().initToken(), file);
    params.setLength(2);
  });
  BOOST_TEST(truncated.outcome == "ok");
  BOOST_TEST(read(file, 1) == "[EACCES read]");
  BOOST_TEST(close(file) == "ok");
  BOOST_TEST(scene.content("out/f") == "12");
}

BOOST_AUTO_TEST_SUITE_END()
