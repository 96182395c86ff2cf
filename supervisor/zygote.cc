#include "supervisor/zygote.h"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <errno.h>
#include <fcntl.h>
#include <kj/debug.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <deque>
#include <map>
#include <string_view>
#include <utility>

#include "ipc/build_id.h"
#include "policies/sandbox/identity.h"
#include "policies/sandbox/namespaces.h"
#include "policies/sandbox/setup_error.h"
#include "supervisor/patience.h"

namespace runtime::supervisor {
namespace {

using Ended = std::optional<WorkerEnd>;
using Forked = std::expected<WorkerProcess, int>;

constexpr size_t kMaxPacketBytes = 65'536;
// Forks that the zygote has been asked for and has not answered: descriptors in flight are counted per user.
constexpr size_t kMaxAsked = 16;
constexpr size_t kPacketsPerTurn = 64;

std::string errorText(int error) { return ::strerrordesc_np(error) ? ::strerrordesc_np(error) : "unknown error"; }

// A memfd with `boot` in it that nobody can change any more.
std::expected<os::UniqueFd, int> seal(ipc::Boot::Reader boot) {
  capnp::MallocMessageBuilder message;
  message.setRoot(boot);
  message.getRoot<ipc::Boot>().setBuildId(ipc::buildId());
  const kj::Array<capnp::word> words = capnp::messageToFlatArray(message);
  const auto bytes = words.asBytes();
  os::UniqueFd file(::memfd_create("secure-runtime-boot", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) return std::unexpected(errno);
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::write(file.get(), bytes.begin() + done, bytes.size() - done);
    if (n <= 0) return std::unexpected(errno);
    done += static_cast<size_t>(n);
  }
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
    return std::unexpected(errno);
  return file;
}

// What the child of clone3() needs, made before it: from there to execve() nothing may allocate, for other threads may
// have held any lock.
struct Launch {
  const char* executable;
  std::vector<char*> arguments;
  int control;
  int boot;
  sandbox::NamespacesMade made;
};

// In the new process.
[[noreturn]] void becomeZygote(const Launch& launch) {
  using sandbox::Step;
  // Where a failure is said, and where the maps are waited for.
  const int control = ::fcntl(launch.control, F_DUPFD_CLOEXEC, 3);
  const int boot = ::fcntl(launch.boot, F_DUPFD_CLOEXEC, 3);
  if (control < 0 || boot < 0) {
    const sandbox::SetupError error{Step::kDescriptors, errno};
    ::dup2(launch.control, STDIN_FILENO);  // takes no new one
    sandbox::dieAt(error);
  }
  if (::dup2(control, STDIN_FILENO) < 0 || ::dup2(boot, STDOUT_FILENO) < 0 || ::close_range(2, ~0U, 0) != 0)
    sandbox::dieAt(Step::kDescriptors);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) sandbox::dieAt(Step::kParentDeath);
  // A terminal's signals are the supervisor's to judge.
  if (::setsid() < 0) sandbox::dieAt(Step::kSignals);
  sigset_t none;
  ::sigemptyset(&none);
  if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0) sandbox::dieAt(Step::kSignals);
  if (launch.made == sandbox::NamespacesMade::kWithProcess) {
    // Executed by anyone but uid 0 inside, the program would have lost its capabilities.
    char written = 0;
    if (::recv(STDIN_FILENO, &written, 1, 0) != 1) sandbox::dieAt(Step::kIdentity);
  }
  // Zone and locale are the same for every job; nothing of the supervisor's environment is a worker's business.
  // What a library binds when it is first called (ld.so(8)), every worker would bind again.
  static char zone[] = "TZ=UTC", language[] = "LANG=C.UTF-8", locale[] = "LC_ALL=C.UTF-8", binding[] = "LD_BIND_NOW=1";
  static char* const environment[] = {zone, language, locale, binding, nullptr};
  ::execve(launch.executable, launch.arguments.data(), environment);
  sandbox::dieAt(Step::kExecute);
}

struct Child {
  pid_t pid = 0;
  os::UniqueFd pidfd;
};

