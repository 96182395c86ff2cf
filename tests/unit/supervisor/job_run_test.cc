// A job whose worker is the test: a process that only waits, and what the test writes to its pipe.
#include "supervisor/job_run.h"

#include <capnp/rpc.capnp.h>
#include <capnp/serialize.h>
#include <fcntl.h>
#include <kj/async-io.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "extensions/fs/host.h"
#include "extensions/job/host.h"
#include "ipc/session.capnp.h"
#include "policies/sandbox/exit_status.h"

namespace runtime::supervisor {
namespace {

namespace rpc = capnp::rpc;

// Makes processes that wait for their end.
class WaitingZygote final : public Zygote {
 public:
  explicit WaitingZygote(kj::UnixEventPort& port) : port_(port) {}
  const Hello& hello() const override { return hello_; }
  pid_t pid() const override { return 0; }
  kj::Promise<std::expected<WorkerProcess, int>> fork(uint64_t, uint64_t, os::UniqueFd readEnd, os::UniqueFd writeEnd,
                                                      Need) override {
    fromSupervisor = std::move(readEnd);
    toSupervisor = std::move(writeEnd);
    child = ::fork();
    if (child == 0) {
      signal(SIGTERM, [](int) { _exit(sandbox::kExitDone); });
      sigset_t none;
      sigemptyset(&none);
      sigprocmask(SIG_SETMASK, &none, nullptr);
      for (;;) pause();
    }
    pidfd_ = os::UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
    observer_ =
        kj::heap<kj::UnixEventPort::FdObserver>(port_, pidfd_.get(), kj::UnixEventPort::FdObserver::OBSERVE_READ);
    auto ended = observer_->whenBecomesReadable().then([this] {
      WorkerEnd end;
      waitpid(child, &end.status, 0);
      status = end.status;
      fromSupervisor.reset();
      toSupervisor.reset();
      return std::optional(end);
    });
    const int forKilling = fcntl(pidfd_.get(), F_DUPFD_CLOEXEC, 0);
    return std::expected<WorkerProcess, int>(WorkerProcess(child, os::UniqueFd(forKilling), {}, kj::mv(ended)));
  }
  std::expected<WorkerSeen, std::string> confined(const WorkerProcess&) const override { return WorkerSeen::kConfined; }
  void retire() override {}
  kj::Promise<void> onEnd() override { return kj::NEVER_DONE; }

  os::UniqueFd fromSupervisor, toSupervisor;
  pid_t child = 0;
  int status = 0;  // of its end

 private:
  kj::UnixEventPort& port_;
  Hello hello_;
  os::UniqueFd pidfd_;
  kj::Own<kj::UnixEventPort::FdObserver> observer_;
};

struct Fixture {
  Fixture() {
    signal(SIGPIPE, SIG_IGN);
    std::string pattern = std::filesystem::temp_directory_path() / "runtime-test-XXXXXX";
    BOOST_REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    std::ofstream(folder / "main.mjs") << "1";
    std::vector<std::unique_ptr<extensions::Extension>> all;
    all.push_back(extensions::fs::makeExtension());
    all.push_back(extensions::job::makeExtension());
    registry = std::make_unique<Registry>(std::move(all));
  }
  ~Fixture() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  // What the worker is to send, as one piece of bytes.
  template <typename Fill>
  void say(Fill fill) {
    capnp::MallocMessageBuilder message;
    fill(message.initRoot<rpc::Message>());
    const auto words = capnp::messageToFlatArray(message);
    said.append(reinterpret_cast<const char*>(words.begin()), words.asBytes().size());
  }
  void sayBootstrap() {
    say([&](rpc::Message::Builder message) { message.initBootstrap().setQuestionId(question++); });
  }
  template <typename Params, typename Fill>
  void sayCall(uint16_t method, Fill fill, uint32_t target = 0) {
    say([&](rpc::Message::Builder message) {
      auto call = message.initCall();
      call.setQuestionId(question++);
      call.initTarget().setImportedCap(target);
      call.setInterfaceId(capnp::typeId<ipc::Session>());
      call.setMethodId(method);
      fill(call.initParams().getContent().initAs<Params>());
    });
  }
  void sayBegin(uint32_t target = 0) {
    sayCall<ipc::Session::BeginParams>(0, [](auto) {}, target);
  }
  void sayRelease(uint32_t count) {
    say([&](rpc::Message::Builder message) {
      message.initRelease().setId(0);
      message.getRelease().setReferenceCount(count);
    });
  }

