// The supervisor's pieces beneath a job: one real zygote, asked for workers that are given no job.
#include <capnp/message.h>
#include <fcntl.h>
#include <kj/async-io.h>
#include <kj/async-unix.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "extensions/fs/host.h"
#include "extensions/job/host.h"
#include "ipc/os/unique_fd.h"
#include "supervisor/registry.h"
#include "supervisor/zygote.h"
#include "tests/bench/runtime_bench.h"

namespace runtime::bench {
namespace {

constexpr uint64_t kMemoryBytes = 128 << 20;
constexpr uint64_t kCpuSeconds = 60;
constexpr int kReadyTimeoutMs = 10'000;

struct Worker {
  supervisor::WorkerProcess process;
  os::UniqueFd toWorker, fromWorker;
};

class Home {
 public:
  explicit Home(const std::string& executable) {
    std::vector<std::unique_ptr<extensions::Extension>> all;
    all.push_back(extensions::fs::makeExtension());
    all.push_back(extensions::job::makeExtension());
    const supervisor::Registry registry(std::move(all));
    capnp::MallocMessageBuilder message;
    auto boot = message.initRoot<ipc::Boot>();
    boot.setJit(true);
    registry.fill(boot);
    auto started = supervisor::Zygote::start(io_.unixEventPort, io_.provider->getTimer(),
                                             {executable, {}, 10 * kj::SECONDS}, boot.asReader())
                       .wait(io_.waitScope);
    if (!started) throw std::runtime_error("no zygote: " + started.error().message);
    zygote_ = kj::mv(*started);
  }

  // A worker that has said its first word.
  Worker make() {
    std::array<int, 2> down{}, up{};
    if (::pipe2(down.data(), O_CLOEXEC) != 0 || ::pipe2(up.data(), O_CLOEXEC) != 0) failWith("pipe2");
    os::UniqueFd workerReads(down[0]), toWorker(down[1]), fromWorker(up[0]), workerWrites(up[1]);
    auto made =
        zygote_->fork(kMemoryBytes, kCpuSeconds, std::move(workerReads), std::move(workerWrites)).wait(io_.waitScope);
    if (!made) {
      errno = made.error();
      failWith("fork of a worker");
    }
    pollfd first{fromWorker.get(), POLLIN, 0};
    if (::poll(&first, 1, kReadyTimeoutMs) != 1 || (first.revents & POLLIN) == 0)
      throw std::runtime_error("a worker ended, or said nothing, before it was ready");
    return {std::move(*made), std::move(toWorker), std::move(fromWorker)};
  }

  void end(Worker worker) {
    worker.process.kill();
    worker.process.ended().wait(io_.waitScope);
  }

 private:
  kj::AsyncIoContext io_ = kj::setupAsyncIo();
  kj::Own<supervisor::Zygote> zygote_;
};

double privateKib(const Worker& worker) {
  return kibibytes("/proc/" + std::to_string(worker.process.pid()) + "/smaps_rollup", "Private_Dirty:");
}

bool isAlive(const Worker& worker) {
  pollfd ended{worker.process.pidfd(), POLLIN, 0};
  return ::poll(&ended, 1, 0) == 0;
}

}  // namespace

Figures measureWorkers(const std::string& zygote, int rounds, int crowd) {
  ::signal(SIGPIPE, SIG_IGN);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);

  const auto start = Clock::now();
  Home home(zygote);
  Figures figures{{"zygoteReadyUs", microsecondsSince(start)}};

  std::vector<double> ready, reaped;
  for (int i = 0; i < rounds; ++i) {
    const auto asked = Clock::now();
    Worker worker = home.make();
    ready.push_back(microsecondsSince(asked));
    home.end(std::move(worker));
    reaped.push_back(microsecondsSince(asked));
  }
  figures.emplace_back("readyUs", median(ready));
  figures.emplace_back("reapedUs", median(reaped));

  std::vector<Worker> workers;
  for (int i = 0; i < crowd; ++i) workers.push_back(home.make());
  std::vector<double> sizes;
  double alive = 0;
  for (const Worker& worker : workers) {
    alive += isAlive(worker) ? 1 : 0;
    if (::geteuid() == 0) sizes.push_back(privateKib(worker));  // workers are not dumpable: only root may look
  }
  figures.emplace_back("alive", alive);
  if (!sizes.empty()) figures.emplace_back("privateKib", median(sizes));
  for (Worker& worker : workers) home.end(std::move(worker));
  return figures;
}

}  // namespace runtime::bench
