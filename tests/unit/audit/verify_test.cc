// Logs as runs write them, and what somebody may have done to them afterwards.
#include "supervisor/audit/verify.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/unit/audit/scene.h"

namespace runtime::audit {
namespace {

using Kind = Finding::Kind;

// The log of one run of six calls: records 0 to 7, on the lines 1 to 8.
struct OneRun : Scene {
  OneRun() { head = run(6); }
  std::string head;
};

void found(const Answer& answer, Kind kind, uint64_t line, std::optional<uint64_t> seq) {
  BOOST_REQUIRE(answer.finding.has_value());
  BOOST_TEST(static_cast<int>(answer.finding->kind) == static_cast<int>(kind), answer.finding->what);
  BOOST_TEST(answer.finding->line == line, answer.finding->what);
  BOOST_TEST((answer.finding->seq == seq), answer.finding->what);
  BOOST_TEST(!answer.finding->advice.empty());
}

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
}

// The whole chain made anew from the bodies that `lines` have, as one does who can write to the file.
std::vector<std::string> rewritten(const std::vector<std::string>& lines, std::optional<Key> key) {
  Chain chain(std::move(key));
  Digits head;
  std::ranges::copy(kNoHash, head.begin());
  std::vector<std::string> made;
  for (size_t i = 0; i < lines.size(); ++i) {
    const size_t begin = lines[i].find("\"time\"");
    std::string text;
    chain.append(text, i, std::string_view(lines[i]).substr(begin, lines[i].find(",\"prev\"") - begin), head);
    text.pop_back();
    made.push_back(text);
  }
  return made;
}

BOOST_FIXTURE_TEST_CASE(a_log_is_as_it_was_written, OneRun) {
  const Answer answer = judge({.files = {}, .head = head, .expected = {}});
  BOOST_TEST(!answer.finding.has_value());
  BOOST_TEST(answer.notes.empty());
  BOOST_TEST(answer.records == 8);
  BOOST_TEST(answer.firstSeq == 0);
  BOOST_TEST(answer.lastSeq == 7);
  BOOST_TEST(answer.runs == 1);
  BOOST_TEST(answer.head == head);
}

BOOST_FIXTURE_TEST_CASE(runs_go_on_where_the_last_one_ended, OneRun) {
  const std::string last = run(2);
  const Answer answer = judge({.files = {}, .head = last, .expected = {}});
  BOOST_TEST(!answer.finding.has_value());
  BOOST_TEST(answer.records == 12);
  BOOST_TEST(answer.runs == 2);
}

BOOST_FIXTURE_TEST_CASE(an_altered_record_is_named, OneRun) {
  auto all = lines();
  replaceAll(all[3], "/docs/2", "/docs/9");
  writeLines(all);
  found(judge(), Kind::kAltered, 4, 3);
}

BOOST_FIXTURE_TEST_CASE(a_missing_record_is_named, OneRun) {
  auto all = lines();
  all.erase(all.begin() + 3);
  writeLines(all);
  found(judge(), Kind::kMissing, 4, 4);
  BOOST_TEST(judge().finding->what == "record 3 is missing before this one");
  all.erase(all.begin(), all.begin() + 3);
  writeLines(all);
  found(judge(), Kind::kMissing, 1, 4);
  BOOST_TEST(judge().finding->what == "records 0 to 3 are missing before this one");
}

BOOST_FIXTURE_TEST_CASE(a_moved_record_is_named, OneRun) {
  auto all = lines();
  std::swap(all[3], all[5]);
  writeLines(all);
  found(judge(), Kind::kReordered, 4, 5);
  BOOST_TEST(judge().finding->what.contains("record 3 should stand here"));
  all = lines();
  std::swap(all[3], all[5]);
  all.insert(all.begin() + 5, all[2]);
  writeLines(all);
  found(judge(), Kind::kReordered, 6, 2);
}

BOOST_FIXTURE_TEST_CASE(a_replaced_record_is_named, OneRun) {
  const auto all = lines();
  auto forged = all;
  replaceAll(forged[3], "/docs/2", "/docs/9");
  forged = rewritten(forged, std::nullopt);
  auto mixed = all;
  mixed[3] = forged[3];
  writeLines(mixed);
  found(judge(), Kind::kRewritten, 5, 4);
}

BOOST_FIXTURE_TEST_CASE(a_tail_that_was_cut_off_shows_by_the_head, OneRun) {
  auto all = lines();
  all.resize(6);
  writeLines(all);
  BOOST_TEST(!judge().finding.has_value());
  BOOST_REQUIRE(judge().notes.size() == 1);
  BOOST_TEST(judge().notes[0].text.contains("without a seal"));
  found(judge({.files = {}, .head = head, .expected = {}}), Kind::kOtherHead, 0, std::nullopt);
  write("");
  found(judge({.files = {}, .head = head, .expected = {}}), Kind::kOtherHead, 0, std::nullopt);
}

BOOST_FIXTURE_TEST_CASE(what_was_added_after_the_head_is_told, OneRun) {
  run(1);
  found(judge({.files = {}, .head = head, .expected = {}}), Kind::kOtherHead, 0, 7);
  BOOST_TEST(judge({.files = {}, .head = head, .expected = {}}).finding->what.contains("records 8 to 10 were added"));
}

BOOST_FIXTURE_TEST_CASE(a_log_rewritten_whole_shows_by_the_head_and_by_the_key, Scene) {
  const std::string head = run(6, {.path = path(), .key = kKey});
  const Question question{.files = {}, .head = head, .expected = {.after = "", .key = kKey}};
  BOOST_TEST(!judge(question).finding.has_value());
  BOOST_TEST(!judge().finding.has_value());  // the chain alone can be verified by anybody
  auto all = lines();
  replaceAll(all[3], "/docs/2", "/docs/9");

  writeLines(rewritten(all, std::nullopt));
  BOOST_TEST(!judge().finding.has_value());
  found(judge({.files = {}, .head = head, .expected = {}}), Kind::kOtherHead, 0, std::nullopt);
  found(judge({.files = {}, .head = "", .expected = {.after = "", .key = kKey}}), Kind::kUnauthentic, 1, 0);

  writeLines(rewritten(all, kOtherKey));
  BOOST_TEST(!judge().finding.has_value());
  found(judge({.files = {}, .head = "", .expected = {.after = "", .key = kKey}}), Kind::kUnauthentic, 1, 0);

  // From the middle on, behind records that are authentic.
  run(6, {.path = path("other"), .key = kKey});
  auto mixed = lines("other");
  Chain chain(kOtherKey);
  Digits last;
  std::ranges::copy(frame(mixed[2])->hash, last.begin());
  mixed.resize(3);
  std::string text;
  chain.append(text, 3, call(9), last);
  text.pop_back();
  mixed.push_back(text);
  writeLines(mixed);
  BOOST_TEST(!judge().finding.has_value());
  found(judge({.files = {}, .head = "", .expected = {.after = "", .key = kKey}}), Kind::kUnauthentic, 4, 3);
}

BOOST_FIXTURE_TEST_CASE(a_torn_last_line_is_told_and_is_no_fault, OneRun) {
  const std::string whole = read();
  const size_t last = whole.rfind("{\"v\":1");
  for (const size_t size : {last + 1, last + 5, last + 14, whole.size() - 80, whole.size() - 1}) {
    write(std::string_view(whole).substr(0, size));
    const Answer answer = judge();
    BOOST_TEST(!answer.finding.has_value());
    BOOST_TEST(answer.records == 7);
    BOOST_REQUIRE(answer.notes.size() == 1);
    BOOST_TEST(answer.notes[0].line == 8);
    BOOST_TEST(answer.notes[0].text.contains("torn"));
  }
}

BOOST_FIXTURE_TEST_CASE(a_run_goes_on_after_a_torn_line_and_binds_it, OneRun) {
  const std::string whole = read();
  write(std::string_view(whole).substr(0, whole.size() - 100));
  run(2);
  const Answer answer = judge();
  BOOST_TEST(!answer.finding.has_value());
  BOOST_TEST(answer.records == 11);
  BOOST_REQUIRE(answer.notes.size() == 1);
  BOOST_TEST(answer.notes[0].text.contains("the run that begins with record 7 goes on after it"));
  const auto first = parse(lines()[8]);
  BOOST_REQUIRE(first.has_value());
  BOOST_TEST(first->record.previous == "torn");

  auto all = lines();
  replaceAll(all[7], "\"capability\"", "\"Capability\"");
  writeLines(all);
  found(judge(), Kind::kNotARecord, 8, 7);
  all = lines();
  all.erase(all.begin() + 7);
  writeLines(all);
  found(judge(), Kind::kMissing, 8, 7);
}

BOOST_FIXTURE_TEST_CASE(a_run_without_a_seal_is_told, Scene) {
  run(2, Ends::kCutShort);
  run(2);
  const Answer answer = judge();
  BOOST_TEST(!answer.finding.has_value());
  BOOST_REQUIRE(answer.notes.size() == 1);
  BOOST_TEST(answer.notes[0].line == 3);
  BOOST_TEST(answer.notes[0].text.contains("has no seal"));
}

BOOST_FIXTURE_TEST_CASE(foreign_lines_are_named, OneRun) {
  const auto all = lines();
  for (const std::string& foreign :
       {std::string("Dear reader"), std::string(), std::string(R"({"v":1,"seq":3})"), std::string(3, '\0'),
        std::string(1 << 20, 'x'), std::string(9 << 20, 'x'), all[3].substr(0, 200), all[3] + " ", " " + all[3]}) {
    auto with = all;
    with.insert(with.begin() + 3, foreign);
    writeLines(with);
    found(judge(), Kind::kNotARecord, 4, 3);
    with = all;
    with.push_back(foreign);
    writeLines(with);
    found(judge(), Kind::kNotARecord, 9, 8);
  }
  writeLines(all);
  write(read() + "Dear reader");
  found(judge(), Kind::kNotARecord, 9, 8);
}

BOOST_FIXTURE_TEST_CASE(rotated_files_are_verified_together_in_any_order, Scene) {
  std::string head;
  for (int i = 0; i < 20; ++i) head = run(40, {.path = path(), .rotateBytes = 64 << 10});
  std::vector<std::string> files = rotatedFiles(path());
  BOOST_REQUIRE(files.size() >= 3);
  files.push_back(path());
  const auto question = [&](std::vector<std::string> some) {
    return Question{.files = std::move(some), .head = head, .expected = {}};
  };
  BOOST_TEST(judge(question(files)).records == 840);
  BOOST_TEST(!judge(question(files)).finding.has_value());
  std::ranges::reverse(files);
  BOOST_TEST(!judge(question(files)).finding.has_value());
  files.push_back(files[1]);
  BOOST_TEST(!judge(question(files)).finding.has_value());
  std::ranges::sort(files);

  auto without = files;
  std::erase(without, rotatedFiles(path())[1]);
  const Answer gap = judge(question(without));
  BOOST_REQUIRE(gap.finding.has_value());
  BOOST_TEST((gap.finding->kind == Kind::kMissing));
  BOOST_TEST(gap.finding->file == rotatedFiles(path())[2]);

  auto tail = rotatedFiles(path());
  tail.erase(tail.begin());
  tail.push_back(path());
  BOOST_REQUIRE(judge(question(tail)).finding.has_value());
  BOOST_TEST(judge(question(tail)).finding->advice.contains("--after"));
  const std::string before = judge({.files = {rotatedFiles(path())[0]}, .head = "", .expected = {}}).head;
  BOOST_TEST(!judge({.files = tail, .head = head, .expected = {.after = before}}).finding.has_value());
  BOOST_TEST(judge({.files = tail, .head = head, .expected = {.after = head}}).finding.has_value());
}

// Any byte, made any of several others: the log is not taken for what was written.
BOOST_FIXTURE_TEST_CASE(no_byte_can_be_altered_unnoticed, Scene) {
  run(2);
  const std::string first = read();
  write(std::string_view(first).substr(0, first.size() - 150));
  run(1, {.path = path()});
  const std::string whole = read();
  BOOST_REQUIRE(!judge().finding.has_value());
  // In its place: a file written anew each time costs a disk much.
  std::fstream file(path(), std::ios::binary | std::ios::in | std::ios::out);
  const auto put = [&](size_t at, char byte) { file.seekp(static_cast<std::streamoff>(at)).put(byte).flush(); };
  size_t flips = 0;
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const int other : {whole[at] ^ 1, whole[at] ^ 0x20, whole[at] ^ 0x80, int{'\n'}, 0}) {
      if (static_cast<char>(other) == whole[at]) continue;
      put(at, static_cast<char>(other));
      if (judge().finding) {
        ++flips;
      } else {
        BOOST_ERROR("byte " << at << " made " << other);
      }
    }
    put(at, whole[at]);
  }
  BOOST_TEST(flips > 4 * whole.size());
}

// Any line left out, doubled or swapped with the next.
BOOST_FIXTURE_TEST_CASE(no_line_can_be_moved_unnoticed, Scene) {
  const std::string head = run(5);
  const auto all = lines();
  for (size_t at = 0; at < all.size(); ++at) {
    auto without = all;
    without.erase(without.begin() + static_cast<ptrdiff_t>(at));
    writeLines(without);
    BOOST_TEST(judge({.files = {}, .head = head, .expected = {}}).finding.has_value());
    auto twice = all;
    twice.insert(twice.begin() + static_cast<ptrdiff_t>(at), all[at]);
    writeLines(twice);
    BOOST_TEST(judge().finding.has_value());
    if (at + 1 == all.size()) continue;
    auto swapped = all;
    std::swap(swapped[at], swapped[at + 1]);
    writeLines(swapped);
    BOOST_TEST(judge().finding.has_value());
  }
}

BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_read_is_a_fault, Scene) {
  BOOST_TEST(!verify({.files = {path("gone")}, .head = "", .expected = {}}).has_value());
  BOOST_TEST(!verify({.files = {std::filesystem::path(path()).parent_path()}, .head = "", .expected = {}}).has_value());
}

}  // namespace
}  // namespace runtime::audit
