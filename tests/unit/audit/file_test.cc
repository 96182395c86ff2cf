#include "supervisor/audit/file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>

#include "tests/unit/audit/scene.h"

namespace runtime::audit {
namespace {

std::string refusal(FileSettings settings) {
  const auto file = File::open(std::move(settings));
  return file ? "" : file.error();
}

BOOST_FIXTURE_TEST_CASE(one_process_writes_at_a_time, Scene) {
  const auto first = File::open(path());
  BOOST_REQUIRE(first.has_value());
  BOOST_TEST(refusal({.path = path()}).contains("another run is writing"));
}

BOOST_FIXTURE_TEST_CASE(what_the_log_held_before_is_known, Scene) {
  BOOST_TEST(File::open(path()).value()->previous() == "nothing");
  run(1, Ends::kCutShort);
  BOOST_TEST(File::open(path()).value()->previous() == "unsealed");
  run(1);
  BOOST_TEST(File::open(path()).value()->previous() == "sealed");
  write(read() + R"({"v":1,"s)");
  const auto torn = File::open(path());
  BOOST_TEST(torn.value()->previous() == "torn");
  BOOST_TEST(torn.value()->torn() == view(Chain().digest(R"({"v":1,"s)")));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_something_else_is_not_written_to, Scene) {
  for (const std::string& text : {std::string("Dear reader,\n"), std::string("Dear reader"), std::string("{}\n"),
                                  std::string("\n"), std::string("{\"v\":1,\"seq\":0}\n"), std::string("x\n\0", 3)}) {
    write(text);
    BOOST_TEST(refusal({.path = path()}).contains("not that of an audit log"), text);
    BOOST_TEST(read() == text);
  }
  std::filesystem::create_symlink(path(), path("link"));
  BOOST_TEST(!refusal({.path = path("link")}).empty());
  ::mkfifo(path("pipe").c_str(), 0600);
  BOOST_TEST(refusal({.path = path("pipe")}).contains("not a regular file"));
  BOOST_TEST(!refusal({.path = path("gone/log")}).empty());
}

BOOST_FIXTURE_TEST_CASE(an_altered_end_is_not_continued, Scene) {
  run(1);
  std::string text = read();
  text[text.find("\"ok\"") + 1] = 'O';
  write(text);
  BOOST_TEST(refusal({.path = path()}).contains("altered"));
}

BOOST_FIXTURE_TEST_CASE(a_log_has_one_key, Scene) {
  run(1, {.path = path(), .key = kKey});
  BOOST_TEST(refusal({.path = path()}).contains("--audit-key"));
  BOOST_TEST(refusal({.path = path(), .key = kOtherKey}).contains("not kept with this key"));
  BOOST_TEST(refusal({.path = path(), .key = kKey}).empty());
  run(1, {.path = path("bare")});
  BOOST_TEST(refusal({.path = path("bare"), .key = kKey}).contains("not kept with this key"));
}

BOOST_FIXTURE_TEST_CASE(keys_have_a_length, Scene) {
  write(std::string(31, 'k'), "key");
  BOOST_TEST(!readKey(path("key")).has_value());
  write(std::string(32, '\n'), "key");
  BOOST_TEST(readKey(path("key")).value().bytes == std::string(32, '\n'));
  write(std::string(4'097, 'k'), "key");
  BOOST_TEST(!readKey(path("key")).has_value());
  BOOST_TEST(!readKey(path("gone")).has_value());
  BOOST_TEST(!readKey(std::filesystem::path(path()).parent_path()).has_value());
}

BOOST_FIXTURE_TEST_CASE(files_are_rotated_before_they_grow_beyond, Scene) {
  constexpr uint64_t kMost = 64 << 10;
  run(500, {.path = path(), .rotateBytes = kMost});
  const auto files = rotatedFiles(path());
  BOOST_TEST(files.size() >= 2);
  BOOST_TEST(files[0] == path("log.000000000000"));
  for (const std::string& file : files) BOOST_TEST(std::filesystem::file_size(file) <= kMost);
  BOOST_TEST(std::filesystem::file_size(path()) <= kMost);
  BOOST_TEST(std::filesystem::file_size(path()) > 0);
  BOOST_TEST(!std::filesystem::exists(path(".log.next")));
  // The second file is named by its first record.
  const auto second = frame(lines(std::filesystem::path(files[1]).filename())[0]);
  BOOST_TEST(files[1].ends_with(std::format(".{:012}", second->seq)));
}

BOOST_FIXTURE_TEST_CASE(the_next_file_is_locked_too, Scene) {
  auto file = File::open({.path = path(), .rotateBytes = 1});
  BOOST_REQUIRE(file.has_value());
  BOOST_REQUIRE((*file)->append({call(0)}));
  BOOST_REQUIRE((*file)->append({call(1)}));
  BOOST_TEST(rotatedFiles(path()).size() == 1);
  BOOST_TEST(refusal({.path = path()}).contains("another run is writing"));
}

BOOST_FIXTURE_TEST_CASE(a_rotation_that_was_cut_short_is_taken_back, Scene) {
  run(100);
  std::filesystem::create_hard_link(path(), path("log.000000000000"));
  write("never answered\n", ".log.next");
  BOOST_TEST(!judge({.files = {path("log.000000000000"), path()}, .head = "", .expected = {}}).finding.has_value());
  const std::string head = run(100, {.path = path(), .rotateBytes = 64 << 10});
  auto files = rotatedFiles(path());
  BOOST_TEST(files.size() == 1);
  files.push_back(path());
  const Answer answer = judge({.files = files, .head = head, .expected = {}});
  BOOST_TEST(!answer.finding.has_value());
  BOOST_TEST(answer.records == 204);
}

BOOST_FIXTURE_TEST_CASE(a_rotated_name_that_is_taken_is_a_failure, Scene) {
  write("mine", "log.000000000000");
  auto file = File::open({.path = path(), .rotateBytes = 1});
  BOOST_REQUIRE((*file)->append({call(0)}));
  BOOST_TEST(!(*file)->append({call(1)}));
  BOOST_TEST(!(*file)->append({call(2)}));
  BOOST_TEST(!(*file)->sync());
  BOOST_TEST(read("log.000000000000") == "mine");
}

BOOST_FIXTURE_TEST_CASE(a_torn_line_stays_before_a_rotation, Scene) {
  run(1);
  write(read() + R"({"v":1,"seq":3,"ti)");
  const std::string head = run(2, {.path = path(), .rotateBytes = 1});
  auto files = rotatedFiles(path());
  files.push_back(path());
  const Answer answer = judge({.files = files, .head = head, .expected = {}});
  BOOST_TEST(!answer.finding.has_value());
  BOOST_TEST(answer.records == 7);
  BOOST_REQUIRE(answer.notes.size() == 1);
  BOOST_TEST(answer.notes[0].text.contains("torn"));
}

// The size of files is bounded in a child: a write that is cut short by it.
BOOST_FIXTURE_TEST_CASE(after_a_failed_write_nothing_is_written, Scene) {
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit most{1'000, 1'000};
    ::setrlimit(RLIMIT_FSIZE, &most);
    auto file = File::open(path());
    const bool written = (*file)->append({call(0)});
    const bool cut = (*file)->append({call(1), call(2)});
    const bool later = (*file)->append({call(3)});
    ::_exit(written && !cut && !later ? 0 : 1);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
  BOOST_TEST(std::filesystem::file_size(path()) == 1'000);
  run(1);
  const Answer answer = judge();
  BOOST_TEST(!answer.finding.has_value());
  BOOST_REQUIRE(answer.notes.size() == 1);
  BOOST_TEST(answer.notes[0].text.contains("torn"));
}

}  // namespace
}  // namespace runtime::audit