std::expected<Child, int> spawn(const Launch& launch) {
  int pidfd = -1;
  clone_args arguments{};
  arguments.flags = sandbox::cloneFlags(launch.made) | CLONE_PIDFD | CLONE_CLEAR_SIGHAND;
  arguments.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  // No handler of ours runs in the child.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid == 0) becomeZygote(launch);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return std::unexpected(error);
  return Child{static_cast<pid_t>(pid), os::UniqueFd(pidfd)};
}

// The number behind a pidfd in our own namespace; 0 if the process has been reaped.
pid_t pidOf(int pidfd) {
  const std::string path = "/proc/self/fdinfo/" + std::to_string(pidfd);
  const os::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 512> text;
  const ssize_t size = file ? ::read(file.get(), text.data(), text.size()) : -1;
  if (size <= 0) return 0;
  const std::string_view all(text.data(), static_cast<size_t>(size));
  constexpr std::string_view kLabel = "\nPid:\t";
  const size_t at = all.find(kLabel);
  pid_t pid = 0;
  if (at != std::string_view::npos) std::from_chars(all.data() + at + kLabel.size(), all.data() + all.size(), pid);
  return pid > 0 ? pid : 0;
}

struct Request {
  uint64_t sequence;
  kj::Array<capnp::word> words;
  os::UniqueFd readEnd, writeEnd;
};

struct Packet {
  std::array<capnp::word, kMaxPacketBytes / sizeof(capnp::word)> words;
  size_t bytes = 0;
  os::UniqueFd descriptor;
};

class ZygoteImpl final : public Zygote {
 public:
  ZygoteImpl(kj::UnixEventPort& port, kj::Timer& timer, kj::Duration timeout, sandbox::Identity identity, Child child,
             os::UniqueFd control)
      : timer_(timer),
        timeout_(timeout),
        identity_(identity),
        child_(std::move(child)),
        control_(std::move(control)),
        observer_(port, control_.get(), kj::UnixEventPort::FdObserver::OBSERVE_READ),
        tasks_(onTaskError_),
        end_(kj::newPromiseAndFulfiller<void>()),
        ended_(end_.promise.fork()) {}

  ~ZygoteImpl() noexcept(false) override {
    lose("the supervisor let go of the zygote");
    // Only a process that was killed is waited for.
    siginfo_t info{};
    while (::waitid(P_PIDFD, static_cast<id_t>(child_.pidfd.get()), &info, WEXITED) < 0 && errno == EINTR) {
    }
  }

  // Answers with the fault, or nothing when the zygote has said hello.
  kj::Promise<kj::Maybe<Fault>> begin() {
    auto hello = kj::newPromiseAndFulfiller<kj::Maybe<Fault>>();
    greeting_ = kj::mv(hello.fulfiller);
    tasks_.add(readLoop());
    tasks_.add(patience(timer_, timeout_).then([this] {
      if (greeting_) lose("the zygote did not get ready in time");
    }));
    if (identity_.made == sandbox::NamespacesMade::kWithProcess) writeMaps();
    return kj::mv(hello.promise);
  }

  const Hello& hello() const override { return hello_; }
  pid_t pid() const override { return child_.pid; }

  kj::Promise<Forked> fork(uint64_t memoryBytes, uint64_t cpuSeconds, os::UniqueFd readEnd, os::UniqueFd writeEnd,
                           Need need) override {
    if (lost_ || retired_) return Forked(std::unexpected(ESRCH));
    if (!readEnd || !writeEnd) return Forked(std::unexpected(EBADF));
    const uint64_t sequence = nextSequence_++;
    capnp::MallocMessageBuilder message;
    auto request = message.initRoot<ipc::ToZygote>().initFork();
    request.setSequence(sequence);
    request.setMemoryBytes(memoryBytes);
    request.setCpuSeconds(cpuSeconds);
    request.setAhead(need == Need::kLater);
    auto answer = kj::newPromiseAndFulfiller<Forked>();
    forks_.emplace(sequence, kj::mv(answer.fulfiller));
    waiting_.push_back(Request{sequence, capnp::messageToFlatArray(message), std::move(readEnd), std::move(writeEnd)});
    pump();
    return kj::mv(answer.promise);
  }

