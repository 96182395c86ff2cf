#include "supervisor/session.h"

#include <kj/common.h>

#include <chrono>
#include <cstdlib>
#include <utility>

#include "capabilities/view.h"
#include "loader/resolve.h"

namespace runtime::supervisor {
namespace {

using ipc::WireError;

constexpr size_t kMaxWaits = 8;
constexpr uint32_t kFirstViewId = 1u << 31;
// Of an exception's texts: they are copied into the result.
constexpr size_t kMaxExceptionText = 64 << 10;

[[noreturn]] void fail(const WireError& error) { kj::throwFatalException(ipc::toException(error)); }

kj::StringPtr asText(const std::string& text) { return kj::StringPtr(text.c_str(), text.size()); }

std::string clipped(capnp::Text::Reader text) {
  return std::string(text.begin(), std::min(text.size(), kMaxExceptionText));
}

ipc::Module::Format formatOf(loader::Format format) { return static_cast<ipc::Module::Format>(format); }

WireError deniedError(const std::string& modulePath) {
  return {"EACCES", "", "", "/" + modulePath, "a deny of the policy keeps this module from being loaded"};
}

}  // namespace

kj::Promise<void> Session::begin(BeginContext context) {
  if (std::exchange(asked_, true)) {
    parts_.door.onOffence("the worker asked for its job twice");
    fail({"EINVAL", "", "", "", ""});
  }
  co_await parts_.host.confinementSeen();
  begun_ = true;
  const policies::Policy& policy = parts_.prepared.policy;
  auto job = context.getResults().initJob();
  job.setEntry(asText(loader::urlOf(entry())));
  const auto arguments = parts_.child ? std::vector<std::string>() : parts_.prepared.job.arguments;
  auto list = job.initArguments(static_cast<capnp::uint>(arguments.size()));
  for (size_t i = 0; i < arguments.size(); ++i) list.set(static_cast<capnp::uint>(i), asText(arguments[i]));
  std::vector<std::pair<std::string, std::string>> environment;
  const auto names =
      parts_.child && isolatedBy_.empty() ? std::vector<std::string>() : policies::environmentOfEveryModule(policy);
  for (const std::string& name : names) {
    if (const char* value = getenv(name.c_str())) environment.emplace_back(name, value);
  }
  if (Recorder* recorder = parts_.door.recorder(); recorder != nullptr && !environment.empty()) {
    std::vector<std::string> handed;
    for (const auto& [name, value] : environment) handed.push_back(name);
    recorder->handed("**", handed);
  }
  auto variables = job.initEnvironment(static_cast<capnp::uint>(environment.size()));
  for (size_t i = 0; i < environment.size(); ++i) {
    variables[static_cast<capnp::uint>(i)].setName(asText(environment[i].first));
    variables[static_cast<capnp::uint>(i)].setValue(asText(environment[i].second));
  }
  job.setEval(policy.engine.eval);
  job.setWasm(policy.engine.wasm);
  job.setClockResolutionNs(policy.engine.clockResolutionNs);
  job.setStartedNs(
      static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds(1)));
  job.setMemoryBytes(parts_.child ? parts_.child->memoryBytes : policy.limits.memoryBytes);
  parts_.host.onBegin();
  if (entryWaits_.get() != nullptr) entryWaits_->fulfill();
}

void Session::requireBegun() {
  if (begun_) return;
  parts_.door.onOffence("the worker acted before it asked for its job");
  fail({"EINVAL", "", "", "", ""});
}

