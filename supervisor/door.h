#pragma once
// The one door: the only capability that a worker holds, and the one place through which everything it can cause must
// pass. In this order: message guard (ipc/message_guard.h), the token known, every annotated parameter resolved and its
// right checked, budgets and quotas, the operation, the audit record. Loop thread.
#include <capnp/capability.h>
#include <capnp/dynamic.h>
#include <kj/async.h>
#include <kj/timer.h>

#include <functional>
#include <string>

#include "capabilities/table.h"
#include "extensions/extension.h"
#include "supervisor/admission.h"
#include "supervisor/audit.h"
#include "supervisor/recorder.h"
#include "supervisor/registry.h"
#include "supervisor/runtime.h"

namespace runtime::supervisor {

// What the door asks of the job it belongs to.
class DoorHost {
 public:
  virtual ~DoorHost() = default;
  // Proof that the worker is not running our code: it must die. The sentence is for a person.
  virtual void onOffence(std::string offence) = 0;
  // A bug of ours: the job ends as internal-error.
  virtual void onInternalError(std::string what) = 0;
  virtual void onAuditTrouble() = 0;
  // The job is over; nothing is performed any more.
  virtual bool closed() const = 0;
  virtual Usage& usage() = 0;
  // By which calls under way end when what they came by expires.
  virtual kj::Timer& timer() = 0;
  // As audit records name it; 0: the first of its job.
  virtual uint64_t worker() const { return 0; }
  // Null: what the job uses is not recorded.
  virtual Recorder* recorder() { return nullptr; }
  // Every call in progress is wrapped in it: the job cancels them all before anything they use is gone.
  virtual kj::Canceler& calls() = 0;
  // A place for a call, once the worker has read enough of its answers: see admission.h.
  virtual kj::Promise<Admission::Place> admit() = 0;
};

class Door final : public capnp::Capability::Server {
 public:
  // Borrows everything. `session` answers the interface ipc::Session.
  Door(const Registry& registry, capnp::Capability::Server& session, extensions::JobServices& job,
       capabilities::Table& table, AuditLog& audit, DoorHost& host);
  ~Door() noexcept(false);

  DispatchCallResult dispatchCall(uint64_t interfaceId, uint16_t methodId,
                                  capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer> context) override;

 private:
  class DoorCall;
  using Context = capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer>;
  DispatchCallResult dispatchToSession(uint16_t method, Context context);
  kj::Promise<void> perform(const Registry::Entry& entry, uint16_t method, Context context);
  // An offence, told to the host, and what the worker is answered.
  DispatchCallResult refuse(std::string offence, std::string code);
  // Fills `call.arguments`. The error is for the worker; an offence has been told to the host.
  extensions::Outcome resolve(const MethodRules& rules, DoorCall& call);
  extensions::Outcome resolveOne(const ParameterRule& rule, capnp::DynamicStruct::Reader value, DoorCall& call);
  // The operation; its promise is given up as soon as something that the call came by is revoked or expires.
  kj::Promise<extensions::Outcome> operate(const Registry::Entry& entry, uint16_t method, DoorCall& call);
  kj::Promise<void> reached(capabilities::Clock::time_point time);
  // Whether what the operation answers may still be given, and is paid for.
  extensions::Outcome settle(const MethodRules& rules, DoorCall& call, extensions::Outcome outcome);

  const Registry& registry_;
  capnp::Capability::Server& session_;
  extensions::JobServices& job_;
  capabilities::Table& table_;
  AuditLog& audit_;
  DoorHost& host_;
};

}  // namespace runtime::supervisor