  std::expected<WorkerSeen, std::string> confined(const WorkerProcess& worker) const override {
    const auto status = readStatus(worker.pid());
    if (!status && (status.error() == ENOENT || status.error() == ESRCH)) return WorkerSeen::kEnded;
    if (!status) return std::unexpected("its state cannot be read: " + errorText(status.error()));
    // Killed, and not yet gone.
    for (const char* pending : {"SigPnd", "ShdPnd"}) {
      uint64_t signals = 0;
      const std::string_view text = fieldOf(*status, pending);
      std::from_chars(text.data(), text.data() + text.size(), signals, 16);
      if ((signals & (uint64_t{1} << (SIGKILL - 1))) != 0) return WorkerSeen::kEnded;
    }
    const auto require = [&status](std::string_view field, std::string_view value) {
      return fieldOf(*status, field) == value;
    };
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
      if (!require(set, "0000000000000000")) return std::unexpected(std::string("it has capabilities: ") + set);
    if (!require("NoNewPrivs", "1")) return std::unexpected("it may gain privileges");
    if (!require("Seccomp", "2")) return std::unexpected("it has no system-call filter");
    // The kernel counts none in a process that is leaving.
    if (require("Threads", "0")) return WorkerSeen::kEnded;
    if (!require("Threads", "1")) return std::unexpected("it has more than one thread");
    const std::string uid = std::to_string(identity_.uid);
    if (!fieldOf(*status, "Uid").starts_with(uid + "\t"))
      return std::unexpected("it is not the user that it should be");
    return WorkerSeen::kConfined;
  }

  void retire() override {
    if (lost_ || retired_) return;
    retired_ = true;
    pump();
  }

  kj::Promise<void> onEnd() override { return ended_.addBranch(); }

 private:
  class TaskErrors final : public kj::TaskSet::ErrorHandler {
   public:
    explicit TaskErrors(ZygoteImpl& owner) : owner_(owner) {}
    void taskFailed(kj::Exception&& exception) override { owner_.lose(exception.getDescription().cStr()); }

   private:
    ZygoteImpl& owner_;
  };

  kj::Promise<void> readLoop() {
    for (size_t i = 0; i < kPacketsPerTurn; ++i) {
      switch (receive()) {
        case Received::kPacket:
          handle();
          if (lost_) return kj::READY_NOW;
          break;
        case Received::kNothing:
          return observer_.whenBecomesReadable().then([this] { return readLoop(); });
        case Received::kEnd:
          lose(unmapped_   ? *unmapped_
               : greeting_ ? "the zygote ended before it was ready" + howItEnded()
                           : "the zygote ended");
          return kj::READY_NOW;
      }
    }
    return kj::evalLater([this] { return readLoop(); });
  }