kj::Promise<void> Session::load(LoadContext context) {
  const auto params = context.getParams();
  const bool isEntry = params.getReferrer() == 0 && params.getSpecifier().size() == 0;
  if (isEntry && asked_ && !begun_ && entryWaits_.get() == nullptr) {
    auto begun = kj::newPromiseAndFulfiller<void>();
    entryWaits_ = kj::mv(begun.fulfiller);
    return begun.promise.then([this, context]() mutable { return load(context); });
  }
  requireBegun();
  if (parts_.door.closed()) fail({"ECANCELED", "", "", "", ""});
  const LoadedModule* referrer = nullptr;
  if (params.getReferrer() != 0) {
    referrer = parts_.modules.byId(params.getReferrer());
    if (referrer == nullptr || !referrer->given) {
      parts_.door.onOffence("the worker named a module that it was never given");
      fail({"EINVAL", "", "", "", ""});
    }
  }
  ModuleRequest request;
  if (referrer != nullptr) request.referrer = referrer->path;
  request.specifier =
      isEntry ? loader::urlOf(entry()) : std::string(params.getSpecifier().begin(), params.getSpecifier().size());
  request.type = std::string(params.getType().begin(), params.getType().size());
  if (params.getKind() == ipc::ImportKind::IMPORT) return loadAs(context, referrer, std::move(request));
  request.kind = loader::ImportKind::kRequire;
  return kj::evalNow([&] { return loadAs(context, referrer, std::move(request)); }).catch_([](kj::Exception&& failure) {
    auto error = ipc::fromException(failure);
    if (!error || error->code != "ERR_MODULE_NOT_FOUND") kj::throwFatalException(kj::mv(failure));
    // As Node calls it there, and as programs ask for it.
    error->code = "MODULE_NOT_FOUND";
    fail(*error);
  });
}

kj::Promise<void> Session::loadAs(LoadContext context, const LoadedModule* referrer, ModuleRequest request) {
  auto resolved = loader::resolve({request.referrer, request.specifier, request.type, request.kind},
                                  parts_.prepared.policy.modules.imports, parts_.registry.specifiers());
  if (resolved) {
    if (resolved->format == loader::Format::kExtension) {
      if (referrer == nullptr) fail({"ERR_MODULE_NOT_FOUND", "", "", resolved->name, "the entry is a file"});
      return loadExtension(context, *referrer, std::move(resolved->name));
    }
    request.path = std::move(resolved->name);
  } else if (resolved.error().code != "ERR_MODULE_NOT_FOUND" || referrer == nullptr) {
    fail({resolved.error().code, "", "", resolved.error().resource, resolved.error().message});
  }
  return loadFile(context, referrer, std::move(request));
}

std::string Session::find(const std::string& referrer, const std::string& specifier) {
  auto resolved = loader::resolve({referrer, specifier, "", loader::ImportKind::kImport},
                                  parts_.prepared.policy.modules.imports, parts_.registry.specifiers());
  if (!resolved) fail({resolved.error().code, "", "", resolved.error().resource, resolved.error().message});
  if (resolved->format == loader::Format::kExtension) {
    fail({"ERR_MODULE_NOT_FOUND", "", "", resolved->name, "what a worker is started with is a file"});
  }
  const auto authority = parts_.authorities.of(referrer);
  if (!authority) fail(authority.error());
  if (denied(**authority, resolved->name)) {
    refuse(referrer, "/" + resolved->name, "EACCES");
    fail(deniedError(resolved->name));
  }
  return std::move(resolved->name);
}

// A view over all of the importing module's grants, minted once for each (module, extension).
kj::Promise<void> Session::loadExtension(LoadContext context, const LoadedModule& referrer, std::string specifier) {
  const Registry::Entry* entry = parts_.registry.bySpecifier(specifier);
  const std::string name(entry->extension->name());
  auto view = views_.find({referrer.id, name});
  if (view == views_.end()) {
    const auto authority = parts_.authorities.of(referrer.path);
    if (!authority) fail(authority.error());
    const auto token = parts_.table.mint(capabilities::View::ofModule((*authority)->held));
    if (!token) fail({"EMFILE", "", "", "", "this job has been given too many capabilities"});
    view =
        views_.emplace(std::pair(referrer.id, name), View{*token, kFirstViewId + static_cast<uint32_t>(views_.size())})
            .first;
  }
  auto module = context.getResults().initModule();
  module.setId(view->second.id);
  module.setUrl(asText(specifier));
  module.setFormat(ipc::Module::Format::EXTENSION);
  module.setExtension(asText(name));
  module.initView().setHigh(view->second.token.high);
  module.getView().setLow(view->second.token.low);
  return kj::READY_NOW;
}

