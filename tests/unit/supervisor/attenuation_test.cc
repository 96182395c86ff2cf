// The door with the real extension fs: what capabilities with terms answer, before, while and after.
#include <fcntl.h>
#include <kj/async-io.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "extensions/fs/fs.capnp.h"
#include "extensions/fs/host.h"
#include "ipc/door.capnp.h"
#include "supervisor/door.h"
#include "tests/unit/capabilities/scene.h"

namespace runtime::supervisor {
namespace {

using capabilities::Right;
using capabilities::RightSet;
using capabilities::Token;
using extensions::fs::Fs;
using ipc::WireError;

class NoSession final : public capnp::Capability::Server {
 public:
  DispatchCallResult dispatchCall(uint64_t, uint16_t,
                                  capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer>) override {
    return {KJ_EXCEPTION(FAILED, "no session here"), false, false};
  }
};

// Holds a lane up until it is told to go on.
class Gate {
 public:
  void hold() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }
  void open() {
    {
      std::lock_guard lock(mutex_);
      open_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

struct Fixture : extensions::JobServices, DoorHost {
  Fixture() {
    std::vector<std::unique_ptr<extensions::Extension>> all;
    all.push_back(extensions::fs::makeExtension());
    registry = std::make_unique<Registry>(std::move(all));
    scene.file("docs/a", "0123456789");
    scene.file("docs/sub/b", "bb");
    scene.entry("docs", "/docs");
    audit = std::make_unique<AuditLog>(std::move(*AuditFile::open(scene.host("log"))), 1 << 20, "1", 1, "",
                                       io.provider->getTimer());
    door = capnp::Capability::Client(kj::heap<Door>(*registry, session, static_cast<extensions::JobServices&>(*this),
                                                    table_, *audit, static_cast<DoorHost&>(*this)));
    fs = door.castAs<Fs>();
    view = *table_.mint(scene.view());
    folder = ask(dir(view, "/docs"));
  }
  ~Fixture() noexcept override {
    gate.open();
    calls_.cancel("the job is over");
    table_.endAll();
  }

  static void set(ipc::Token::Builder builder, Token token) {
    builder.setHigh(token.high);
    builder.setLow(token.low);
  }
  static Token of(ipc::Token::Reader reader) { return {reader.getHigh(), reader.getLow()}; }

  // "" or "CODE right resource reason" of what came of it.
  template <typename T>
  std::string outcome(kj::Promise<T> promise) {
    std::string text;
    promise.then([](auto&&...) {}, [&](kj::Exception&& exception) { text = textOf(exception); }).wait(io.waitScope);
    return text;
  }
  static std::string textOf(const kj::Exception& exception) {
    const WireError error = ipc::fromException(exception).value();
    return error.code + " " + error.right + " " + error.resource + " " + error.reason;
  }
  Token ask(kj::Promise<Token> promise) { return promise.wait(io.waitScope); }

  kj::Promise<Token> dir(Token base, kj::StringPtr path) {
    auto request = fs.dirRequest();
    set(request.initPath().initBase(), base);
    request.getPath().setText(path);
    return request.send().then([](auto answer) { return of(answer.getView()); });
  }
  kj::Promise<Token> only(Token base) {
    auto request = fs.onlyRequest();
    set(request.initView().initToken(), base);
    request.setRights({ipc::Right::READ, ipc::Right::WRITE});
    return request.send().then([](auto answer) { return of(answer.getView()); });
  }
  kj::Promise<Token> until(Token base, uint32_t ms) {
    auto request = fs.untilRequest();
    set(request.initView().initToken(), base);
    request.setMilliseconds(ms);
    return request.send().then([](auto answer) { return of(answer.getView()); });
  }
  template <typename Fill>
  kj::Promise<Token> budget(Token base, Fill fill) {
    auto request = fs.budgetRequest();
    set(request.initView().initToken(), base);
    fill(request);
    return request.send().then([](auto answer) { return of(answer.getView()); });
  }
  kj::Promise<void> revoke(Token token) {
    auto request = fs.revokeRequest();
    set(request.initView().initToken(), token);
    return request.send().ignoreResult();
  }
  kj::Promise<std::string> readFile(Token base, kj::StringPtr path) {
    auto request = fs.readFileRequest();
    set(request.initPath().initBase(), base);
    request.getPath().setText(path);
    return request.send().then(
        [](auto answer) { return std::string(answer.getBytes().asChars().begin(), answer.getBytes().size()); });
  }
  kj::Promise<void> writeFile(Token base, kj::StringPtr path, const std::string& content) {
    auto request = fs.writeFileRequest();
    set(request.initPath().initBase(), base);
    request.getPath().setText(path);
    request.setBytes(kj::arrayPtr(reinterpret_cast<const kj::byte*>(content.data()), content.size()));
    return request.send().ignoreResult();
  }
  kj::Promise<void> copyFile(Token base, kj::StringPtr from, kj::StringPtr to) {
    auto request = fs.copyFileRequest();
    set(request.initFrom().initBase(), base);
    request.getFrom().setText(from);
    set(request.initTo().initBase(), base);
    request.getTo().setText(to);
    return request.send().ignoreResult();
  }
  kj::Promise<Token> open(Token base, kj::StringPtr path) {
    auto request = fs.openReadRequest();
    set(request.initPath().initBase(), base);
    request.getPath().setText(path);
    return request.send().then([](auto answer) { return of(answer.getFile()); });
  }
  kj::Promise<std::string> read(Token file, uint32_t length) {
    auto request = fs.readRequest();
    set(request.initFile().initToken(), file);
    request.setLength(length);
    return request.send().then(
        [](auto answer) { return std::string(answer.getBytes().asChars().begin(), answer.getBytes().size()); });
  }
  kj::Promise<void> stat(Token base, kj::StringPtr path) {
    auto request = fs.statRequest();
    set(request.initPath().initBase(), base);
    request.getPath().setText(path);
    return request.send().ignoreResult();
  }
  kj::Promise<void> close(Token file) {
    auto request = fs.closeRequest();
    set(request.initHandle().initToken(), file);
    return request.send().ignoreResult();
  }

  // The loop's timer counts from when its turn began.
  void pass(capabilities::Clock::duration time) {
    const auto end = capabilities::Clock::now() + time;
    while (capabilities::Clock::now() < end) {
      io.provider->getTimer().afterDelay(1 * kj::MILLISECONDS).wait(io.waitScope);
    }
  }
  // The lane does nothing until gate.open().
  void holdLane() {
    held = lane_
               ->run([this] {
                 gate.hold();
                 return true;
               })
               .ignoreResult()
               .eagerlyEvaluate(nullptr);
  }
  void emptyLane() {
    gate.open();
    lane_->run([] { return true; }).wait(io.waitScope);
  }
  bool touched(const std::string& path) {
    struct stat status;
    return ::stat(scene.host(path).c_str(), &status) == 0 && status.st_atime != 1;
  }
  // Whatever reads or writes the file changes its time of access.
  void untouch(const std::string& path) {
    const timespec times[2] = {{1, 0}, {1, 0}};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, scene.host(path).c_str(), times, 0) == 0);
  }
  std::vector<nlohmann::json> records() {
    audit->seal("ok").wait(io.waitScope);
    std::vector<nlohmann::json> all;
    std::ifstream file(scene.host("log"));
    for (std::string line; std::getline(file, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }

  capabilities::Lane& lane() override { return *lane_; }
  capabilities::Table& table() override { return table_; }
  kj::Promise<std::string> readStdin(size_t) override { return std::string(); }
  const std::vector<std::string>& arguments() const override { return arguments_; }
  std::vector<std::pair<std::string, std::string>> environment(const std::string&) const override { return {}; }
  void onOffence(std::string offence) override { BOOST_FAIL(offence); }
  void onInternalError(std::string what) override { BOOST_FAIL(what); }
  void onAuditTrouble() override {}
  bool closed() const override { return false; }
  Usage& usage() override { return usage_; }
  kj::Canceler& calls() override { return calls_; }
  kj::Timer& timer() override { return io.provider->getTimer(); }
  kj::Promise<Admission::Place> admit() override { return admission.enter(); }

  test::Scene scene;
  Gate gate;
  kj::AsyncIoContext io = kj::setupAsyncIo();
  std::unique_ptr<capabilities::Lane> lane_ = std::make_unique<capabilities::Lane>();
  kj::Promise<void> held = kj::READY_NOW;
  kj::Canceler calls_;
  Admission admission;
  Usage usage_;
  std::vector<std::string> arguments_;
  capabilities::Table table_;
  std::unique_ptr<AuditLog> audit;
  NoSession session;
  std::unique_ptr<Registry> registry;
  capnp::Capability::Client door = nullptr;
  Fs::Client fs = nullptr;
  Token view, folder;
};

const auto maxCalls = [](uint64_t number) { return [number](auto& request) { request.setCalls(number); }; };
const auto maxBytes = [](uint64_t number) { return [number](auto& request) { request.setBytes(number); }; };

constexpr const char* kRevoked = "EBADF   ";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(attenuated, Fixture)

BOOST_AUTO_TEST_CASE(what_has_expired_is_refused_before_the_file_system_is_touched) {
  const Token past = ask(until(folder, 0));
  untouch("docs/a");
  BOOST_TEST(outcome(readFile(past, "a")) == "EACCES read /docs/a expired");
  BOOST_TEST(outcome(readFile(past, "none")) == "EACCES read /docs/none expired");
  BOOST_TEST(outcome(readFile(past, "/sub/./../x")) == "EACCES read /docs/sub/../x expired");
  BOOST_TEST(outcome(writeFile(past, "new", "x")) == "EACCES write /docs/new expired");
  BOOST_TEST(outcome(until(past, 1000)) == "EACCES  /docs expired");
  BOOST_TEST(outcome(revoke(past)) == "EACCES  /docs expired");
  BOOST_TEST(!scene.exists("docs/new"));
  BOOST_TEST(!touched("docs/a"));
  BOOST_TEST(outcome(readFile(folder, "a")) == "");
  BOOST_TEST(usage_.deniedCalls == 6u);
}

BOOST_AUTO_TEST_CASE(whatever_comes_from_one_with_an_end_ends_with_it) {
  const Token limited = ask(until(folder, 500));
  const Token sub = ask(dir(limited, "sub"));
  const Token narrowed = ask(only(sub));
  const Token longer = ask(until(narrowed, 4'000'000'000));
  const Token budgeted = ask(budget(longer, maxCalls(1000)));
  const Token file = ask(open(sub, "b"));
  BOOST_TEST(outcome(readFile(budgeted, "b")) == "");
  pass(std::chrono::milliseconds(501));
  for (const Token token : {sub, narrowed, longer, budgeted}) {
    BOOST_TEST(outcome(readFile(token, "b")) == "EACCES read /docs/sub/b expired");
  }
  BOOST_TEST(outcome(readFile(limited, "a")) == "EACCES read /docs/a expired");
  BOOST_TEST(outcome(read(file, 1)) == "EACCES read /docs/sub/b expired");
  BOOST_TEST(outcome(readFile(folder, "a")) == "");
  BOOST_TEST(scene.meters->liveHandles.load() == 1u);
}

BOOST_AUTO_TEST_CASE(a_budget_of_calls_is_that_of_all_that_comes_from_it) {
  const Token limited = ask(budget(folder, maxCalls(4)));
  const Token sub = ask(dir(limited, "sub"));
  const Token narrowed = ask(only(sub));
  const Token file = ask(open(narrowed, "b"));
  BOOST_TEST(outcome(stat(limited, "none")) == "ENOENT  /docs/none ");
  BOOST_TEST(outcome(read(file, 1)) == "");
  untouch("docs/sub/b");
  BOOST_TEST(outcome(read(file, 1)) == "EACCES read /docs/sub/b calls");
  BOOST_TEST(outcome(readFile(sub, "b")) == "EACCES read /docs/sub/b calls");
  BOOST_TEST(outcome(stat(narrowed, "none")) == "EACCES read /docs/sub/none calls");
  BOOST_TEST(outcome(writeFile(limited, "new", "")) == "EACCES write /docs/new calls");
  BOOST_TEST(!touched("docs/sub/b"));
  BOOST_TEST(!scene.exists("docs/new"));
  // What does nothing with files is free, and adds nothing.
  const Token again = ask(budget(ask(only(narrowed)), maxCalls(1000)));
  BOOST_TEST(outcome(stat(again, "b")) == "EACCES read /docs/sub/b calls");
  BOOST_TEST(outcome(close(file)) == "");
  BOOST_TEST(outcome(readFile(folder, "a")) == "");
}

BOOST_AUTO_TEST_CASE(a_refusal_for_want_of_a_right_costs_nothing_and_is_told_first) {
  const Token limited = ask(budget(folder, maxCalls(1)));
  BOOST_TEST(outcome(copyFile(limited, "a", "b")) == "");  // two paths, one call
  BOOST_TEST(outcome(copyFile(limited, "a", "c")) == "EACCES read /docs/a calls");
  const Token none = ask(budget(ask(only(folder)), maxCalls(0)));
  auto request = fs.unlinkRequest();
  set(request.initPath().initBase(), none);
  request.getPath().setText("a");
  BOOST_TEST(outcome(request.send().ignoreResult()) == "EACCES delete /docs/a ");
}

BOOST_AUTO_TEST_CASE(bytes_are_those_that_reach_the_job_or_the_file) {
  const Token limited = ask(budget(folder, maxBytes(25)));
  BOOST_TEST(readFile(limited, "a").wait(io.waitScope) == "0123456789");
  BOOST_TEST(outcome(writeFile(limited, "new", "12345")) == "");
  const Token file = ask(open(limited, "a"));
  BOOST_TEST(read(file, 4).wait(io.waitScope) == "0123");
  // Six are left: a file of ten is not read at all, a read is answered short.
  BOOST_TEST(outcome(readFile(limited, "a")) == "EACCES read /docs/a bytes");
  BOOST_TEST(outcome(writeFile(limited, "more", "1234567")) == "EACCES write /docs/more bytes");
  BOOST_TEST(!scene.exists("docs/more"));
  BOOST_TEST(read(file, 4).wait(io.waitScope) == "4567");
  BOOST_TEST(read(file, 4).wait(io.waitScope) == "89");
  // None are left: what reads nothing is no refusal.
  BOOST_TEST(read(file, 4).wait(io.waitScope) == "");
  const Token again = ask(open(limited, "a"));
  BOOST_TEST(outcome(read(again, 4)) == "EACCES read /docs/a bytes");
  BOOST_TEST(outcome(read(again, 0)) == "");
  BOOST_TEST(outcome(readFile(limited, "a")) == "EACCES read /docs/a bytes");
  BOOST_TEST(outcome(readFile(limited, "empty")) == "ENOENT  /docs/empty ");
  BOOST_TEST(outcome(writeFile(limited, "empty", "")) == "");
  BOOST_TEST(outcome(readFile(limited, "empty")) == "");
  BOOST_TEST(outcome(stat(limited, "a")) == "");
  BOOST_TEST(outcome(close(file)) == "");
}

BOOST_AUTO_TEST_CASE(reads_under_way_at_once_get_no_more_than_the_budget) {
  scene.file("docs/large", std::string(300'000, 'x'));
  const Token limited = ask(budget(folder, maxBytes(100'000)));
  const Token file = ask(open(limited, "large"));
  size_t got = 0;
  std::vector<kj::Promise<void>> reads;
  for (int i = 0; i < 8; ++i) {
    reads.push_back(read(file, 30'000).then([&](std::string text) { got += text.size(); }, [](kj::Exception&&) {}));
  }
  for (auto& one : reads) one.wait(io.waitScope);
  BOOST_TEST(got <= 100'000u);
  BOOST_TEST(got >= 90'000u);
}

BOOST_AUTO_TEST_CASE(a_long_file_is_one_call_and_all_of_its_bytes) {
  scene.file("docs/long", std::string(700'000, 'x'));
  const Token limited = ask(budget(folder, [](auto& request) {
    request.setCalls(2);
    request.setBytes(1'000'000);
  }));
  const auto first = [&] {
    auto request = fs.readFileRequest();
    set(request.initPath().initBase(), limited);
    request.getPath().setText("long");
    return request.send().wait(io.waitScope);
  }();
  const Token rest = of(first.getRest());
  const size_t size = first.getBytes().size();
  BOOST_TEST(size == 262'144u);
  const auto readAt = [&](uint64_t position) {
    auto request = fs.readRequest();
    set(request.initFile().initToken(), rest);
    request.setLength(262'144);
    request.setPosition(static_cast<int64_t>(position));
    return request.send().ignoreResult();
  };
  BOOST_TEST(outcome(readAt(size)) == "");
  BOOST_TEST(outcome(readAt(2 * size)) == "");
  // What goes on beyond its end is a call of its own.
  BOOST_TEST(outcome(readAt(0)) == "");
  BOOST_TEST(outcome(readAt(0)) == "EACCES read /docs/long calls");
}

BOOST_AUTO_TEST_CASE(a_copy_costs_what_is_read_and_what_is_written) {
  const Token limited = ask(budget(folder, maxBytes(30)));
  BOOST_TEST(outcome(copyFile(limited, "a", "copy")) == "");
  BOOST_TEST(outcome(copyFile(limited, "a", "more")) == "EACCES read /docs/a bytes");
  BOOST_TEST(!scene.exists("docs/more"));
  BOOST_TEST(outcome(copyFile(limited, "sub/b", "copy")) == "");
}

BOOST_AUTO_TEST_CASE(a_rate_is_refused_beyond_one_second_s_worth) {
  const Token limited = ask(budget(folder, [](auto& request) { request.setPerSecond(1); }));
  BOOST_TEST(outcome(stat(limited, "a")) == "");
  BOOST_TEST(outcome(stat(limited, "a")) == "EACCES read /docs/a perSecond");
  pass(std::chrono::milliseconds(1001));
  BOOST_TEST(outcome(stat(limited, "a")) == "");
}

BOOST_AUTO_TEST_CASE(terms_that_limit_nothing_or_nest_too_deep_are_faults) {
  BOOST_TEST(outcome(budget(folder, [](auto&) {})) == "EINVAL  /docs ");
  BOOST_TEST(outcome(budget(folder, [](auto& request) { request.setPerSecond(1'000'001); })) == "EINVAL  /docs ");
  Token deep = folder;
  for (int i = 0; i < 32; ++i) deep = ask(budget(deep, maxCalls(1000)));
  BOOST_TEST(outcome(budget(deep, maxCalls(1))) == "EMLINK  /docs ");
  BOOST_TEST(outcome(stat(deep, "a")) == "");
  const Token file = ask(open(folder, "a"));
  BOOST_TEST(outcome(until(file, 5)) == "EBADF  /docs/a ");
  BOOST_TEST(outcome(budget(file, maxCalls(5))) == "EBADF  /docs/a ");
}

BOOST_AUTO_TEST_CASE(revocation_answers_calls_under_way_whatever_the_lane_does) {
  const Token sub = ask(dir(folder, "sub"));
  const Token file = ask(open(folder, "a"));
  holdLane();
  std::vector<std::string> answers;
  const auto note = [&](kj::Promise<void> promise) {
    return promise
        .then([&] { answers.push_back("done"); },
              [&](kj::Exception&& exception) { answers.push_back(textOf(exception)); })
        .eagerlyEvaluate(nullptr);
  };
  const auto writing = note(writeFile(sub, "new", "x"));
  const auto copying = note(copyFile(folder, "a", "copy"));
  const auto other = note(writeFile(view, "/docs/other", "x"));
  // A read that follows what is on the lane, by a file that is closed meanwhile.
  auto sync = fs.syncRequest();
  set(sync.initFile().initToken(), file);
  const auto syncing = note(sync.send().ignoreResult());
  const auto reading = note(read(file, 4).ignoreResult());
  const auto closing = note(close(file));
  io.waitScope.poll();
  BOOST_TEST(answers.empty());
  BOOST_TEST(outcome(revoke(folder)) == "");
  io.waitScope.poll();
  // All but the module's own call.
  BOOST_TEST(answers.size() == 5u);
  for (const std::string& answer : answers) BOOST_TEST(answer == kRevoked);
  emptyLane();
  io.waitScope.poll();
  BOOST_TEST(!scene.exists("docs/sub/new"));
  BOOST_TEST(!scene.exists("docs/copy"));
  BOOST_TEST(scene.exists("docs/other"));
  BOOST_TEST(answers.size() == 6u);
  BOOST_TEST(scene.meters->liveHandles.load() == 0u);
}

BOOST_AUTO_TEST_CASE(a_call_under_way_is_answered_when_its_time_is_over) {
  const Token limited = ask(until(folder, 20));
  holdLane();
  BOOST_TEST(outcome(writeFile(limited, "new", "x")) == "EACCES write /docs/new expired");
  emptyLane();
  BOOST_TEST(!scene.exists("docs/new"));
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_recorded_with_what_it_stood_for) {
  const Token past = ask(until(ask(dir(folder, "sub")), 0));
  outcome(readFile(past, "b"));
  const Token none = ask(budget(folder, maxCalls(0)));
  outcome(readFile(none, "a"));
  const Token gone = ask(dir(folder, "sub"));
  outcome(revoke(gone));
  outcome(readFile(gone, "b"));
  const auto has = [all = records()](const std::string& resource, const std::string& error) {
    return std::ranges::any_of(all, [&](const nlohmann::json& record) {
      return record.value("resource", "") == resource && record.value("error", "") == error &&
             record.value("decision", "") == "deny" && record.value("module", "") == "main.mjs" &&
             record.value("rule", "") == "test.policy.toml:1" && record.value("right", "") == "read";
    });
  };
  BOOST_TEST(has("/docs/sub/b", "EACCES expired"));
  BOOST_TEST(has("/docs/a", "EACCES calls"));
  BOOST_TEST(has("/docs/sub/b", "EBADF"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::supervisor