  enum class Received : uint8_t { kPacket, kNothing, kEnd };
  Received receive() {
    iovec space{packet_.words.data(), sizeof packet_.words};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control;
    msghdr header{};
    header.msg_iov = &space;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    ssize_t n;
    do {
      n = ::recvmsg(control_.get(), &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    packet_.descriptor.reset();
    if (n < 0 && errno == EAGAIN) return Received::kNothing;
    if (n <= 0) return Received::kEnd;
    if (const cmsghdr* part = CMSG_FIRSTHDR(&header);
        part != nullptr && part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS) {
      int fd = -1;
      ::memcpy(&fd, CMSG_DATA(part), sizeof fd);
      packet_.descriptor = os::UniqueFd(fd);
    }
    // Cut off beside it (MSG_CTRUNC), it is a packet all the same: this process has no descriptor left.
    if ((header.msg_flags & MSG_TRUNC) != 0) return Received::kEnd;
    packet_.bytes = static_cast<size_t>(n);
    return Received::kPacket;
  }

  // ": Trace/breakpoint trap". It has hung up and has no worker yet, so that there is nothing to wait for.
  std::string howItEnded() {
    killByPidfd(child_.pidfd.get());
    siginfo_t info{};
    if (::waitid(P_PIDFD, static_cast<id_t>(child_.pidfd.get()), &info, WEXITED | WNOWAIT) != 0) return "";
    if (info.si_code != CLD_EXITED) return std::string(": ") + ::strsignal(info.si_status);
    if (const auto step = sandbox::stepOfExitStatus(info.si_status))
      return std::string(": it could not ") + sandbox::name(*step);
    return ": exit status " + std::to_string(info.si_status);
  }

  void handle() {
    if (packet_.bytes == 1 && identity_.made == sandbox::NamespacesMade::kAfterExec && !mapped_) {
      writeMaps();
      return;
    }
    sandbox::FailurePacket failure{};
    if (packet_.bytes == sizeof failure) {
      ::memcpy(&failure, packet_.words.data(), sizeof failure);
      if (failure.magic == sandbox::FailurePacket::kMagic) {
        const auto step = static_cast<sandbox::Step>(failure.step);
        // One that was not given its maps says only that they did not come.
        if (unmapped_ && (step == sandbox::Step::kIdentity || step == sandbox::Step::kControl)) return lose(*unmapped_);
        lose("the zygote could not " + sandbox::describe({step, static_cast<int>(failure.error)}));
        return;
      }
    }
    capnp::FlatArrayMessageReader message(kj::arrayPtr(packet_.words.data(), packet_.bytes / sizeof(capnp::word)));
    const auto report = message.getRoot<ipc::FromZygote>();
    switch (report.which()) {
      case ipc::FromZygote::HELLO:
        onHello(report.getHello());
        return;
      case ipc::FromZygote::FORKED:
        onForked(report.getForked());
        return;
      case ipc::FromZygote::ENDED:
        onWorkerEnd(report.getEnded());
        return;
      case ipc::FromZygote::FAILED:
        lose("the zygote failed: " + std::string(report.getFailed().cStr()));
        return;
    }
    lose("the zygote said what nobody understands");
  }

  void writeMaps() {
    mapped_ = true;
    if (auto done = sandbox::writeIdMaps(child_.pid, identity_); !done) {
      // Of a process that ends they cannot be written either: what it said of its own end comes first.
      unmapped_ = "cannot " + sandbox::describe(done.error());
      ::shutdown(control_.get(), SHUT_WR);
      return;
    }
    const char written = 'm';
    // Where it has ended, what it said before that is still to be read.
    (void)::send(control_.get(), &written, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  void onHello(ipc::FromZygote::Hello::Reader hello) {
    if (!greeting_) return lose("the zygote said hello twice");
    if (std::string_view(hello.getBuildId().cStr()) != ipc::buildId())
      return lose("the zygote executable is of another build");
    hello_.v8 = hello.getV8().cStr();
    if (auto shared = sharedNamespace(hello)) return lose("the zygote shares with the supervisor its " + *shared);
    hello_.dataBytes = hello.getDataBytes();
    hello_.codeBytes = hello.getCodeBytes();
    hello_.mdwe = hello.getMdwe();
    hello_.landlockAbi = hello.getLandlockAbi();
    hello_.ownKeyring = hello.getOwnKeyring();
    hello_.noStoreBypass = hello.getNoStoreBypass();
    hello_.noIndirectBranch = hello.getNoIndirectBranch();
    auto greeting = kj::mv(greeting_);
    greeting->fulfill(nullptr);
  }

  // Fills hello_.namespaces. The answer: the one that is the supervisor's own, or was not named.
  std::optional<std::string> sharedNamespace(ipc::FromZygote::Hello::Reader hello) {
    const auto own = sandbox::ownNamespaceIds();
    if (!own) return "namespaces, as far as can be seen (" + errorText(own.error()) + "): is /proc mounted?";
    for (size_t i = 0; i < sandbox::kNamespaces.size(); ++i) {
      const std::string_view name = sandbox::kNamespaces[i].name;
      bool other = false;
      for (const auto space : hello.getNamespaces())
        other |= std::string_view(space.getName().cStr()) == name && space.getId() != (*own)[i];
      if (!other) return std::string(name) + " namespace";
      hello_.namespaces.emplace_back(name);
    }
    return std::nullopt;
  }

  void onForked(ipc::FromZygote::Forked::Reader forked) {
    const uint64_t sequence = forked.getSequence();
    const auto asked = forks_.find(sequence);
    if (asked == forks_.end()) return lose("the zygote forked what nobody asked for");
    auto answer = kj::mv(asked->second);
    forks_.erase(asked);
    --asked_;
    if (forked.getError() != 0) {
      answer->fulfill(std::unexpected(forked.getError()));
    } else if (!packet_.descriptor) {
      // It ends by itself when it finds its pipes closed, and nobody waits for that.
      workers_.emplace(sequence, kj::newPromiseAndFulfiller<Ended>().fulfiller);
      answer->fulfill(std::unexpected(EMFILE));
    } else {
      auto end = kj::newPromiseAndFulfiller<Ended>();
      workers_.emplace(sequence, kj::mv(end.fulfiller));
      const pid_t pid = pidOf(packet_.descriptor.get());
      // Where nobody waits for it any more, the worker dies with the answer.
      answer->fulfill(WorkerProcess(pid, std::move(packet_.descriptor),
                                    sandbox::MemoryUse{forked.getDataBytes(), forked.getAddressBytes()},
                                    kj::mv(end.promise)));
    }
    pump();
  }

  void onWorkerEnd(ipc::FromZygote::Ended::Reader ended) {
    const auto worker = workers_.find(ended.getSequence());
    if (worker == workers_.end()) return lose("the zygote reaped what it never forked");
    auto end = kj::mv(worker->second);
    workers_.erase(worker);
    end->fulfill(WorkerEnd{ended.getStatus(), ended.getUserNs(), ended.getSystemNs(), ended.getPeakBytes()});
  }

  // Sends what is waiting until the zygote has enough to do.
  void pump() {
    while (!lost_ && !waiting_.empty() && asked_ < kMaxAsked) {
      Request& request = waiting_.front();
      if (!send(request.words, request.readEnd.get(), request.writeEnd.get())) return;
      ++asked_;
      waiting_.pop_front();
    }
    if (!watching_) watch();
    if (retired_ && !retireSent_ && !lost_ && waiting_.empty()) {
      capnp::MallocMessageBuilder message;
      message.initRoot<ipc::ToZygote>().setRetire();
      const auto words = capnp::messageToFlatArray(message);
      retireSent_ = send(words, -1, -1);
    }
  }

  // The zygote answers in order: it is stuck when the oldest fork it was asked for is the same a whole `timeout_`
  // later.
  void watch() {
    watching_ = asked_ > 0 && !lost_;
    if (!watching_) return;
    tasks_.add(patience(timer_, timeout_).then([this, oldest = forks_.begin()->first] {
      if (asked_ > 0 && forks_.begin()->first == oldest) return lose("the zygote did not answer in time", ETIMEDOUT);
      watch();
    }));
  }

  // False where the socket is full, which a zygote that reads never lets happen: pump() is called again soon.
  bool send(kj::ArrayPtr<const capnp::word> words, int readEnd, int writeEnd) {
    // sendmsg(2) only reads it.
    iovec bytes{const_cast<capnp::word*>(words.begin()), words.asBytes().size()};  // NOLINT
    const std::array<int, 2> ends{readEnd, writeEnd};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof ends)> control{};
    msghdr header{};
    header.msg_iov = &bytes;
    header.msg_iovlen = 1;
    if (readEnd >= 0) {
      header.msg_control = control.data();
      header.msg_controllen = control.size();
      cmsghdr* part = CMSG_FIRSTHDR(&header);
      part->cmsg_level = SOL_SOCKET;
      part->cmsg_type = SCM_RIGHTS;
      part->cmsg_len = CMSG_LEN(sizeof ends);
      ::memcpy(CMSG_DATA(part), ends.data(), sizeof ends);
    }
    ssize_t n;
    do {
      n = ::sendmsg(control_.get(), &header, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    if (n >= 0) return true;
    if (errno == EAGAIN || errno == ETOOMANYREFS || errno == ENOBUFS || errno == ENOMEM) {
      if (!std::exchange(resending_, true)) {
        tasks_.add(timer_.afterDelay(1 * kj::MILLISECONDS).then([this] {
          resending_ = false;
          pump();
        }));
      }
      return false;
    }
    lose("the zygote ended");
    return false;
  }

  // Once; everything that waits is answered. The process is reaped by the destructor.
  void lose(std::string reason, int error = ESRCH) {
    if (std::exchange(lost_, true)) return;
    killByPidfd(child_.pidfd.get());
    waiting_.clear();
    asked_ = 0;
    if (greeting_) {
      auto greeting = kj::mv(greeting_);
      greeting->fulfill(Fault{std::move(reason)});
    }
    for (auto& [sequence, answer] : std::exchange(forks_, {})) answer->fulfill(std::unexpected(error));
    for (auto& [sequence, end] : std::exchange(workers_, {})) end->fulfill(std::nullopt);
    end_.fulfiller->fulfill();
  }

  kj::Timer& timer_;
  const kj::Duration timeout_;
  const sandbox::Identity identity_;
  Child child_;
  os::UniqueFd control_;
  kj::UnixEventPort::FdObserver observer_;
  TaskErrors onTaskError_{*this};
  Hello hello_;
  bool mapped_ = false, retired_ = false, retireSent_ = false, lost_ = false;
  bool resending_ = false, watching_ = false;
  std::optional<std::string> unmapped_;  // why its user could not be given to it
  uint64_t nextSequence_ = 1;
  size_t asked_ = 0;
  std::deque<Request> waiting_;
  kj::Own<kj::PromiseFulfiller<kj::Maybe<Fault>>> greeting_;
  std::map<uint64_t, kj::Own<kj::PromiseFulfiller<Forked>>> forks_;
  std::map<uint64_t, kj::Own<kj::PromiseFulfiller<Ended>>> workers_;
  Packet packet_;
  kj::TaskSet tasks_;
  kj::PromiseFulfillerPair<void> end_;
  kj::ForkedPromise<void> ended_;
};

}  // namespace

kj::Promise<std::expected<kj::Own<Zygote>, Zygote::Fault>> Zygote::start(kj::UnixEventPort& port, kj::Timer& timer,
                                                                         Options options, ipc::Boot::Reader boot) {
  using Started = std::expected<kj::Own<Zygote>, Fault>;
  const auto fault = [](std::string message) -> Started { return std::unexpected(Fault{std::move(message)}); };

  if (!sandbox::procIsOwn()) return fault("/proc is missing, or of another PID namespace: mount proc on /proc");
  const auto identity = sandbox::chooseIdentity();
  if (!identity) return fault(identity.error());
  auto sealed = seal(boot);
  if (!sealed) return fault("cannot hand the zygote its start: " + errorText(sealed.error()));
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return fault("cannot make a control socket: " + errorText(errno));
  os::UniqueFd ours(pair[0]);
  const os::UniqueFd theirs(pair[1]);

  std::string executable = options.executable;
  std::string role = identity->made == sandbox::NamespacesMade::kAfterExec ? "enter-namespaces" : "in-namespaces";
  Launch launch{executable.c_str(), {executable.data(), role.data()}, theirs.get(), sealed->get(), identity->made};
  for (std::string& argument : options.arguments) launch.arguments.push_back(argument.data());
  launch.arguments.push_back(nullptr);
  auto child = spawn(launch);
  if (!child) {
    return fault("cannot make a process in namespaces of its own: " + errorText(child.error()) +
                 " (secure-runtime doctor tells what this host lacks)");
  }
  auto zygote = kj::heap<ZygoteImpl>(port, timer, options.timeout, *identity, std::move(*child), std::move(ours));
  auto ready = zygote->begin();
  return ready.then([zygote = kj::mv(zygote)](kj::Maybe<Fault> failed) mutable -> Started {
    KJ_IF_MAYBE (reason, failed) return std::unexpected(kj::mv(*reason));
    return kj::Own<Zygote>(kj::mv(zygote));
  });
}

}  // namespace runtime::supervisor