kj::Promise<void> Session::loadFile(LoadContext context, const LoadedModule* referrer, ModuleRequest request) {
  const std::string importer = referrer == nullptr ? entry() : referrer->path;
  co_await parts_.audit.room();
  const auto authority = parts_.authorities.of(importer);
  if (!authority) fail(authority.error());
  // As it was named, before the file system is touched; as it is found, on the lane.
  if (!request.path.empty() && denied(**authority, request.path))
    co_return co_await refuseDenied(importer, request.path);
  request.denied = deniedTo(**authority);
  const Admission::Place place = co_await parts_.door.admit();
  const auto found = co_await parts_.modules.load(std::move(request));
  if (!found) {
    if (found.error().code == "EACCES" || found.error().code == "ERR_MODULE_OUTSIDE_ROOT") {
      refuse(importer, found.error().resource, "EACCES");
      co_await parts_.audit.recorded();
    } else if (found.error().code == "ERR_MODULE_INTEGRITY") {
      refuse(importer, found.error().resource, found.error().code);
      co_await parts_.audit.recorded();
    }
    fail(found.error());
  }
  if (found->module == nullptr) {
    // Of a package alone, which the entry is not.
    if (referrer != nullptr) co_await loadExtension(context, *referrer, found->extension);
    co_return;
  }
  LoadedModule& loaded = *found->module;
  // It may have been handed out to another.
  if (denied(**authority, loaded.path)) co_return co_await refuseDenied(importer, loaded.path);
  if (policies::isolatedBy(parts_.prepared.policy, loaded.path) != isolatedBy_) {
    co_return co_await refuseIsolated(importer, loaded.path);
  }
  if (entryModule_.empty()) entryModule_ = loaded.path;
  loaded.given = true;
  auto module = context.getResults().initModule();
  module.setId(loaded.id);
  module.setUrl(asText(loaded.url));
  module.setFormat(formatOf(loaded.format));
  module.setKnown(found->known);
  module.setSize(loaded.size);
  if (!found->known) {
    module.setSource(kj::StringPtr(found->firstPiece.c_str(), found->firstPiece.size()).asBytes());
    record(importer, loaded);
    co_await parts_.audit.recorded();
    if (parts_.audit.failed()) fail({"EIO", "", "", "", ""});
  }
}

kj::Promise<void> Session::readSource(ReadSourceContext context) {
  requireBegun();
  const auto params = context.getParams();
  LoadedModule* module = parts_.modules.byId(params.getModule());
  std::optional<kj::Promise<std::expected<std::string, WireError>>> reading;
  const Admission::Place place = co_await parts_.door.admit();
  if (module != nullptr && module->given) reading = parts_.modules.piece(*module, params.getOffset());
  if (!reading) {
    parts_.door.onOffence("the worker asked for a source that is not there");
    fail({"EINVAL", "", "", "", ""});
  }
  const auto bytes = co_await *reading;
  if (!bytes) fail(bytes.error());
  context.getResults().setBytes(kj::StringPtr(bytes->c_str(), bytes->size()).asBytes());
}

kj::Promise<void> Session::wait(WaitContext context) {
  requireBegun();
  if (waits_ >= kMaxWaits) {
    parts_.door.onOffence("the worker started too many waits");
    fail({"EINVAL", "", "", "", ""});
  }
  // A timer beyond the longest wall limit never fires.
  const uint64_t longest = parts_.prepared.policy.limits.wallNs + 1'000'000'000;
  const uint64_t ns = std::min(context.getParams().getNanoseconds(), longest);
  context.releaseParams();
  ++waits_;
  KJ_DEFER(--waits_);
  co_await parts_.timer.afterDelay(static_cast<int64_t>(ns) * kj::NANOSECONDS);
}

