#pragma once
// The supervisor's end of ipc::Session: what a worker runs, its modules, its timers, its output and its end. Loop
// thread.
#include <kj/timer.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "capabilities/table.h"
#include "ipc/session.capnp.h"
#include "policies/decide.h"
#include "supervisor/audit.h"
#include "supervisor/authorities.h"
#include "supervisor/door.h"
#include "supervisor/module_store.h"
#include "supervisor/registry.h"
#include "supervisor/verdict.h"

namespace runtime::supervisor {

// What the session tells the job it belongs to.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  // Answers when the worker was seen to be confined; fails where it is not, which ends it.
  virtual kj::Promise<void> confinementSeen() = 0;
  // The worker is given its job: its time begins.
  virtual void onBegin() = 0;
  virtual void onOutput(OutputStream stream, std::string_view bytes) = 0;
  virtual void onDone(SaidDone done, std::optional<JobException> exception) = 0;
};

// What a child of runtime:isolate is started with, in place of what the job is. It has no arguments and no input.
struct ChildBeginning {
  std::string entry;  // path under root
  uint64_t memoryBytes = 0;
};

class Session final : public ipc::Session::Server {
 public:
  struct Parts {
    const PreparedJob& prepared;
    const Registry& registry;
    ModuleStore& modules;
    Authorities& authorities;
    capabilities::Table& table;
    AuditLog& audit;
    kj::Timer& timer;
    DoorHost& door;
    SessionHost& host;
    std::optional<ChildBeginning> child = std::nullopt;
  };
  // Borrows everything.
  explicit Session(Parts parts)
      : parts_(std::move(parts)), isolatedBy_(policies::isolatedBy(parts_.prepared.policy, entry())) {}

  // The path under root of the file that `specifier` names to the module `referrer`, for a worker of its own. Nothing
  // is looked for: a package has to be in the import map. Fails as load() does.
  std::string find(const std::string& referrer, const std::string& specifier);
  // The real path under root of the module that the worker was started with, once it is loaded.
  const std::string& entryModule() const { return entryModule_; }

  kj::Promise<void> begin(BeginContext context) override;
  kj::Promise<void> load(LoadContext context) override;
  kj::Promise<void> readSource(ReadSourceContext context) override;
  kj::Promise<void> wait(WaitContext context) override;
  kj::Promise<void> output(OutputContext context) override;
  kj::Promise<void> done(DoneContext context) override;

  // The worker that asked for the job has ended without it: another may ask.
  void withdraw() {
    asked_ = false;
    entryWaits_ = nullptr;
  }

 private:
  kj::Promise<void> loadExtension(LoadContext context, const LoadedModule& referrer, std::string specifier);
  // `referrer` is null for the entry.
  kj::Promise<void> loadAs(LoadContext context, const LoadedModule* referrer, ModuleRequest request);
  kj::Promise<void> loadFile(LoadContext context, const LoadedModule* referrer, ModuleRequest request);
  const std::string& entry() const { return parts_.child ? parts_.child->entry : parts_.prepared.entry; }
  // What denies keep from who asks; for the lane.
  PackageStore::Denied deniedTo(Authorities::OfModule importer) const;
  // A worker whose time has not begun gets nothing: an offence.
  void requireBegun();
  void record(const std::string& importer, const LoadedModule& module);
  bool denied(const Authorities::OfModule& authority, const std::string& modulePath) const;
  // Both fail, once it is recorded.
  kj::Promise<void> refuseIsolated(std::string importer, std::string modulePath);
  kj::Promise<void> refuseDenied(std::string importer, std::string modulePath);
  void refuse(const std::string& importer, const std::string& resource, const std::string& code);
  void add(AuditRecord record);

  Parts parts_;
  const std::vector<size_t> isolatedBy_;  // what walls off the entry, and so all that shares its worker
  std::string entryModule_;
  struct View {
    capabilities::Token token;
    uint32_t id;
  };
  std::map<std::pair<uint32_t, std::string>, View> views_;  // of (module, extension)
  size_t waits_ = 0;
  kj::Own<kj::PromiseFulfiller<void>> entryWaits_;  // it was asked for together with the job
  bool asked_ = false;
  bool begun_ = false;
  bool done_ = false;
};

}  // namespace runtime::supervisor