  Result run(bool leaves, std::chrono::nanoseconds wall = std::chrono::seconds(3)) {
    Job job;
    if (!policy.empty()) job.policy = PolicyText{policy, folder.string()};
    job.entry = folder / "main.mjs";
    job.limits.wall = wall;
    auto prepared = prepare(std::move(job), {});
    BOOST_REQUIRE(prepared.has_value());
    auto account = std::make_shared<JobAccount>(std::move(*prepared), 1, io.provider->getTimer());
    JobRun jobRun({io.unixEventPort, io.provider->getTimer(), *registry, reaper, departures}, account);
    WaitingZygote zygote(io.unixEventPort);
    auto running = jobRun.run(std::shared_ptr<Zygote>(std::shared_ptr<Zygote>(), &zygote));
    // Whatever the loop gets to see, it sees after all this.
    BOOST_REQUIRE(write(zygote.toSupervisor.get(), said.data(), said.size()) == static_cast<ssize_t>(said.size()));
    const std::jthread later([&] {
      if (saidLater.empty()) return;
      usleep(300'000);
      BOOST_REQUIRE(write(zygote.toSupervisor.get(), saidLater.data(), saidLater.size()) ==
                    static_cast<ssize_t>(saidLater.size()));
    });
    if (leaves) {
      zygote.fromSupervisor.reset();
      zygote.toSupervisor.reset();
      usleep(50'000);
      ::kill(zygote.child, SIGTERM);
    }
    auto outcome = running.wait(io.waitScope);
    BOOST_REQUIRE((outcome.has_value() && outcome->has_value()));
    departures.over().wait(io.waitScope);
    childStatus = zygote.status;
    return account->conclude(std::move(**outcome)).wait(io.waitScope);
  }

  kj::AsyncIoContext io = kj::setupAsyncIo();
  capabilities::Lane reaper;
  Departures departures{io.provider->getTimer()};
  std::filesystem::path folder;
  std::unique_ptr<Registry> registry;
  std::string policy;
  std::string said;
  std::string saidLater;  // when what was said first has been answered
  uint32_t question = 0;
  int childStatus = 0;  // as of waitpid(2)
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(job_run, Fixture)

BOOST_AUTO_TEST_CASE(what_a_worker_said_before_it_left_is_heard) {
  sayBootstrap();
  sayBegin();
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    sayCall<ipc::Session::OutputParams>(4, [](auto params) { params.setBytes(kj::StringPtr("a line\n").asBytes()); });
    expected += "a line\n";
    say([&](rpc::Message::Builder message) { message.initFinish().setQuestionId(question - 1); });
  }
  sayCall<ipc::Session::DoneParams>(5, [](auto params) { params.initOutcome().setExited(7); });
  const Result result = run(true);
  BOOST_TEST(name(result.verdict) == "exit", result.reason);
  BOOST_TEST(result.exitCode == 7);
  BOOST_TEST(result.standardOutput == expected);
}

// However long the kernel takes to give back its memory. It would never leave by itself: it is killed.
BOOST_AUTO_TEST_CASE(what_ended_in_time_has_ended_in_time) {
  sayBootstrap();
  sayBegin();
  sayCall<ipc::Session::DoneParams>(5, [](auto params) { params.initOutcome().setExited(7); });
  const Result result = run(false, std::chrono::milliseconds(300));
  BOOST_TEST(name(result.verdict) == "exit", result.reason);
  BOOST_TEST(result.usage.peakMemoryBytes > 0);
  BOOST_TEST((WIFSIGNALED(childStatus) && WTERMSIG(childStatus) == SIGKILL), childStatus);
}

BOOST_AUTO_TEST_CASE(a_worker_that_acts_before_it_asks_for_its_job_is_killed) {
  sayBootstrap();
  sayCall<ipc::Session::LoadParams>(1, [](auto params) { params.setSpecifier("file:///main.mjs"); });
  const Result result = run(false);
  BOOST_TEST(name(result.verdict) == "violation", result.reason);
}

// It was found, and has a number that can be guessed: its authority is not to be had.
BOOST_AUTO_TEST_CASE(a_module_that_was_refused_cannot_be_named_afterwards) {
  policy = "version = 1\n[[grant]]\nto = \"walled.mjs\"\nisolate = true\n";
  std::ofstream(folder / "walled.mjs") << "export {};\n";
  sayBootstrap();
  sayBegin();
  sayCall<ipc::Session::LoadParams>(1, [](auto params) { params.setSpecifier("file:///walled.mjs"); });
  std::string first = std::exchange(said, "");
  sayCall<ipc::Session::LoadParams>(1, [](auto params) {
    params.setReferrer(1);
    params.setSpecifier("runtime:fs");
  });
  sayCall<ipc::Session::DoneParams>(5, [](auto params) { params.initOutcome().setExited(7); });
  saidLater = std::exchange(said, std::move(first));
  const Result result = run(false);
  BOOST_TEST(name(result.verdict) == "violation", result.reason);
}

BOOST_AUTO_TEST_CASE(a_call_on_a_capability_that_was_never_given_is_a_violation) {
  sayBootstrap();
  sayBegin();
  sayBegin(9);
  const Result result = run(false);
  BOOST_TEST(name(result.verdict) == "violation", result.reason);
}

BOOST_AUTO_TEST_CASE(a_method_of_the_session_that_does_not_exist_is_a_violation) {
  sayBootstrap();
  sayBegin();
  sayCall<ipc::Session::BeginParams>(99, [](auto) {});
  const Result result = run(false);
  BOOST_TEST(name(result.verdict) == "violation", result.reason);
}

BOOST_AUTO_TEST_CASE(what_breaks_the_connection_is_a_violation_at_once) {
  sayBootstrap();
  sayBegin();
  sayRelease(1000);
  const Result result = run(false);
  BOOST_TEST(name(result.verdict) == "violation", result.reason);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::supervisor
