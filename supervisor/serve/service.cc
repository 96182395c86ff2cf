#include "supervisor/serve/service.h"

#include <kj/async-io.h>
#include <kj/async-unix.h>
#include <kj/debug.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <format>
#include <fstream>

#include "supervisor/serve/api.h"
#include "supervisor/serve/http_server.h"
#include "supervisor/serve/job_board.h"
#include "supervisor/serve/listen_socket.h"
#include "supervisor/serve/log.h"
#include "supervisor/serve/state_folder.h"

namespace runtime::serve {
namespace {

using policies::Diagnostic;

// Descriptors that a running job has beside what its programs open: pipes, a pidfd, its root, folders and files of its
// policy. Those of the service: the database, the loops, files on their way.
constexpr uint64_t kDescriptorsOfJob = 48;
constexpr uint64_t kDescriptorsOfService = 96;
constexpr uint64_t kMostConnections = 8192;
constexpr uint64_t kLeastConnections = 64;
constexpr unsigned kMaxEventsPerPoll = 64;

StartFault fault(int exitCode, std::string message) { return {exitCode, std::move(message), {}}; }

// How many connections there is room for, beside what all jobs may have open at once.
std::expected<size_t, std::string> connectionsWithin(const Configuration& configuration, const Tenants& tenants) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  uint64_t handles = 0;
  for (const auto& [name, tenant] : tenants.all()) {
    handles =
        std::max(handles, std::min<uint64_t>(tenant->running, configuration.running) * tenant->ceiling->limits.handles);
  }
  const uint64_t jobs = configuration.running * kDescriptorsOfJob + handles + kDescriptorsOfService;
  if (limit.rlim_cur < jobs + kLeastConnections) {
    return std::unexpected(
        std::format("this process may have {} descriptors open, and {} jobs at once may need {}: raise the limit "
                    "(LimitNOFILE, ulimit -n), or lower `running` of [pool] or `handles` of the ceilings",
                    limit.rlim_cur, configuration.running, jobs + kLeastConnections));
  }
  return std::min(kMostConnections, limit.rlim_cur - jobs);
}

double residentBytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

std::expected<Configuration, StartFault> configurationOf(const std::string& file) {
  if (file.empty()) {
    auto made = defaultConfiguration();
    if (!made) return std::unexpected(fault(2, made.error()));
    return std::move(*made);
  }
  auto read = readConfiguration(file);
  if (!read) return std::unexpected(StartFault{2, "", std::move(read.error())});
  return std::move(*read);
}

// The parts that one process has once, and the loop over them.
class Service {
 public:
  Service(kj::AsyncIoContext& io, Configuration configuration, const Options& options,
          std::shared_ptr<const Tenants> tenants, StateFolder state, std::unique_ptr<Runtime> runtime,
          std::unique_ptr<JobStore> store, size_t connections)
      : io_(io),
        timer_(io.provider->getTimer()),
        configuration_(std::move(configuration)),
        options_(options),
        tenants_(std::move(tenants)),
        state_(std::move(state)),
        runtime_(std::move(runtime)),
        store_(std::move(store)),
        artifacts_(state_.artifacts(), configuration_.durability),
        board_({timer_, *runtime_, store_, artifacts_, metrics_, state_, configuration_}, tenants_),
        api_({board_, metrics_, artifacts_, options_, [this] { return tenants_; }, [this] { return metricsText(); },
              std::max<size_t>(kLeastConnections / 2, connections / 4), configuration_.hosts}),
        listener_(timer_, api_, connections) {}

  kj::Promise<std::expected<void, StartFault>> run(ListenSocket socket) {
    const auto again = co_await board_.recover();
    if (!again) {
      co_return std::unexpected(fault(2, "the queue cannot be read: " + again.error().message));
    }
    if (*again > 0) {
      log(Level::kInfo, "recovered", {{"jobs", std::to_string(*again)}});
    }
    auto port = io_.lowLevelProvider->wrapListenSocketFd(socket.fd.release(),
                                                         kj::LowLevelAsyncIoProvider::TAKE_OWNERSHIP |
                                                             kj::LowLevelAsyncIoProvider::ALREADY_CLOEXEC |
                                                             kj::LowLevelAsyncIoProvider::ALREADY_NONBLOCK);
    auto serving = listener_.serve(kj::mv(port), socket.isUnix).eagerlyEvaluate([](kj::Exception&& exception) {
      log(Level::kError, "internal-error", {{"message", exception.getDescription().cStr()}});
    });
    auto reloading = reloadForever().eagerlyEvaluate(nullptr);
    const std::string line = "listening on " + socket.name + "\n";
    static_cast<void>(::write(STDERR_FILENO, line.data(), line.size()));

    co_await stopSignal();
    log(Level::kInfo, "stopping", {{"running", std::to_string(board_.running())}});
    serving = nullptr;
    auto hurry = stopSignal().then([this] { board_.hurry(); }).eagerlyEvaluate(nullptr);
    co_await board_.drain(static_cast<int64_t>(configuration_.drainNs) * kj::NANOSECONDS);
    co_await listener_.drain().exclusiveJoin(timer_.afterDelay(1 * kj::SECONDS));
    log(Level::kInfo, "stopped", {{"queued", std::to_string(board_.queued())}});
    co_return std::expected<void, StartFault>();
  }