kj::Promise<void> Session::output(OutputContext context) {
  requireBegun();
  const auto params = context.getParams();
  const auto bytes = params.getBytes();
  parts_.host.onOutput(params.getStream() == ipc::OutputStream::STDERR ? OutputStream::kStderr : OutputStream::kStdout,
                       std::string_view(reinterpret_cast<const char*>(bytes.begin()), bytes.size()));
  return kj::READY_NOW;
}

kj::Promise<void> Session::done(DoneContext context) {
  requireBegun();
  if (done_) {
    parts_.door.onOffence("the worker ended twice");
    fail({"EINVAL", "", "", "", ""});
  }
  done_ = true;
  const auto outcome = context.getParams().getOutcome();
  SaidDone said;
  std::optional<JobException> exception;
  switch (outcome.which()) {
    case ipc::Outcome::COMPLETED:
      break;
    case ipc::Outcome::EXITED:
      said.kind = SaidDone::Kind::kExited;
      said.exitCode = outcome.getExited();
      break;
    case ipc::Outcome::EXCEPTION:
      said.kind = SaidDone::Kind::kException;
      exception = JobException{clipped(outcome.getException().getName()), clipped(outcome.getException().getMessage()),
                               clipped(outcome.getException().getStack())};
      break;
  }
  parts_.host.onDone(said, std::move(exception));
  return kj::NEVER_DONE;
}

void Session::record(const std::string& importer, const LoadedModule& module) {
  AuditRecord record;
  record.module = importer;
  record.capability = "module";
  record.right = "load";
  record.resource = "/" + module.path;
  record.bytes = module.size;
  record.sha256 = module.sha256;
  add(std::move(record));
}

bool Session::denied(const Authorities::OfModule& authority, const std::string& modulePath) const {
  return parts_.authorities.deniedOnHost(authority, parts_.modules.hostPath(modulePath))
      .has(capabilities::Right::kRead);
}

PackageStore::Denied Session::deniedTo(Authorities::OfModule importer) const {
  return [importer = std::move(importer), root = parts_.modules.hostPath("")](const std::string& path) {
    return Authorities::deniedOnHost(importer, root + path).has(capabilities::Right::kRead);
  };
}

kj::Promise<void> Session::refuseDenied(std::string importer, std::string modulePath) {
  refuse(importer, "/" + modulePath, "EACCES");
  co_await parts_.audit.recorded();
  fail(deniedError(modulePath));
}

kj::Promise<void> Session::refuseIsolated(std::string importer, std::string modulePath) {
  refuse(importer, "/" + modulePath, "EACCES");
  co_await parts_.audit.recorded();
  fail({"ERR_MODULE_ISOLATED", "", "", "/" + modulePath,
        isolatedBy_.empty() ? "the policy gives this module a worker of its own: use spawn() of runtime:isolate"
                            : "this worker is for modules that the policy walls off, and this is none of them: name it "
                              "in the same rule, or use spawn() of runtime:isolate"});
}

void Session::refuse(const std::string& importer, const std::string& resource, const std::string& code) {
  ++parts_.door.usage().deniedCalls;
  if (Recorder* recorder = parts_.door.recorder()) recorder->refused({importer, "module", "load", resource});
  AuditRecord record;
  record.module = importer;
  record.capability = "module";
  record.right = "load";
  record.resource = resource;
  record.allowed = false;
  record.error = code;
  add(std::move(record));
}

void Session::add(AuditRecord record) {
  record.worker = parts_.door.worker();
  parts_.audit.add(std::move(record));
  if (parts_.audit.overLimit() || parts_.audit.failed()) parts_.door.onAuditTrouble();
}

}  // namespace runtime::supervisor
