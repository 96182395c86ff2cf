// secure-runtime-zygote: starts the engine, confines itself, then forks a confined worker for each request. PID 1 of
// its namespace, so the kernel kills its workers with it. Descriptor 0 is the control socket, 1 the sealed memfd with
// what to start (ipc/control.capnp). It ends when the supervisor hangs up.
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ipc/build_id.h"
#include "ipc/control.capnp.h"
#include "ipc/os/unique_fd.h"
#include "policies/sandbox/entry.h"
#include "policies/sandbox/exit_status.h"
#include "policies/sandbox/identity.h"
#include "policies/sandbox/seccomp_program.h"
#include "worker/engine.h"

namespace runtime::worker {
namespace {

using sandbox::dieAt;
using sandbox::SetupError;
using sandbox::Step;

constexpr int kControl = STDIN_FILENO;
constexpr int kBoot = STDOUT_FILENO;
// Raw packets of one byte, before the schema's messages begin: "write my id maps", "they are written".
constexpr char kMapsWanted = 'm';
constexpr size_t kMaxPacketBytes = 65'536;

// Freed memory stays with the process and is never handed to the kernel and back: each page costs a fault.
void tuneMalloc() {
  if (::mallopt(M_MMAP_MAX, 0) != 1 || ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max()) != 1)
    dieAt(SetupError{Step::kBoot, 0});
}

void enterNamespacesAsRoot() {
  sandbox::enterRemainingNamespaces();
  char packet = kMapsWanted;
  if (::send(kControl, &packet, 1, MSG_NOSIGNAL) != 1 || ::recv(kControl, &packet, 1, 0) != 1) dieAt(Step::kControl);
  sandbox::becomeMappedRoot();
}

// Whole content of the sealed memfd, which is closed.
kj::Array<capnp::word> readBoot() {
  os::UniqueFd file(kBoot);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) dieAt(Step::kBoot);
  auto words = kj::heapArray<capnp::word>(static_cast<size_t>(status.st_size) / sizeof(capnp::word));
  kj::ArrayPtr<kj::byte> bytes = words.asBytes();
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::pread(file.get(), bytes.begin() + done, bytes.size() - done, static_cast<off_t>(done));
    if (n <= 0) dieAt(Step::kBoot);
    done += static_cast<size_t>(n);
  }
  return words;
}

void requireOneThread() {
  std::error_code error;
  size_t threads = 0;
  for (std::filesystem::directory_iterator task("/proc/self/task", error), end; !error && task != end;
       task.increment(error))
    ++threads;
  if (error || threads != 1) dieAt(SetupError{Step::kOneThread, error ? error.value() : EBUSY});
}

// No mapping may be left out of a fork ("dc" among the VmFlags): the worker would die of a missing heap.
void requireForkableHeap() {
  std::ifstream maps("/proc/self/smaps");
  bool seen = false;
  for (std::string line; std::getline(maps, line);) {
    if (!line.starts_with("VmFlags:")) continue;
    seen = true;
    if ((line + " ").contains(" dc ")) dieAt(SetupError{Step::kForkableHeap, EADDRNOTAVAIL});
  }
  if (!seen) dieAt(SetupError{Step::kForkableHeap, ENODATA});
}

void onChild(int) {}  // only so that ppoll() returns

// SIGCHLD arrives in ppoll() and nowhere else; a supervisor that hung up is heard of from send().
void holdSignals() {
  sigset_t child;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  struct sigaction action{};
  action.sa_handler = onChild;
  if (::sigprocmask(SIG_BLOCK, &child, nullptr) != 0 || ::sigaction(SIGCHLD, &action, nullptr) != 0)
    dieAt(Step::kSignals);
}

uint64_t nanoseconds(const timeval& time) {
  return (static_cast<uint64_t>(time.tv_sec) * 1'000'000 + static_cast<uint64_t>(time.tv_usec)) * 1'000;
}

// What a packet may bring beside its bytes.
struct Packet {
  std::array<capnp::word, kMaxPacketBytes / sizeof(capnp::word)> words;
  size_t bytes = 0;
  std::vector<os::UniqueFd> descriptors;
};

class Zygote {
 public:
  Zygote(Engine& engine, sandbox::SeccompProgram filter, os::UniqueFd statm)
      : engine_(engine), filter_(std::move(filter)), statm_(std::move(statm)) {}

