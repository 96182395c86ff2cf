// All that a worker can reach of the supervisor: bytes on its pipe, through Stream, MessageGuard and the RPC system to
// a real Door and Session over a scratch folder. Input: '1' for an audit log, else another character; then operations:
//   b s e f k r   what the hostile worker says: see hostile_worker.cc
//   w             wait for the answers
//   h             hang up
#include <capnp/rpc-twoparty.h>
#include <fcntl.h>
#include <kj/async-io.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "capabilities/lane.h"
#include "extensions/fs/host.h"
#include "extensions/job/host.h"
#include "ipc/message_guard.h"
#include "ipc/transport/fd_link.h"
#include "ipc/transport/stream.h"
#include "loader/integrity.h"
#include "supervisor/audit.h"
#include "supervisor/authorities.h"
#include "supervisor/door.h"
#include "supervisor/file_integrity.h"
#include "supervisor/module_store.h"
#include "supervisor/prepared_job.h"
#include "supervisor/session.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/hostile_worker.h"

namespace runtime::fuzz {
namespace {

using namespace supervisor;

constexpr size_t kMaxOperations = 400;
constexpr uint64_t kStorageBytes = 64 << 10;
constexpr uint64_t kEntries = 16;
const std::string kUnread = "content-that-no-grant-gives";

constexpr const char* kPolicy = R"(version = 1
[limits]
handles = 8
storage = "64KiB"
entries = 16
audit = "256KiB"
[modules]
root = "modules"
[[grant]]
to = "main.mjs"
fs = [{ path = "data", at = "/data", rights = ["read", "list"] },
      { path = "out", at = "/out", rights = ["read", "list", "write", "append", "create", "delete"] }]
env = ["LANG"]
[[grant]]
to = "lib.mjs"
fs = [{ path = "data/sub", at = "/sub", rights = ["read"] }]
[[deny]]
to = "**"
fs = [{ at = "/data/private/**" }]
)";

// What outlives a run.
class World {
 public:
  World() {
    ::signal(SIGPIPE, SIG_IGN);
    // A descriptor that is not closed is soon missed.
    const rlimit few{128, 128};
    require(::setrlimit(RLIMIT_NOFILE, &few) == 0, "a limit is set");
    scratch.file("modules/main.mjs", "import './lib.mjs'");
    // A source of two pieces.
    scratch.file("modules/lib.mjs", "export default 1 //" + std::string(kSourcePieceBytes, '.'));
    scratch.file("modules/data.json", "{}");
    scratch.link("modules/link.mjs", "../data/private/key.txt");
    scratch.file("modules/package.json", R"({"imports": {"#own": {"require": "./data.json", "import": "./lib.mjs"}}})");
    scratch.file("modules/node_modules/pack/package.json",
                 R"({"exports": {".": {"import": "./m.mjs", "require": "./c.js"}, "./inner": "./../../outside.mjs"}})");
    scratch.file("modules/node_modules/pack/m.mjs", "export default 1");
    scratch.file("modules/node_modules/pack/c.js", "module.exports = 1");
    scratch.link("modules/node_modules/out", "../../secret");
    scratch.file("data/a.txt", "a");
    scratch.file("data/sub/b.txt", "b");
    scratch.file("data/private/key.txt", kUnread);
    scratch.file("secret/secret.txt", kUnread);
    scratch.file("outside.mjs", kUnread);
    scratch.link("data/out", "../secret");
    scratch.link("data/absolute", scratch.host("secret/secret.txt"));
    scratch.link("data/to-private", "private/key.txt");
    scratch.folder("out");
    std::vector<std::unique_ptr<extensions::Extension>> all;
    all.push_back(extensions::fs::makeExtension());
    all.push_back(extensions::job::makeExtension());
    registry = std::make_unique<Registry>(std::move(all));
    Job job;
    job.policy = PolicyText{kPolicy, scratch.host()};
    job.entry = scratch.host("modules/main.mjs");
    job.arguments = {"one", "two"};
    auto made = prepare(std::move(job), {});
    require(made.has_value(), "the job is prepared:", made ? "" : made.error().message);
    prepared = std::move(*made);
    secrets = {kUnread, scratch.host()};
    untouched = listing();
  }

  // Everything but what may be written, names and content.
  std::string listing() const {
    std::string all;
    for (const char* folder : {"modules", "data", "secret"}) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch.host(folder))) {
        all += entry.path().string() + '\n';
        if (entry.is_symlink())
          all += std::filesystem::read_symlink(entry.path()).string();
        else if (entry.is_regular_file())
          all += scratch.content(entry.path().string());
      }
    }
    return all;
  }

  // What was written is within the quotas; then it is gone.
  void emptyOut() const {
    uint64_t bytes = 0, entries = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch.host("out"))) {
      ++entries;
      require(!entry.is_symlink(), "no call makes links");
      if (entry.is_regular_file()) bytes += entry.file_size();
    }
    require(bytes <= kStorageBytes, "storage bounds what is written:", std::to_string(bytes));
    require(entries <= kEntries, "entries bound what is made:", std::to_string(entries));
    for (const auto& entry : std::filesystem::directory_iterator(scratch.host("out"))) {
      std::filesystem::remove_all(entry.path());
    }
  }

  kj::AsyncIoContext io = kj::setupAsyncIo();
  Scratch scratch;
  std::unique_ptr<Registry> registry;
  PreparedJob prepared;
  std::vector<std::string> secrets;
  std::string untouched;
  // One for all runs: a thread is slow to make.
  capabilities::Lane lane;
};

