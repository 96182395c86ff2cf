#include "tests/unit/worker/harness.h"

#include <capnp/rpc-twoparty.h>
#include <capnp/schema.h>
#include <capnp/serialize.h>
#include <fcntl.h>
#include <kj/async-io.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>

#include "ipc/os/unique_fd.h"
#include "ipc/session.capnp.h"
#include "ipc/transport/fd_link.h"
#include "ipc/transport/stream.h"
#include "ipc/wire_error.h"
#include "tests/unit/worker/probe.capnp.h"
#include "worker/engine.h"

namespace runtime::worker::test {
namespace {

constexpr char kFace[] = R"js('use strict';
const { rpc, isToken } = internals;
return {
  exports(specifier) { return ['default', 'call', 'callSync', 'isToken', 'view', 'specifier', 'thrower', 'exit']; },
  instantiate(view, specifier) {
    const params = (value) => value === undefined ? { __proto__: null } : value;
    return {
      __proto__: null, default: specifier, isToken, view, specifier, exit: internals.shared.exit,
      call: (method, value, context) => rpc.call(method, params(value), context),
      callSync: (method, value, context) => rpc.callSync(method, params(value), context),
      thrower: function thrower(callback) { return callback(); },
    };
  },
};)js";

// Nodes of a schema and of all it depends on, dependencies first.
class Nodes {
 public:
  void add(capnp::Schema schema) {
    const auto node = schema.getProto();
    if (!known_.insert(node.getId()).second) return;
    if (node.isInterface()) {
      for (auto method : schema.asInterface().getMethods()) {
        add(method.getParamType());
        add(method.getResultType());
      }
    } else if (node.isStruct()) {
      for (auto field : schema.asStruct().getFields()) add(field.getType());
    }
    capnp::MallocMessageBuilder message;
    message.setRoot(node);
    list.push_back(capnp::messageToFlatArray(message));
  }
  void add(capnp::Type type) {
    while (type.isList()) type = type.asList().getElementType();
    if (type.isStruct()) add(type.asStruct());
    if (type.isEnum()) add(type.asEnum());
  }
  std::vector<kj::Array<capnp::word>> list;

 private:
  std::set<uint64_t> known_;
};

double startedInMs = 0;

Engine& engine() {
  static const std::unique_ptr<Engine> instance = [] {
    capnp::MallocMessageBuilder message;
    auto boot = message.initRoot<ipc::Boot>();
    boot.setJit(true);
    auto extension = boot.initExtensions(1)[0];
    extension.setName("probe");
    extension.setFace(kFace);
    auto modules = extension.initModules(2);
    modules.set(0, "runtime:probe");
    modules.set(1, "probe/other");
    extension.setInterfaceId(capnp::typeId<Probe>());
    Nodes nodes;
    nodes.add(capnp::Schema::from<Probe>());
    auto schema = extension.initSchema(static_cast<capnp::uint>(nodes.list.size()));
    for (size_t i = 0; i < nodes.list.size(); i++) schema.set(static_cast<capnp::uint>(i), nodes.list[i].asBytes());
    const auto begin = std::chrono::steady_clock::now();
    auto started = Engine::start(boot.asReader());
    startedInMs = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    return started;
  }();
  return *instance;
}

class Supervisor final : public ipc::Session::Server, public Probe::Server {
 public:
  Supervisor(const Job& job, Result& result, kj::Timer& timer, kj::Promise<void> ready)
      : job_(job), result_(result), timer_(timer), ready_(ready.fork()) {}

  DispatchCallResult dispatchCall(uint64_t interfaceId, uint16_t method,
                                  capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer> context) override {
    if (interfaceId == capnp::typeId<Probe>()) return Probe::Server::dispatchCall(interfaceId, method, context);
    return ipc::Session::Server::dispatchCall(interfaceId, method, context);
  }

  kj::Promise<void> begin(BeginContext context) override {
    return ready_.addBranch().then([this, context]() mutable {
      auto job = context.getResults().initJob();
      job.setEntry("file:///main.mjs");
      auto arguments = job.initArguments(static_cast<capnp::uint>(job_.arguments.size()));
      for (capnp::uint i = 0; i < arguments.size(); i++) arguments.set(i, job_.arguments[i].c_str());
      auto environment = job.initEnvironment(static_cast<capnp::uint>(job_.environment.size()));
      for (capnp::uint i = 0; i < environment.size(); i++) {
        environment[i].setName(job_.environment[i].first.c_str());
        environment[i].setValue(job_.environment[i].second.c_str());
      }
      job.setEval(job_.eval);
      job.setWasm(job_.wasm);
      job.setClockResolutionNs(job_.clockResolutionNs);
      job.setStartedNs(job_.startedNs);
      job.setMemoryBytes(job_.memoryBytes);
    });
  }