 private:
  kj::Promise<void> stopSignal() {
    return io_.unixEventPort.onSignal(SIGTERM).ignoreResult().exclusiveJoin(
        io_.unixEventPort.onSignal(SIGINT).ignoreResult());
  }

  kj::Promise<void> reloadForever() {
    while (true) {
      co_await io_.unixEventPort.onSignal(SIGHUP);
      // What is configured is read on another thread: it may be on a disk that is slow.
      auto read = co_await loader_.run([file = configuration_.file] { return readAgain(file); });
      if (!read) {
        log(Level::kError, "reload", {{"message", read.error()}});
        continue;
      }
      tenants_ = *read;
      board_.setTenants(*read);
      log(Level::kInfo, "reload", {{"tenants", std::to_string(tenants_->all().size())}});
    }
  }

  static std::expected<std::shared_ptr<const Tenants>, std::string> readAgain(const std::string& file) {
    auto configuration = configurationOf(file);
    if (!configuration) {
      return std::unexpected(configuration.error().message + policies::render(configuration.error().diagnostics));
    }
    auto tenants = Tenants::load(*configuration);
    if (!tenants) return std::unexpected(policies::render(tenants.error()));
    return *tenants;
  }

  std::string metricsText() const {
    const Statistics statistics = runtime_->statistics();
    const auto count = [](uint64_t value) { return static_cast<double>(value); };
    const std::array gauges{
        Gauge{"secure_runtime_workers_ready", "Workers that wait for a job.", count(statistics.workersReady)},
        Gauge{"secure_runtime_zygotes_started_total", "Zygotes that were started.", count(statistics.zygotesStarted),
              "counter"},
        Gauge{"secure_runtime_jobs_from_ready_total", "Jobs that began in a worker that waited for one.",
              count(statistics.jobsFromReady), "counter"},
        Gauge{"secure_runtime_jobs_queued", "Jobs that wait.", static_cast<double>(board_.queued())},
        Gauge{"secure_runtime_jobs_running", "Jobs that run.", static_cast<double>(board_.running())},
        Gauge{"secure_runtime_connections", "Open connections.", static_cast<double>(listener_.connections())},
        Gauge{"secure_runtime_resident_bytes", "Memory of the service, without its workers.", residentBytes()}};
    return metrics_.text(gauges, statistics);
  }

  kj::AsyncIoContext& io_;
  kj::Timer& timer_;
  const Configuration configuration_;
  const Options& options_;
  std::shared_ptr<const Tenants> tenants_;
  const StateFolder state_;
  const std::unique_ptr<Runtime> runtime_;
  StoreThread store_;
  ArtifactFiles artifacts_;
  Metrics metrics_;
  JobBoard board_;
  Api api_;
  HttpListener listener_;
  capabilities::Lane loader_;
};

}  // namespace

void holdServiceSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    kj::UnixEventPort::captureSignal(signal);
    sigaddset(&signals, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

std::expected<void, StartFault> serve(const std::string& configurationFile, const Options& options) {
  auto configuration = configurationOf(configurationFile);
  if (!configuration) return std::unexpected(std::move(configuration.error()));
  auto state = StateFolder::open(configuration->stateFolder);
  if (!state) return std::unexpected(fault(2, state.error()));
  configuration->stateFolder = state->path();
  auto tenants = Tenants::load(*configuration);
  if (!tenants) return std::unexpected(StartFault{2, "", std::move(tenants.error())});
  auto connections = connectionsWithin(*configuration, **tenants);
  if (!connections) return std::unexpected(fault(2, connections.error()));
  auto store = JobStore::open(state->path(), configuration->durability, configuration->resultBytes);
  if (!store) {
    const char* remedy = store.error().trouble == StorageTrouble::kCorrupt
                             ? "; move it away to begin with an empty queue, or restore it"
                             : "";
    return std::unexpected(fault(2, state->path() + "/queue.sqlite cannot be used: " + store.error().message + remedy));
  }
  const Reach reach = (*tenants)->hasForeignUids() ? Reach::kEveryone : Reach::kOwner;
  auto socket = openListenSocket(*configuration->http, reach, configurationFile.empty());
  if (!socket) return std::unexpected(fault(2, socket.error()));
  Options ofService = options;
  ofService.readyWorkers = configuration->ready;
  ofService.zygoteWorkers = configuration->zygoteJobs;
  ofService.manyJobs = true;
  ofService.hugePages = configuration->hugePages;
  ofService.zygoteAge = std::chrono::nanoseconds(configuration->zygoteAgeNs);
  auto runtime = Runtime::create(std::move(ofService));
  if (!runtime) return std::unexpected(fault(runtime.error().exitCode, runtime.error().message));

  auto io = kj::setupAsyncIo();
  io.waitScope.setBusyPollInterval(kMaxEventsPerPoll);
  const std::string path = socket->isUnix ? socket->name.substr(5) : "";
  std::expected<void, StartFault> served;
  {
    Service service(io, std::move(*configuration), options, std::move(*tenants), std::move(*state), std::move(*runtime),
                    std::move(*store), *connections);
    served = service.run(std::move(*socket)).wait(io.waitScope);
  }
  if (!path.empty()) ::unlink(path.c_str());
  return served;
}

}  // namespace runtime::serve