World& world() {
  // Its end must not wait for that of the thread's event loop.
  static World* const world = [] {
    auto* made = new World();
    ::atexit([] { std::filesystem::remove_all(fuzz::world().scratch.host()); });
    return made;
  }();
  return *world;
}

struct Pipe {
  os::UniqueFd read, write;
};

Pipe makePipe() {
  int ends[2];
  require(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0, "a pipe is made");
  return {os::UniqueFd(ends[0]), os::UniqueFd(ends[1])};
}

// One job, as JobRun puts it together, without a process.
class Run : extensions::JobServices, DoorHost, SessionHost {
 public:
  Run(Pipe fromWorker, Pipe toWorker, std::unique_ptr<AuditFile> file)
      : audit_(std::move(file), world().prepared.policy.limits.auditBytes, "1", 1, "", timer()),
        session_({world().prepared, *world().registry, modules_, authorities_, table_, audit_, timer(), *this, *this}),
        link_(std::move(fromWorker.read), std::move(toWorker.write), world().io.unixEventPort),
        stream_(link_),
        guard_(
            stream_, timer(), [this] { return network_.getCurrentQueueSize(); },
            [this](kj::StringPtr offence) { onOffence(offence.cStr()); }),
        network_(guard_, capnp::rpc::twoparty::Side::SERVER, options()),
        rpc_(capnp::makeRpcServer(
            network_, capnp::Capability::Client(kj::heap<Door>(*world().registry, session_,
                                                               static_cast<extensions::JobServices&>(*this), table_,
                                                               audit_, static_cast<DoorHost&>(*this))))),
        worker_(std::move(toWorker.read), std::move(fromWorker.write), *world().registry, world().secrets) {
    rpc_.setFlowLimit((4 << 20) / sizeof(capnp::word));
    left_ = network_.onDisconnect().then([this] { disconnected_ = true; }).eagerlyEvaluate(nullptr);
  }
  ~Run() noexcept override {
    calls_.cancel("the job is over");
    table_.endAll();
  }

  void perform(Input& input) {
    for (size_t i = 0; i < kMaxOperations && !input.empty(); ++i) {
      const auto operation = static_cast<char>(input.byte());
      if (operation == 'h') {
        worker_.hangUp();
      } else if (operation == 'w') {
        settle();
      } else {
        worker_.act(operation, input, [this] { settle(); });
      }
    }
    settle();
  }

  void check() {
    require(!internalError_, "no bug of ours:", internalError_.value_or(""));
    checkHonest();
    if (worker_.honest()) {
      require(worker_.hungUp() || !disconnected_, "an honest worker is not hung up on");
      require(worker_.hungUp() || worker_.unanswered() == 0, "every call is answered");
    }
    if (worker_.mustDie() && !worker_.hungUp()) require(offence_.has_value(), "an offence is noticed");
    require(table_.live() <= capabilities::Table::kMaxMints, "tokens are bounded");
    calls_.cancel("the job is over");
    table_.endAll();
    require(table_.live() == 0, "every token ends");
    audit_.seal("ok").wait(world().io.waitScope);
    require(!audit_.failed(), "what was done is recorded");
  }
  uint64_t performed() const { return usage_.calls; }