  void sayHello(const sandbox::NamespaceIds& ids, const sandbox::OptionalLayers& layers) {
    capnp::MallocMessageBuilder message;
    auto hello = message.initRoot<ipc::FromZygote>().initHello();
    hello.setBuildId(ipc::buildId());
    hello.setV8(engine_.version());
    auto namespaces = hello.initNamespaces(static_cast<unsigned>(ids.size()));
    for (unsigned i = 0; i < namespaces.size(); ++i) {
      const std::string_view name = sandbox::kNamespaces[i].name;
      namespaces[i].setName(kj::StringPtr(name.data(), name.size()));
      namespaces[i].setId(ids[i]);
    }
    hello.setDataBytes(sandbox::memoryInUse(statm_.get()).dataBytes);
    hello.setMdwe(layers.mdwe == sandbox::Mdwe::kInForce);
    hello.setLandlockAbi(static_cast<unsigned>(layers.landlockAbi));
    hello.setOwnKeyring(layers.keyring == sandbox::SessionKeyring::kOwn);
    hello.setNoStoreBypass(layers.speculation.storeBypass == sandbox::Speculation::kDisabled);
    hello.setNoIndirectBranch(layers.speculation.indirectBranch == sandbox::Speculation::kDisabled);
    hello.setCodeBytes(engine_.inheritedCodeBytes());
    send(message, -1);
  }

  // Until the supervisor hangs up, or the last worker has ended after `retire`.
  void serve() {
    sigset_t none;
    ::sigemptyset(&none);
    while (!retired_ || !sequences_.empty()) {
      pollfd control{kControl, POLLIN, 0};
      const int ready = ::ppoll(&control, 1, nullptr, &none);
      if (ready < 0 && errno != EINTR) dieAt(Step::kControl);
      reap();
      if (ready > 0 && !receive()) return;
    }
  }

 private:
  // False when the supervisor has hung up.
  bool receive() {
    iovec space{packet_.words.data(), sizeof packet_.words};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> control;
    msghdr header{};
    header.msg_iov = &space;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    const ssize_t n = ::recvmsg(kControl, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    if (n == 0) return false;
    packet_.descriptors.clear();
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
      if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
      for (size_t at = 0; at + sizeof(int) <= part->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
        int fd = -1;
        ::memcpy(&fd, CMSG_DATA(part) + at, sizeof fd);
        packet_.descriptors.emplace_back(fd);
      }
    }
    if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) dieAt(SetupError{Step::kControl, EMSGSIZE});
    packet_.bytes = static_cast<size_t>(n);
    obey();
    return true;
  }

  void obey() {
    capnp::FlatArrayMessageReader message(kj::arrayPtr(packet_.words.data(), packet_.bytes / sizeof(capnp::word)));
    const auto request = message.getRoot<ipc::ToZygote>();
    switch (request.which()) {
      case ipc::ToZygote::FORK:
        if (packet_.descriptors.size() != 2) dieAt(SetupError{Step::kControl, EBADMSG});
        fork(request.getFork());
        return;
      case ipc::ToZygote::RETIRE:
        retired_ = true;
        return;
    }
    dieAt(SetupError{Step::kControl, EBADMSG});
  }

  void fork(ipc::ToZygote::Fork::Reader request) {
    // Read here: the child's own number would be no other, but costs it a system call that the filter does not allow.
    const sandbox::MemoryUse use = sandbox::memoryInUse(statm_.get());
    const sandbox::WorkerEntry entry{packet_.descriptors[0].get(), packet_.descriptors[1].get(),
                                     sandbox::limitsFor(use, request.getMemoryBytes(), request.getCpuSeconds())};
    engine_.reseed();
    const pid_t child = retired_ ? -1 : ::fork();
    if (child == 0) becomeWorker(entry, request.getAhead() ? Engine::Need::kLater : Engine::Need::kNow);
    const int error = retired_ ? ESRCH : errno;
    packet_.descriptors.clear();

    capnp::MallocMessageBuilder message;
    auto forked = message.initRoot<ipc::FromZygote>().initForked();
    forked.setSequence(request.getSequence());
    forked.setDataBytes(use.dataBytes);
    forked.setAddressBytes(use.addressBytes);
    if (child < 0) {
      forked.setError(error);
      send(message, -1);
      return;
    }
    // It cannot be another's: nobody else reaps it.
    const os::UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    if (!pidfd) {
      forked.setError(errno);
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
    } else {
      sequences_.emplace(child, request.getSequence());
    }
    send(message, pidfd.get());
  }

  [[noreturn]] void becomeWorker(const sandbox::WorkerEntry& entry, Engine::Need need) {
    sandbox::enterWorker(entry);
    engine_.afterFork();
    filter_.install();
    engine_.run(STDIN_FILENO, STDOUT_FILENO, need);
  }

  void reap() {
    int status = 0;
    rusage usage{};
    for (pid_t child; (child = ::wait4(-1, &status, WNOHANG, &usage)) > 0;) {
      const auto found = sequences_.find(child);
      if (found == sequences_.end()) continue;
      capnp::MallocMessageBuilder message;
      auto ended = message.initRoot<ipc::FromZygote>().initEnded();
      ended.setSequence(found->second);
      ended.setStatus(status);
      ended.setUserNs(nanoseconds(usage.ru_utime));
      ended.setSystemNs(nanoseconds(usage.ru_stime));
      ended.setPeakBytes(static_cast<uint64_t>(usage.ru_maxrss) * 1024);
      sequences_.erase(found);
      send(message, -1);
    }
  }

  // Waits where the supervisor is slow; ends this process where it is gone. `descriptor` -1: none.
  void send(capnp::MessageBuilder& message, int descriptor) {
    const kj::Array<capnp::word> words = capnp::messageToFlatArray(message);
    iovec bytes{const_cast<capnp::word*>(words.begin()), words.asBytes().size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr header{};
    header.msg_iov = &bytes;
    header.msg_iovlen = 1;
    if (descriptor >= 0) {
      header.msg_control = control.data();
      header.msg_controllen = control.size();
      cmsghdr* part = CMSG_FIRSTHDR(&header);
      part->cmsg_level = SOL_SOCKET;
      part->cmsg_type = SCM_RIGHTS;
      part->cmsg_len = CMSG_LEN(sizeof(int));
      ::memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
    }
    while (::sendmsg(kControl, &header, MSG_NOSIGNAL) < 0)
      if (errno != EINTR) ::_exit(0);
  }

  Engine& engine_;
  const sandbox::SeccompProgram filter_;
  const os::UniqueFd statm_;
  std::unordered_map<pid_t, uint64_t> sequences_;
  Packet packet_;
  bool retired_ = false;
};