  kj::Promise<void> load(LoadContext context) override {
    const uint32_t referrer = context.getParams().getReferrer();
    std::string specifier = context.getParams().getSpecifier().cStr();
    if (referrer == 0 && specifier.empty()) specifier = "file:///main.mjs";
    result_.loads.push_back(specifier + " from " + (referrer == 0 ? "-" : urls_.at(referrer)));
    auto module = context.getResults().initModule();
    if (specifier == "runtime:probe" || specifier == "probe/other") {
      module.setId(1000 + referrer);
      module.setUrl("runtime:probe");
      module.setFormat(ipc::Module::Format::EXTENSION);
      module.setExtension("probe");
      auto view = module.initView();
      view.setHigh(0xabcdef);
      view.setLow(referrer);
      return kj::READY_NOW;
    }
    std::string path = specifier;
    if (path.starts_with("file:///")) path.erase(0, 8);
    if (path.starts_with("./")) path.erase(0, 2);
    const auto file = job_.files.find(path);
    if (file == job_.files.end()) {
      throwKj({"ERR_MODULE_NOT_FOUND", "", "", "", "Cannot find module '/" + path + "'"});
    }
    if (path.ends_with(".json") != (context.getParams().getType() == "json")) {
      throwKj({"ERR_IMPORT_ATTRIBUTE_MISSING", "", "", "/" + path, "needs an import attribute of \"type: json\""});
    }
    auto [known, fresh] = ids_.emplace(path, static_cast<uint32_t>(ids_.size() + 1));
    const std::string url = "file:///" + path;
    urls_[known->second] = url;
    paths_[known->second] = path;
    module.setId(known->second);
    module.setUrl(url.c_str());
    module.setFormat(path.ends_with(".json") ? ipc::Module::Format::JSON : ipc::Module::Format::JAVA_SCRIPT);
    module.setKnown(!fresh);
    module.setSize(file->second.size());
    if (fresh) module.setSource(piece(file->second, 0));
    return kj::READY_NOW;
  }

  kj::Promise<void> readSource(ReadSourceContext context) override {
    const auto params = context.getParams();
    context.getResults().setBytes(piece(job_.files.at(paths_.at(params.getModule())), params.getOffset()));
    return kj::READY_NOW;
  }

  kj::Promise<void> wait(WaitContext context) override {
    return timer_.afterDelay(context.getParams().getNanoseconds() * kj::NANOSECONDS);
  }