 private:
  kj::Timer& timer() override { return world().io.provider->getTimer(); }
  static capnp::ReaderOptions options() {
    capnp::ReaderOptions options;
    options.traversalLimitInWords = 4 * ipc::kMaxMessageWords;
    options.nestingLimit = 16;
    return options;
  }
  void checkHonest() const {
    if (worker_.honest()) require(!offence_, "an honest worker is no offender:", offence_.value_or(""));
  }
  // Until nothing more is answered: file work is done in the order of the lane, in several steps for some.
  void settle() {
    for (int quiet = 0; quiet < 2;) {
      world().io.waitScope.poll();
      checkHonest();
      const size_t heard = worker_.listen();
      world().lane.run([] { return true; }).wait(world().io.waitScope);
      quiet = heard + worker_.listen() == 0 ? quiet + 1 : 0;
    }
  }

  capabilities::Lane& lane() override { return world().lane; }
  capabilities::Table& table() override { return table_; }
  kj::Promise<std::string> readStdin(size_t max) override { return std::string("input").substr(0, max); }
  const std::vector<std::string>& arguments() const override { return world().prepared.job.arguments; }
  std::vector<std::pair<std::string, std::string>> environment(const std::string&) const override {
    return {{"LANG", "C"}};
  }
  void onOffence(std::string offence) override { offence_ = std::move(offence); }
  void onInternalError(std::string what) override { internalError_ = std::move(what); }
  void onAuditTrouble() override { require(!audit_.failed(), "what was done is recorded"); }
  bool closed() const override { return offence_ || done_; }
  Usage& usage() override { return usage_; }
  kj::Canceler& calls() override { return calls_; }
  kj::Promise<Admission::Place> admit() override {
    return admission_.enter().then([this](Admission::Place place) {
      return guard_.roomToSend().then([place = kj::mv(place)]() mutable { return Admission::Place(kj::mv(place)); });
    });
  }
  // There is no process to look at.
  kj::Promise<void> confinementSeen() override { return kj::READY_NOW; }
  void onBegin() override { require(!std::exchange(begun_, true), "a job begins once"); }
  void onOutput(OutputStream, std::string_view) override { require(begun_, "nothing before the beginning"); }
  void onDone(SaidDone, std::optional<JobException>) override { require(!std::exchange(done_, true), "it ends once"); }

  std::shared_ptr<capabilities::JobMeters> meters_ = [] {
    auto meters = std::shared_ptr<capabilities::JobMeters>(
        new capabilities::JobMeters{capabilities::Meter(kStorageBytes), capabilities::Meter(kEntries)});
    meters->maxHandles = world().prepared.policy.limits.handles;
    return meters;
  }();
  capabilities::Table table_;
  Authorities authorities_{world().prepared, meters_};
  ModuleStore modules_{world().prepared, world().lane, world().registry->specifiers(),
                       std::make_shared<FileIntegrity>(std::multimap<std::string, loader::Integrity::Entry>())};
  AuditLog audit_;
  Session session_;
  Admission admission_;
  kj::Canceler calls_;
  ipc::SupervisorFdLink link_;
  ipc::Stream stream_;
  ipc::MessageGuard guard_;
  capnp::TwoPartyVatNetwork network_;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc_;
  kj::Promise<void> left_ = nullptr;
  HostileWorker worker_;
  Usage usage_;
  std::optional<std::string> offence_, internalError_;
  bool begun_ = false, done_ = false, disconnected_ = false;
};

}  // namespace
}  // namespace runtime::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace runtime::fuzz;
  // What the worker said itself may come back to it.
  const std::string_view said(reinterpret_cast<const char*>(data), size);
  for (const std::string& secret : world().secrets) {
    if (said.contains(secret)) return -1;
  }
  Input input(data, size);
  std::unique_ptr<runtime::supervisor::AuditFile> file;
  const std::string auditPath = world().scratch.host("audit.jsonl");
  if (input.byte() == '1') {
    auto opened = runtime::supervisor::AuditFile::open(auditPath);
    require(opened.has_value(), "an audit log is opened");
    file = std::move(*opened);
  }
  uint64_t calls = 0;
  {
    Run run(makePipe(), makePipe(), std::move(file));
    run.perform(input);
    run.check();
    calls = run.performed();
  }
  world().io.waitScope.poll();
  ::unlink(auditPath.c_str());
  if (calls > 0) {
    require(world().listing() == world().untouched, "what may only be read is as it was");
    world().emptyOut();
  }
  return 0;
}
