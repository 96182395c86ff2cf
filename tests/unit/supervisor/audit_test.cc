// The log of one job on an event loop, with a real file and the log's own thread.
#include "supervisor/audit.h"

#include <kj/async-io.h>

#include <boost/test/unit_test.hpp>
#include <functional>

#include "capabilities/view.h"
#include "tests/unit/audit/scene.h"

namespace runtime::supervisor {
namespace {

using capabilities::Token;

class Handle final : public capabilities::Object {
 public:
  capabilities::RightSet rights() const override { return {}; }
  const std::string& resource() const override { return none_; }
  const std::string& module() const override { return none_; }
  const std::string& rule() const override { return none_; }

 private:
  std::string none_;
};

struct Fixture : audit::Scene {
  AuditLog& open(audit::FileSettings settings, AuditDurability durability = AuditDurability::kAtEnd,
                 uint64_t maxBytes = 1 << 20) {
    log_ = std::make_unique<AuditLog>(AuditFile::open(std::move(settings)).value(), maxBytes, "1", 1, "policy",
                                      io.provider->getTimer(), durability);
    return *log_;
  }
  AuditLog& open(AuditDurability durability = AuditDurability::kAtEnd, uint64_t maxBytes = 1 << 20) {
    return open({.path = path()}, durability, maxBytes);
  }
  static AuditRecord of(std::string resource, std::string right = "read", uint64_t bytes = 1) {
    AuditRecord record;
    record.module = "main.mjs";
    record.capability = "fs";
    record.right = std::move(right);
    record.resource = std::move(resource);
    record.bytes = bytes;
    return record;
  }
  std::vector<audit::ReadRecord> records() {
    std::vector<audit::ReadRecord> all;
    for (const std::string& line : lines()) all.push_back(audit::parse(line).value());
    return all;
  }

  kj::AsyncIoContext io = kj::setupAsyncIo();