  kj::Promise<void> output(OutputContext context) override {
    auto& to = context.getParams().getStream() == ipc::OutputStream::STDERR ? result_.err : result_.out;
    const auto bytes = context.getParams().getBytes();
    to.append(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
    return kj::READY_NOW;
  }

  kj::Promise<void> done(DoneContext context) override {
    const auto outcome = context.getParams().getOutcome();
    switch (outcome.which()) {
      case ipc::Outcome::COMPLETED:
        result_.outcome = "completed";
        break;
      case ipc::Outcome::EXITED:
        result_.outcome = "exited " + std::to_string(outcome.getExited());
        break;
      case ipc::Outcome::EXCEPTION:
        result_.outcome = "exception";
        result_.name = outcome.getException().getName().cStr();
        result_.message = outcome.getException().getMessage().cStr();
        result_.stack = outcome.getException().getStack().cStr();
    }
    return kj::READY_NOW;
  }

  kj::Promise<void> echo(EchoContext context) override {
    context.getResults().setValue(context.getParams().getValue());
    return kj::READY_NOW;
  }
  kj::Promise<void> fail(FailContext context) override {
    const auto params = context.getParams();
    throwKj({params.getCode().cStr(), params.getCapability().cStr(), params.getRight().cStr(),
             params.getResource().cStr(), ""});
  }
  kj::Promise<void> mint(MintContext context) override {
    auto token = context.getResults().initToken();
    token.setHigh(0x1122334455667788);
    token.setLow(0x99aabbccddeeff00);
    return kj::READY_NOW;
  }
  kj::Promise<void> check(CheckContext context) override {
    const auto token = context.getParams().getHandle().getToken();
    context.getResults().setText(kj::str(kj::hex(token.getHigh()), ":", kj::hex(token.getLow())));
    return kj::READY_NOW;
  }
  kj::Promise<void> slow(SlowContext context) override {
    context.getResults().setValue(context.getParams().getValue());
    return timer_.afterDelay(context.getParams().getMilliseconds() * kj::MILLISECONDS);
  }
  kj::Promise<void> read(ReadContext context) override {
    auto bytes = context.getResults().initBytes(context.getParams().getSize());
    for (size_t i = 0; i < bytes.size(); i++) bytes[i] = static_cast<kj::byte>(i);
    return kj::READY_NOW;
  }
  kj::Promise<void> never(NeverContext) override { return kj::NEVER_DONE; }
  kj::Promise<void> write(WriteContext context) override {
    context.getResults().setSize(context.getParams().getBytes().size());
    return kj::READY_NOW;
  }

 private:
  [[noreturn]] static void throwKj(const ipc::WireError& error) { kj::throwFatalException(ipc::toException(error)); }
  static kj::ArrayPtr<const kj::byte> piece(const std::string& source, uint64_t offset) {
    const std::string_view rest = std::string_view(source).substr(offset, 256 << 10);
    return kj::arrayPtr(reinterpret_cast<const kj::byte*>(rest.data()), rest.size());
  }

  const Job& job_;
  Result& result_;
  kj::Timer& timer_;
  kj::ForkedPromise<void> ready_;
  std::map<std::string, uint32_t> ids_;
  std::map<uint32_t, std::string> urls_;
  std::map<uint32_t, std::string> paths_;
};

struct Child {
  pid_t pid;
  os::UniqueFd readEnd;
  os::UniqueFd writeEnd;
};

Child forkWorker(uint64_t memoryBytes) {
  int down[2];
  int up[2];
  if (pipe2(down, O_CLOEXEC) != 0 || pipe2(up, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  Engine& made = engine();
  const pid_t pid = fork();
  if (pid == 0) {
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    close(down[1]);
    close(up[0]);
    std::ifstream status("/proc/self/status");
    uint64_t dataKiB = 0;
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmData:")) dataKiB = std::stoull(line.substr(7));
    }
    const rlimit limit{dataKiB * 1024 + memoryBytes, dataKiB * 1024 + memoryBytes};
    setrlimit(RLIMIT_DATA, &limit);
    const rlimit noCore{0, 0};
    setrlimit(RLIMIT_CORE, &noCore);
    made.reseed();
    made.afterFork();
    made.run(down[0], up[1], Engine::Need::kNow);
  }
  close(down[0]);
  close(up[1]);
  return {pid, os::UniqueFd(up[0]), os::UniqueFd(down[1])};
}

// `whenIdle` is called while the worker waits for its job.
Result runJob(const Job& job, const std::function<void(pid_t)>& whenIdle) {
  Result result;
  const auto begin = std::chrono::steady_clock::now();
  signal(SIGPIPE, SIG_IGN);
  Child child = forkWorker(job.memoryBytes);
  {
    auto io = kj::setupAsyncIo();
    kj::Timer& timer = io.provider->getTimer();
    ipc::SupervisorFdLink link(std::move(child.readEnd), std::move(child.writeEnd), io.unixEventPort);
    ipc::Stream stream(link);
    capnp::TwoPartyVatNetwork network(stream, capnp::rpc::twoparty::Side::SERVER);
    auto ready = whenIdle ? timer.afterDelay(200 * kj::MILLISECONDS).then([&] { whenIdle(child.pid); })
                          : kj::Promise<void>(kj::READY_NOW);
    capnp::Capability::Client bootstrap = kj::heap<Supervisor>(job, result, timer, kj::mv(ready));
    auto rpc = capnp::makeRpcServer(network, kj::mv(bootstrap));
    network.onDisconnect()
        .exclusiveJoin(timer.afterDelay(20 * kj::SECONDS).then([&] { kill(child.pid, SIGKILL); }))
        .wait(io.waitScope);
  }
  waitpid(child.pid, &result.status, 0);
  result.wallMs = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count());
  return result;
}

}  // namespace

bool Result::exited(int code) const { return WIFEXITED(status) && WEXITSTATUS(status) == code; }

Result run(const Job& job) { return runJob(job, {}); }

Result runMain(const std::string& source) { return run({.files = {{"main.mjs", source}}}); }

Result runAbandoned() {
  Result result;
  Child child = forkWorker(uint64_t{64} << 20);
  child.readEnd = {};
  child.writeEnd = {};
  waitpid(child.pid, &result.status, 0);
  return result;
}

uint64_t idlePrivateKiB() {
  uint64_t kib = 0;
  runJob({.files = {{"main.mjs", ""}}}, [&kib](pid_t pid) {
    std::ifstream rollup("/proc/" + std::to_string(pid) + "/smaps_rollup");
    for (std::string line; std::getline(rollup, line);) {
      if (line.starts_with("Private_Dirty:") || line.starts_with("Private_Clean:")) kib += std::stoull(line.substr(14));
    }
  });
  return kib;
}

double engineStartMs() {
  engine();
  return startedInMs;
}

}  // namespace runtime::worker::test
