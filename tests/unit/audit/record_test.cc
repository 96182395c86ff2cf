#include "supervisor/audit/record.h"

#include <boost/test/unit_test.hpp>

#include "supervisor/audit/chain.h"
#include "supervisor/audit/summary.h"

namespace runtime::audit {
namespace {

const Run kRun{"7", 3, std::string(64, 'a')};

std::string lineOf(const Record& record) {
  Digits head;
  head.fill('0');
  std::string text;
  Chain().append(text, 5, body(record, kRun), head);
  text.pop_back();
  return text;
}

Record hostile() {
  Record record;
  record.module = "a\"b\\c\n\x1b[31m.mjs";
  record.capability = "fs";
  record.right = "read";
  record.resource = std::string("/nul\0/\xFF\xE2\x82", 9) + R"(","capability":"job","right":"end","x":")";
  record.rule = "p.toml:3";
  record.allowed = false;
  record.count = 3;
  record.bytes = 1'234'567'890'123;
  record.durationNs = 9;
  record.error = "EACCES";
  record.timeMs = 1'700'000'000'123;
  return record;
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  const auto read = parse(lineOf(hostile()));
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->seq == 5);
  BOOST_TEST(read->run.job == "7");
  BOOST_TEST(read->run.worker == 3);
  BOOST_TEST(read->run.policySha256 == kRun.policySha256);
  BOOST_TEST(read->record.module == hostile().module);
  BOOST_TEST(read->record.resource.starts_with(std::string_view("/nul\0/\xEF\xBF\xBD", 9)));
  BOOST_TEST(!read->record.allowed);
  BOOST_TEST(read->record.bytes == hostile().bytes);
  BOOST_TEST(read->record.timeMs == hostile().timeMs);
  BOOST_TEST(read->record.error == "EACCES");
}

BOOST_AUTO_TEST_CASE(a_line_has_its_form_whatever_is_in_it) {
  const std::string line = lineOf(hostile());
  BOOST_TEST(line.find('\n') == std::string::npos);
  const auto framed = frame(line);
  BOOST_REQUIRE(framed.has_value());
  BOOST_TEST(framed->seq == 5);
  BOOST_TEST(framed->prev == kNoHash);
  BOOST_TEST(framed->mac.empty());
  BOOST_TEST(view(Chain().hashOf(*framed)) == framed->hash);
}

BOOST_AUTO_TEST_CASE(no_name_can_pass_for_the_end_of_a_run) {
  BOOST_TEST(!isSeal(lineOf(hostile())));
  BOOST_TEST(!isBeginning(lineOf(hostile())));
  BOOST_TEST(isSeal(lineOf(seal("ok"))));
  BOOST_TEST(isBeginning(lineOf(beginning("/main.mjs"))));
}

BOOST_AUTO_TEST_CASE(a_line_of_the_longest_names_is_within_the_bound) {
  Record record = hostile();
  record.module = record.resource = record.rule = std::string(100'000, '\x01');
  const std::string line = lineOf(record);
  BOOST_TEST(line.size() < kMaxLineBytes);
  BOOST_TEST(frame(line).has_value());
  BOOST_TEST(line.size() <= boundOfBody(record));
  record.module = record.resource = record.rule = std::string(100'000, '\xFF');
  BOOST_TEST(lineOf(record).size() <= boundOfBody(record));
  BOOST_TEST(lineOf(hostile()).size() <= boundOfBody(hostile()));
}

BOOST_AUTO_TEST_CASE(lines_without_the_form_are_none) {
  const std::string line = lineOf(hostile());
  BOOST_TEST(!frame("").has_value());
  BOOST_TEST(!frame("{}").has_value());
  BOOST_TEST(!frame(line + "\n").has_value());
  BOOST_TEST(!frame(" " + line).has_value());
  BOOST_TEST(!frame(R"({"v":1,"seq":05,)" + line.substr(15)).has_value());
  BOOST_TEST(!frame(R"({"v":1,"seq":99999999999999999999,)" + line.substr(15)).has_value());
  BOOST_TEST(!frame(R"({"v":1,"seq":-5,)" + line.substr(15)).has_value());
  for (size_t size = 0; size < line.size(); ++size) BOOST_TEST(!frame(line.substr(0, size)).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_record_is_not_read) {
  for (const char* text : {"", "1", "[]", "null", "{", "\xFF"}) BOOST_TEST(!parse(text).has_value());
  const auto read = parse(R"({"seq":"x","module":7,"decision":null,"count":-1})");
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->seq == 0);
  BOOST_TEST(read->record.module.empty());
  BOOST_TEST(!read->record.allowed);
  BOOST_TEST(read->record.count == 0);
}

BOOST_AUTO_TEST_CASE(a_summary_counts_calls_by_module_and_right) {
  Summary summary;
  const auto add = [&](std::string module, std::string right, std::string resource, uint64_t count, bool allowed) {
    Record record;
    record.module = std::move(module);
    record.capability = "fs";
    record.right = std::move(right);
    record.resource = std::move(resource);
    record.count = count;
    record.bytes = allowed ? 10 : 0;
    record.allowed = allowed;
    if (record.resource == "/gone") record.error = "ENOENT";
    summary.add({0, record, kRun});
  };
  summary.add({0, beginning("/a.mjs"), kRun});
  add("a.mjs", "read", "/x", 3, true);
  add("a.mjs", "read", "/x", 1, true);
  add("a.mjs", "read", "/gone", 2, true);
  add("a.mjs", "write", "/x", 5, false);
  add("b.mjs", "read", "/x", 1, false);
  summary.add({0, seal("ok"), kRun});
  BOOST_TEST(summary.records() == 7);
  BOOST_TEST(summary.runs() == 1);
  BOOST_TEST(summary.verdicts().at("ok") == 1);
  const auto modules = summary.byModule();
  BOOST_REQUIRE(modules.size() == 3);
  BOOST_TEST(modules[0].module == "a.mjs");
  BOOST_TEST(modules[0].right == "read");
  BOOST_TEST(modules[0].allowed == 6);
  BOOST_TEST(modules[0].failed == 2);
  BOOST_TEST(modules[0].refused == 0);
  BOOST_TEST(modules[0].bytes == 30);
  BOOST_TEST(modules[0].resources == 2);
  BOOST_TEST(modules[1].refused == 5);
  const auto rights = summary.byRight();
  BOOST_REQUIRE(rights.size() == 2);
  BOOST_TEST(rights[0].allowed == 6);
  BOOST_TEST(rights[0].refused == 1);
}

}  // namespace
}  // namespace runtime::audit
