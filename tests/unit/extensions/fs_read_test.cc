#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/unit/extensions/fs_fixture.h"

using namespace runtime;
using test::FsFixture;
using namespace extensions::fs;
using capabilities::Right;
using capabilities::RightSet;
using capabilities::Token;

namespace {

std::string pattern(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(fs_read, FsFixture)

BOOST_AUTO_TEST_CASE(contents_of_any_size) {
  for (const size_t size : {0u, 1u, 4096u, 262143u, 262144u, 262145u, 1'000'003u}) {
    scene.file("in/" + std::to_string(size), pattern(size));
  }
  scene.entry("in", "/docs", {Right::kRead});
  for (const size_t size : {0u, 1u, 4096u, 262143u, 262144u, 262145u, 1'000'003u}) {
    BOOST_TEST((readFile("/docs/" + std::to_string(size)) == pattern(size)), size);
  }
  BOOST_TEST(scene.meters->liveHandles.load() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_not_granted_or_not_there) {
  scene.file("in/a.md");
  scene.folder("in/sub");
  scene.file("out/b.md");
  scene.link("in/up", "../out/b.md");
  scene.entry("in", "/docs", {Right::kRead});
  scene.entry("out", "/out", {Right::kList});
  BOOST_TEST(readFile("/docs/none") == "[ENOENT]");
  BOOST_TEST(readFile("/docs/sub") == "[EISDIR]");
  BOOST_TEST(readFile("/docs/up") == "[EACCES read]");
  BOOST_TEST(readFile("/docs/../out/b.md") == "[EACCES read]");
  BOOST_TEST(readFile("/out/b.md") == "[EACCES read]");
  BOOST_TEST(readFile("/out/none") == "[EACCES read]");
  BOOST_TEST(readFile("/etc/passwd") == "[EACCES read]");
  auto answer = onPath<Fs::ReadFileParams>("readFile", "/docs/sub/../none");
  BOOST_TEST(answer.error.resource == "/docs/sub/../none");
  BOOST_TEST(answer.error.capability == "");
  answer = onPath<Fs::ReadFileParams>("readFile", "/docs/up");
  BOOST_TEST(answer.error.capability == "fs");
  BOOST_TEST(answer.error.message.find("/docs") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(status) {
  scene.file("in/a.md", "12345");
  scene.link("in/link", "a.md");
  scene.entry("in", "/docs", {Right::kRead});
  const timespec times[2] = {{1'000'000'000, 123'456'789}, {1'600'000'000, 987'654'321}};
  BOOST_REQUIRE(::utimensat(AT_FDCWD, scene.host("in/a.md").c_str(), times, 0) == 0);
  auto answer = onPath<Fs::StatParams>("stat", "/docs/link");
  const auto stat = answer.as<Fs::StatResults>().getStat();
  BOOST_TEST(stat.getSize() == 5u);
  BOOST_TEST((stat.getType() == FileType::FILE));
  BOOST_TEST((stat.getMode() & S_IFMT) == static_cast<unsigned>(S_IFREG));
  BOOST_TEST(stat.getAccessedMs() == 1'000'000'000'123.0);
  BOOST_TEST(stat.getModifiedMs() == 1'600'000'000'987.0);
  auto second = onPath<Fs::LstatParams>("lstat", "/docs/link");
  BOOST_TEST((second.as<Fs::LstatResults>().getStat().getType() == FileType::SYMLINK));
  scene.meters->clockResolutionNs = 0;
  scene.meters->frozenNs = 5'000'000;
  auto third = onPath<Fs::StatParams>("stat", "/docs/a.md");
  BOOST_TEST(third.as<Fs::StatResults>().getStat().getModifiedMs() == 5.0);
}

BOOST_AUTO_TEST_CASE(links_and_real_paths) {
  scene.file("in/sub/a.md");
  scene.link("in/link", "sub/a.md");
  scene.link("in/outside", "../x");
  scene.link("in/absolute", "/etc/passwd");
  scene.link("in/dangling", "none");
  scene.entry("in", "/docs", {Right::kRead});
  const auto readlink = [&](const std::string& path) {
    auto answer = onPath<Fs::ReadlinkParams>("readlink", path);
    if (answer.outcome != "ok") return "[" + answer.outcome + "]";
    return std::string(answer.as<Fs::ReadlinkResults>().getTarget().cStr());
  };
  const auto realpath = [&](const std::string& path) {
    auto answer = onPath<Fs::RealpathParams>("realpath", path);
    if (answer.outcome != "ok") return "[" + answer.outcome + "]";
    return std::string(answer.as<Fs::RealpathResults>().getPath().cStr());
  };
  BOOST_TEST(readlink("/docs/link") == "sub/a.md");
  BOOST_TEST(readlink("/docs/dangling") == "none");
  BOOST_TEST(readlink("/docs/sub") == "[EINVAL]");
  BOOST_TEST(readlink("/docs/outside") == "[EACCES read]");
  BOOST_TEST(readlink("/docs/absolute") == "[EACCES read]");
  BOOST_TEST(realpath("/docs/link") == "/docs/sub/a.md");
  BOOST_TEST(realpath("docs/sub/../link") == "/docs/sub/a.md");
  BOOST_TEST(realpath("/docs") == "/docs");
  BOOST_TEST(realpath("/docs/outside") == "[EACCES read]");
  BOOST_TEST(realpath("/docs/dangling") == "[ENOENT]");
}

BOOST_AUTO_TEST_CASE(access_asks_for_what_is_held) {
  scene.file("in/a.md");
  scene.entry("in", "/docs", {Right::kRead});
  scene.entry("in", "/w", {Right::kRead, Right::kAppend});
  const auto access = [&](const std::string& path, uint8_t mode) {
    return call<Fs::AccessParams>("access",
                                  [&](auto params) {
                                    set(params.initPath(), path);
                                    params.setMode(mode);
                                  })
        .outcome;
  };
  BOOST_TEST(access("/docs/a.md", 0) == "ok");
  BOOST_TEST(access("/docs/a.md", 4) == "ok");
  BOOST_TEST(access("/docs/a.md", 2) == "EACCES write");
  BOOST_TEST(access("/w/a.md", 2) == "ok");
  BOOST_TEST(access("/docs/a.md", 1) == "EACCES");  // not executable
  BOOST_TEST(access("/docs/none", 0) == "ENOENT");
  BOOST_TEST(access("/docs/a.md", 8) == "EINVAL");
}

BOOST_AUTO_TEST_CASE(listings) {
  scene.file("in/b");
  scene.file("in/a");
  scene.file("in/sub/deep/x");
  scene.file("in/sub/c");
  scene.link("in/loop", ".");
  scene.file(std::string("in/bad\xff"));
  scene.entry("in", "/docs", {Right::kList});
  BOOST_TEST((list("/docs") == std::vector<std::string>{"a", "b", "bad\xef\xbf\xbd", "loop", "sub"}));
  BOOST_TEST((list("/docs/sub", true) == std::vector<std::string>{"c", "deep", "deep/x"}));
  BOOST_TEST((list("/docs", true) ==
              std::vector<std::string>{"a", "b", "bad\xef\xbf\xbd", "loop", "sub", "sub/c", "sub/deep", "sub/deep/x"}));
  BOOST_TEST((list("/docs/a") == std::vector<std::string>{"[ENOTDIR]"}));
  BOOST_TEST((list("/") == std::vector<std::string>{"[EACCES list]"}));
  BOOST_TEST((list("/docs/none") == std::vector<std::string>{"[ENOENT]"}));
}

BOOST_AUTO_TEST_CASE(recursive_listings_leave_denied_entries_out) {
  scene.file("in/private/key");
  scene.file("in/sub/private");
  scene.file("in/inner/x");
  scene.entry("in", "/docs", {Right::kList, Right::kRead});
  scene.entry("in", "/again", {Right::kList});
  scene.entry("in/inner", "/docs/inner", {Right::kRead});
  scene.deny("/docs/private");
  BOOST_TEST((list("/docs", true) == std::vector<std::string>{"sub", "sub/private"}));
  BOOST_TEST(list("/again", true) == (std::vector<std::string>{"inner", "sub", "inner/x", "sub/private"}),
             boost::test_tools::per_element());
  BOOST_TEST((list("/again/private") == std::vector<std::string>{"[EACCES list]"}));
}

BOOST_AUTO_TEST_CASE(huge_folders_come_in_pieces) {
  scene.folder("in");
  const std::string longName(200, 'n');
  for (int i = 0; i < 3000; ++i) {
    const int fd =
        ::open(scene.host("in/" + longName + std::to_string(i)).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    BOOST_REQUIRE(fd >= 0);
    ::close(fd);
  }
  scene.entry("in", "/docs", {Right::kList});
  const auto names = list("/docs");
  BOOST_TEST(names.size() == 3000u);
  BOOST_TEST(pieces > 2);
  BOOST_TEST(std::ranges::is_sorted(names));
  // The lane lets go of what its last task held after that has answered.
  for (int i = 0; i < 1000 && scene.meters->liveHandles.load() != 0; ++i) ::usleep(10'000);
  BOOST_TEST(scene.meters->liveHandles.load() == 0u);
}

BOOST_AUTO_TEST_CASE(open_files) {
  scene.file("in/a.md", "hello world");
  scene.entry("in", "/docs", {Right::kRead});
  const Token file = open<Fs::OpenReadParams, Fs::OpenReadResults>("openRead", "/docs/a.md");
  BOOST_TEST(read(file, 5) == "hello");
  BOOST_TEST(read(file, 100, 6) == "world");
  BOOST_TEST(read(file, 100) == " world");
  BOOST_TEST(read(file, 100) == "");
  BOOST_TEST(read(file, 0) == "");
  BOOST_TEST(write(file, "x") == "EACCES write");
  BOOST_TEST(scene.meters->liveHandles.load() == 1u);
  BOOST_TEST(close(file) == "ok");
  BOOST_TEST(close(file) == "EBADF");
  BOOST_TEST(read(file, 1) == "[EBADF]");
  BOOST_TEST(scene.meters->liveHandles.load() == 0u);
  BOOST_TEST(close(view()) == "EBADF");
  open<Fs::OpenReadParams, Fs::OpenReadResults>("openRead", "/docs");
  BOOST_TEST(outcome == "EISDIR");
  open<Fs::OpenReadWriteParams, Fs::OpenReadWriteResults>("openReadWrite", "/docs/a.md");
  BOOST_TEST(outcome == "EACCES write");
}

BOOST_AUTO_TEST_CASE(handles_are_bounded) {
  scene.file("in/a.md");
  scene.file("in/big", std::string(300'000, 'x'));
  scene.entry("in", "/docs", {Right::kRead});
  scene.meters->maxHandles = 3;
  std::vector<Token> files;
  for (int i = 0; i < 3; ++i) {
    files.push_back(open<Fs::OpenReadParams, Fs::OpenReadResults>("openRead", "/docs/a.md"));
    BOOST_TEST(outcome == "ok");
  }
  open<Fs::OpenReadParams, Fs::OpenReadResults>("openRead", "/docs/a.md");
  BOOST_TEST(outcome == "EMFILE");
  BOOST_TEST(readFile("/docs/big") == "[EMFILE]");
  BOOST_TEST(readFile("/docs/a.md") == "content");
  dir("/docs");
  BOOST_TEST(outcome == "EMFILE");
  close(files[0]);
  BOOST_TEST(readFile("/docs/big").size() == 300'000u);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_opens_leave_nothing_behind) {
  scene.file("in/a.md");
  scene.entry("in", "/docs", {Right::kRead});
  size_t opened = 0;
  for (int i = 0; i < 100'000; ++i) {
    const Token file = open<Fs::OpenReadParams, Fs::OpenReadResults>("openRead", "/docs/a.md");
    if (outcome != "ok") break;
    ++opened;
    close(file);
  }
  BOOST_TEST(outcome == "EMFILE");
  BOOST_TEST(opened == capabilities::Table::kMaxMints - 1);
  BOOST_TEST(scene.meters->liveHandles.load() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
