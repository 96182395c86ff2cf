#include "tests/sandbox/wall/confined.h"

#include <capnp/message.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace runtime::tests {
namespace {

struct Pipe {
  os::UniqueFd readEnd, writeEnd;
};

Pipe makePipe() {
  std::array<int, 2> ends{};
  BOOST_REQUIRE_EQUAL(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {os::UniqueFd(ends[0]), os::UniqueFd(ends[1])};
}

}  // namespace

std::optional<Answer> Probe::obey(const Command& command) {
  Answer answer = 0;
  if (::write(to_.get(), &command, sizeof command) != sizeof command) return std::nullopt;
  if (::read(from_.get(), &answer, sizeof answer) != sizeof answer) return std::nullopt;
  return answer;
}

std::optional<Answer> Probe::call(int64_t number, std::array<uint64_t, 6> arguments) {
  return obey({Command::Kind::kSyscall, number, arguments});
}

int Probe::status() {
  const auto end = home_.wait(process_.ended());
  BOOST_REQUIRE_MESSAGE(end.has_value(), "the zygote was lost");
  return end->status;
}

// Another where a test of the suite itself says so: tests/sandbox/holes.
std::string Confined::probeZygote() {
  const char* other = std::getenv("PROBE_ZYGOTE");
  return other != nullptr ? other : PROBE_ZYGOTE;
}

kj::Promise<std::expected<kj::Own<supervisor::Zygote>, supervisor::Zygote::Fault>> Confined::start(
    std::string executable, EngineMode mode, kj::Duration timeout) {
  capnp::MallocMessageBuilder message;
  auto boot = message.initRoot<ipc::Boot>();
  boot.setJit(mode == EngineMode::kJit);
  return supervisor::Zygote::start(port_, port_.getTimer(), {std::move(executable), {}, timeout}, boot.asReader());
}

Confined::Confined(EngineMode mode, std::string executable)
    : mode_(mode), executable_(executable.empty() ? probeZygote() : std::move(executable)) {
  ::signal(SIGPIPE, SIG_IGN);
  zygote_ = makeZygote();
}

kj::Own<supervisor::Zygote> Confined::makeZygote() {
  auto started = wait(start(executable_, mode_, 10 * kj::SECONDS));
  BOOST_REQUIRE_MESSAGE(started.has_value(), "no zygote: " << (started ? "" : started.error().message));
  return kj::mv(*started);
}

std::string Confined::startFault(std::string executable, kj::Duration timeout) {
  auto started = wait(start(std::move(executable), EngineMode::kJitless, timeout));
  return started ? "" : started.error().message;
}

Probe Confined::spawn(uint64_t memoryBytes, uint64_t cpuSeconds) {
  return spawnFrom(*zygote_, memoryBytes, cpuSeconds);
}

Probe Confined::spawnElsewhere() {
  if (second_.get() == nullptr) second_ = makeZygote();
  return spawnFrom(*second_, uint64_t{64} << 20, 10);
}

Probe Confined::spawnFrom(supervisor::Zygote& zygote, uint64_t memoryBytes, uint64_t cpuSeconds) {
  Pipe down = makePipe();
  Pipe up = makePipe();
  auto forked = wait(zygote.fork(memoryBytes, cpuSeconds, std::move(down.readEnd), std::move(up.writeEnd)));
  BOOST_REQUIRE_MESSAGE(forked.has_value(), "no worker: errno " << (forked ? 0 : forked.error()));
  return Probe(*this, std::move(*forked), std::move(down.writeEnd), std::move(up.readEnd));
}

SupervisorProcess::SupervisorProcess(std::optional<uid_t> user) {
  Pipe report = makePipe();
  pid = ::fork();
  BOOST_REQUIRE(pid >= 0);
  if (pid == 0) {
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (user) {
      if (::setgroups(0, nullptr) != 0 || ::setresgid(*user, *user, *user) != 0 ||
          ::setresuid(*user, *user, *user) != 0)
        ::_exit(1);
      // As after a login: without this the change of user hides /proc/<pid> from its owner.
      ::prctl(PR_SET_DUMPABLE, 1);
    }
    try {
      Confined confined(EngineMode::kJit);
      Probe probe = confined.spawn();
      // It has entered when it answers.
      if (!probe.obey({Command::Kind::kStackAddress, 0, {}})) ::_exit(1);
      const std::array<pid_t, 2> pids{confined.zygote().pid(), probe.process().pid()};
      if (::write(report.writeEnd.get(), pids.data(), sizeof pids) != sizeof pids) ::_exit(1);
      ::pause();
    } catch (...) {
    }
    ::_exit(1);
  }
  report.writeEnd.reset();
  std::array<pid_t, 2> pids{};
  const bool told = ::read(report.readEnd.get(), pids.data(), sizeof pids) == sizeof pids;
  if (!told) kill();
  BOOST_REQUIRE_MESSAGE(told, "the supervisor process made no worker");
  zygote = pids[0];
  worker = pids[1];
}

SupervisorProcess::~SupervisorProcess() { kill(); }

void SupervisorProcess::kill() {
  if (pid <= 0) return;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  pid = 0;
}

bool ends(pid_t pid) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (std::chrono::steady_clock::now() < deadline) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    if (!(file >> number >> name >> state) || state == "Z" || state == "X") return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace runtime::tests