sandbox::SeccompProgram compileFilter(sandbox::Jit jit) {
  auto program = sandbox::SeccompProgram::compile(sandbox::syscallRules(jit));
  if (!program) dieAt(program.error());
  return std::move(*program);
}

// Opened while /proc can be reached, read again before each fork.
os::UniqueFd openMemoryUse() {
  os::UniqueFd statm(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  if (!statm) dieAt(Step::kMemoryUse);
  return statm;
}

int runZygote(sandbox::NamespacesMade made) {
  tuneMalloc();
  if (made == sandbox::NamespacesMade::kAfterExec) enterNamespacesAsRoot();
  sandbox::dieWithParent();
  holdSignals();

  const kj::Array<capnp::word> words = readBoot();
  capnp::ReaderOptions unlimited;  // the supervisor wrote it
  unlimited.traversalLimitInWords = std::numeric_limits<uint64_t>::max();
  capnp::FlatArrayMessageReader message(words, unlimited);
  const auto boot = message.getRoot<ipc::Boot>();
  if (kj::StringPtr(boot.getBuildId()) != kj::StringPtr(ipc::buildId())) dieAt(SetupError{Step::kSameBuild, 0});
  const sandbox::Jit jit = boot.getJit() ? sandbox::Jit::kOn : sandbox::Jit::kOff;

  const std::unique_ptr<Engine> engine = Engine::start(boot);
  requireOneThread();
  requireForkableHeap();
  const auto namespaces = sandbox::ownNamespaceIds();
  if (!namespaces) dieAt(SetupError{Step::kNamespaces, namespaces.error()});
  Zygote zygote(*engine, compileFilter(jit), openMemoryUse());
  zygote.sayHello(*namespaces, sandbox::confineZygote(jit));
  zygote.serve();
  // The engine is never taken down: the kernel is quicker.
  ::_exit(0);
}

}  // namespace
}  // namespace runtime::worker

int main(int argc, char** argv) {
  using runtime::sandbox::NamespacesMade;
  // Not for people: it can be started by the supervisor only.
  if (::syscall(SYS_getpid) != 1 || argc != 2) return runtime::sandbox::kExitSetup;
  return runtime::worker::runZygote(std::string_view(argv[1]) == "enter-namespaces" ? NamespacesMade::kAfterExec
                                                                                    : NamespacesMade::kWithProcess);
}