 private:
  std::unique_ptr<AuditLog> log_;
};

BOOST_FIXTURE_TEST_CASE(a_run_has_a_beginning_and_a_seal, Fixture) {
  AuditLog& log = open();
  log.begin("lib/main.mjs");
  log.add(of("/a"));
  log.add(of("/a"));
  log.add(of("/b"));
  const AuditSummary summary = log.seal("exit").wait(io.waitScope);
  const auto all = records();
  BOOST_REQUIRE(all.size() == 4);
  BOOST_TEST(all[0].record.right == "begin");
  BOOST_TEST(all[0].record.resource == "/lib/main.mjs");
  BOOST_TEST(all[0].record.previous == "nothing");
  BOOST_TEST(all[1].record.resource == "/a");
  BOOST_TEST(all[1].record.count == 2);
  BOOST_TEST(all[1].record.bytes == 2);
  BOOST_TEST(all[3].record.right == "end");
  BOOST_TEST(all[3].record.resource == "exit");
  BOOST_TEST(summary.records == 4);
  BOOST_TEST(!judge({.files = {}, .head = summary.head, .expected = {}}).finding.has_value());
}

BOOST_FIXTURE_TEST_CASE(what_is_done_with_a_handle_comes_when_it_ends, Fixture) {
  AuditLog& log = open();
  capabilities::Table table;
  const Token closed = table.mint(std::make_shared<Handle>()).value();
  const Token open = table.mint(std::make_shared<Handle>()).value();
  const Token parent = table.mint(std::make_shared<Handle>()).value();
  const Token derived = table.mint(std::make_shared<Handle>(), parent).value();
  for (int i = 0; i < 3; ++i) {
    for (const Token token : {closed, open, derived}) {
      log.addToHandle(token, of(token == closed ? "/closed" : token == open ? "/open" : "/derived", "read", 10));
      log.handleUsed(table, token);
    }
  }
  log.addToHandle(closed, of("/closed", "write", 7));
  log.recorded().wait(io.waitScope);
  table.end(closed);
  log.handleUsed(table, closed);
  table.end(parent);
  log.handlesUsed(table);
  log.add(of("/later"));
  log.seal("ok").wait(io.waitScope);
  const auto all = records();
  BOOST_REQUIRE(all.size() == 7);
  const auto is = [&](size_t index, std::string_view resource, std::string_view right, uint64_t count, uint64_t bytes) {
    BOOST_TEST(all[index].record.resource == resource);
    BOOST_TEST(all[index].record.right == right);
    BOOST_TEST(all[index].record.count == count);
    BOOST_TEST(all[index].record.bytes == bytes);
    BOOST_TEST(all[index].record.timeMs > 0);
  };
  is(1, "/closed", "read", 3, 30);
  is(2, "/closed", "write", 1, 7);
  is(3, "/derived", "read", 3, 30);
  is(4, "/later", "read", 1, 1);
  is(5, "/open", "read", 3, 30);
}

BOOST_FIXTURE_TEST_CASE(where_each_call_is_recorded_it_is_on_the_disk, Fixture) {
  AuditLog& log = open(AuditDurability::kEachCall);
  log.begin("main.mjs");
  log.addToHandle(Token{1, 1}, of("/a"));
  auto first = log.recorded();
  first.wait(io.waitScope);
  BOOST_TEST(lines().size() == 2);
  // One turn for all that came before it began.
  log.add(of("/b"));
  auto second = log.recorded();
  log.add(of("/c"));
  auto third = log.recorded();
  third.wait(io.waitScope);
  BOOST_TEST(second.poll(io.waitScope));
  second.wait(io.waitScope);
  BOOST_TEST(lines().size() == 4);
  BOOST_TEST(!log.failed());
  log.seal("ok").wait(io.waitScope);
}

BOOST_FIXTURE_TEST_CASE(otherwise_no_call_waits, Fixture) {
  AuditLog& log = open();
  log.add(of("/a"));
  log.recorded().wait(io.waitScope);
  BOOST_TEST(lines().empty());
  log.seal("ok").wait(io.waitScope);
}

BOOST_FIXTURE_TEST_CASE(trouble_is_told_without_a_further_call, Fixture) {
  write("taken", "log.000000000000");
  AuditLog& log = open({.path = path(), .rotateBytes = 1});
  auto trouble = log.trouble();
  log.begin("main.mjs");
  BOOST_TEST(!trouble.poll(io.waitScope));
  log.add(of("/a"));
  trouble.wait(io.waitScope);
  BOOST_TEST(log.failed());
}

BOOST_FIXTURE_TEST_CASE(the_limit_counts_what_is_not_written_yet, Fixture) {
  AuditLog& log = open(AuditDurability::kAtEnd, 8'000);
  auto trouble = log.trouble();
  for (int i = 0; !log.overLimit(); ++i) {
    BOOST_REQUIRE(i < 20);
    log.add(of("/" + std::to_string(i)));
  }
  trouble.wait(io.waitScope);
  BOOST_TEST(!log.failed());
  log.seal("output-limit").wait(io.waitScope);
  BOOST_TEST(std::filesystem::file_size(path()) < 10'000);
}

BOOST_FIXTURE_TEST_CASE(a_full_queue_holds_calls_until_it_is_written, Fixture) {
  constexpr size_t kBatches = 64, kBatch = 256;
  AuditLog& log = open(AuditDurability::kAtEnd, 1 << 30);
  for (size_t i = 0; i < kBatches * kBatch; ++i) log.add(of("/" + std::to_string(i)));
  BOOST_TEST(lines().size() <= kBatches * kBatch + 1);
  log.room().wait(io.waitScope);
  BOOST_TEST(lines().size() == kBatches * kBatch + 1);
  log.seal("ok").wait(io.waitScope);
}

BOOST_FIXTURE_TEST_CASE(a_log_that_is_not_kept_takes_everything, Fixture) {
  AuditLog log(nullptr, 1, "1", 1, "", io.provider->getTimer(), AuditDurability::kEachCall);
  log.begin("main.mjs");
  for (int i = 0; i < 1'000; ++i) log.add(of("/" + std::to_string(i)));
  log.room().wait(io.waitScope);
  log.recorded().wait(io.waitScope);
  BOOST_TEST(!log.overLimit());
  BOOST_TEST(log.seal("ok").wait(io.waitScope).records == 0);
}

}  // namespace
}  // namespace runtime::supervisor
