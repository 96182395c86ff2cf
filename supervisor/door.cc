#include "supervisor/door.h"

#include <capnp/any.h>
#include <capnp/dynamic.h>
#include <kj/debug.h>

#include <algorithm>
#include <chrono>

#include "capabilities/view.h"
#include "ipc/door.capnp.h"
#include "ipc/session.capnp.h"
#include "supervisor/charges.h"
#include "supervisor/parameter_shape.h"

namespace runtime::supervisor {
namespace {

using capabilities::Clock;
using capabilities::Right;
using capabilities::RightSet;
using extensions::Argument;
using extensions::Outcome;
using ipc::WireError;

std::string names(RightSet rights) {
  std::string text;
  for (int i = 0; i < capabilities::kRightCount; ++i) {
    if (!rights.has(static_cast<Right>(i))) continue;
    if (!text.empty()) text += ',';
    text += capabilities::name(static_cast<Right>(i));
  }
  return text;
}

// What an allowed call used of what it held.
RightSet used(const ParameterRule& rule, RightSet held) { return rule.needs.all | (rule.needs.any & held); }

// By the policy, or because a capability has expired or a budget of it is used up.
bool isRefusal(const Outcome& outcome) {
  return !outcome && (!outcome.error().right.empty() || !outcome.error().reason.empty());
}
// Elements of one List(Handle).
constexpr size_t kMaxHandles = 64;

constexpr const char* kNoSuchMethod = "the worker called a method that does not exist";
constexpr const char* kWrongShape = "the worker sent parameters of the wrong shape";

uint64_t nowNs() {
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

}  // namespace

// One call in progress. However it ends, also by the end of the job, it leaves its record.
class Door::DoorCall final : public extensions::Call {
 public:
  DoorCall(Door& door, const Registry::Entry& entry, const MethodRules& rules, Context& context, Admission::Place place)
      : door_(door), entry_(entry), rules_(rules), context_(context), place_(kj::mv(place)), beganNs_(nowNs()) {
    params_ = context.getParams().getAs<capnp::AnyStruct>();
  }
  ~DoorCall() { finish(std::unexpected(WireError{"ECANCELED", "", "", "", ""})); }

  capnp::AnyStruct::Reader params() override { return params_; }
  capnp::AnyPointer::Builder results(uint64_t sizeHintWords) override {
    return context_.getResults(capnp::MessageSize{sizeHintWords, 0});
  }
  extensions::JobServices& job() override { return door_.job_; }
  kj::Promise<void> aside(kj::Promise<void> event) override {
    place_ = nullptr;
    co_await event;
    place_ = co_await door_.host_.admit();
  }
  // For the next parameter, or element of one.
  Argument& addArgument(const ParameterRule& rule) {
    argumentRules_.push_back(&rule);
    Argument& argument = arguments.emplace_back();
    argument.parameter = rule.name;
    return argument;
  }
  ArgumentRules argumentRules() const { return argumentRules_; }
  capnp::DynamicStruct::Reader dynamicParams() {
    return context_.getParams().getAs<capnp::DynamicStruct>(rules_.params);
  }
  // Of an operation that has succeeded.
  capnp::DynamicStruct::Reader dynamicResults() {
    return context_.getResults().getAs<capnp::DynamicStruct>(rules_.results).asReader();
  }
  std::string_view capability() const { return entry_.extension->name(); }

  // Records the outcome; the first call counts.
  void finish(const Outcome& outcome) {
    if (finished_) return;
    finished_ = true;
    Usage& usage = door_.host_.usage();
    usage.bytesRead += bytesRead;
    usage.bytesWritten += bytesWritten;
    const bool denied = isRefusal(outcome);
    if (denied) ++usage.deniedCalls;
    ++(denied ? entry_.calls->denied : entry_.calls->allowed);
    if (Recorder* recorder = door_.host_.recorder(); recorder != nullptr && denied && outcome.error().reason.empty())
      tell(*recorder, outcome.error());
    if (!door_.audit_.enabled()) return;
    // A refusal is of the parameter that it names; the call's others decided nothing.
    const auto refused = [&](const Argument& argument) { return resourceOf(argument) == outcome.error().resource; };
    const bool told = denied && std::ranges::any_of(arguments, refused);
    for (size_t i = 0; i < arguments.size(); ++i) {
      if (told && !refused(arguments[i])) continue;
      record(*argumentRules_[i], arguments[i], outcome, i == 0);
    }
    handlesUsed();
    if (door_.audit_.overLimit() || door_.audit_.failed()) door_.host_.onAuditTrouble();
  }

 private:
  static std::string_view resourceOf(const Argument& argument) {
    if (argument.path) return argument.path->guest;
    if (argument.remains) return argument.remains->resource;
    return argument.object == nullptr ? std::string_view() : std::string_view(argument.object->resource());
  }
  void tell(Recorder& recorder, const WireError& refusal) const {
    for (const Argument& argument : arguments) {
      if (argument.object == nullptr || resourceOf(argument) != refusal.resource) continue;
      recorder.refused({argument.object->module(), std::string(capability()), refusal.right, refusal.resource});
    }
  }
  void record(const ParameterRule& rule, const Argument& argument, const Outcome& outcome, bool first) {
    const bool denied = isRefusal(outcome);
    AuditRecord record;
    record.capability = capability();
    if (argument.path) {
      record.resource = argument.path->guest;
      record.module = argument.path->authority->module;
      if (argument.path->mount != nullptr) record.rule = argument.path->mount->rule;
    } else if (argument.object != nullptr &&
               (denied || dynamic_cast<capabilities::View*>(argument.object.get()) == nullptr)) {
      record.resource = argument.object->resource();
      record.module = argument.object->module();
      record.rule = argument.object->rule();
    } else if (argument.object == nullptr && !outcome && (denied || outcome.error().code == "EBADF")) {
      record.allowed = false;  // a token that has ended
      if (argument.remains) {
        record.module = argument.remains->module;
        record.resource = argument.remains->resource;
        record.rule = argument.remains->rule;
      }
    } else {
      return;  // it names no resource
    }
    record.worker = door_.host_.worker();
    record.allowed = record.allowed && !denied;
    record.right = denied ? outcome.error().right : names(used(rule, argument.held));
    if (!outcome) record.error = outcome.error().code;
    if (denied && !outcome.error().reason.empty()) record.error += ' ' + outcome.error().reason;
    if (first) {
      record.bytes = bytesRead + bytesWritten;
      record.durationNs = nowNs() - beganNs_;
    }
    if (argument.path || denied || !record.allowed) {
      door_.audit_.add(std::move(record));
    } else if (!record.right.empty() || !record.error.empty()) {
      door_.audit_.addToHandle(argument.token, std::move(record));
    }
  }
  // What was done with a handle is recorded when it has ended: by this call, or by the end of a view it came from.
  void handlesUsed() {
    for (const Argument& argument : arguments) {
      if (argument.path) continue;
      if (dynamic_cast<capabilities::View*>(argument.object.get()) != nullptr) {
        door_.audit_.handlesUsed(door_.table_);
      } else {
        door_.audit_.handleUsed(door_.table_, argument.token);
      }
    }
  }

  Door& door_;
  const Registry::Entry& entry_;
  const MethodRules& rules_;
  Context& context_;
  capnp::AnyStruct::Reader params_;
  std::vector<const ParameterRule*> argumentRules_;  // of each argument
  kj::Maybe<Admission::Place> place_;
  const uint64_t beganNs_;
  bool finished_ = false;
};

Door::Door(const Registry& registry, capnp::Capability::Server& session, extensions::JobServices& job,
           capabilities::Table& table, AuditLog& audit, DoorHost& host)
    : registry_(registry), session_(session), job_(job), table_(table), audit_(audit), host_(host) {}

Door::~Door() noexcept(false) = default;

Door::DispatchCallResult Door::dispatchCall(uint64_t interfaceId, uint16_t methodId, Context context) {
  if (interfaceId == capnp::typeId<ipc::Session>()) return dispatchToSession(methodId, kj::mv(context));
  if (host_.closed()) return {ipc::toException({"ECANCELED", "", "", "", ""}), false, false};
  const Registry::Entry* entry = registry_.byInterface(interfaceId);
  if (entry == nullptr || methodId >= entry->methods.size()) return refuse(kNoSuchMethod, "ENOSYS");
  if (!haveShapeOf(entry->methods[methodId].params, context.getParams())) return refuse(kWrongShape, "EINVAL");
  ++host_.usage().calls;
  // A call is not cancelled by the worker that made it: what has been decided is done and recorded. So it may outlive
  // the connection and this door, but not the job.
  return {host_.calls().wrap(perform(*entry, methodId, kj::mv(context))), false, false};
}

Door::DispatchCallResult Door::dispatchToSession(uint16_t method, Context context) {
  const auto methods = capnp::Schema::from<ipc::Session>().getMethods();
  if (method >= methods.size()) return refuse(kNoSuchMethod, "ENOSYS");
  if (!haveShapeOf(methods[method].getParamType(), context.getParams())) return refuse(kWrongShape, "EINVAL");
  auto result = session_.dispatchCall(capnp::typeId<ipc::Session>(), method, kj::mv(context));
  return {host_.calls().wrap(result.promise.catch_([this](kj::Exception&& exception) -> kj::Promise<void> {
            if (ipc::fromException(exception)) return kj::mv(exception);
            host_.onInternalError(exception.getDescription().cStr());
            return ipc::toException({"EIO", "", "", "", ""});
          })),
          false, false};
}

Door::DispatchCallResult Door::refuse(std::string offence, std::string code) {
  host_.onOffence(std::move(offence));
  return {ipc::toException({std::move(code), "", "", "", ""}), false, false};
}

kj::Promise<void> Door::perform(const Registry::Entry& entry, uint16_t method, Context context) {
  co_await audit_.room();
  Admission::Place place = co_await host_.admit();
  DoorCall call(*this, entry, entry.methods[method], context, kj::mv(place));
  Outcome outcome = resolve(entry.methods[method], call);
  if (outcome) {
    kj::Maybe<kj::Exception> bug;
    try {
      outcome = co_await operate(entry, method, call);
      outcome = settle(entry.methods[method], call, std::move(outcome));
    } catch (const kj::Exception& exception) {
      bug = kj::cp(exception);
    } catch (const std::exception& exception) {
      bug = KJ_EXCEPTION(FAILED, exception.what());
    }
    KJ_IF_MAYBE (exception, bug) {
      if (exception->getType() == kj::Exception::Type::OVERLOADED) {
        outcome = std::unexpected(WireError{"EAGAIN", "", "", "", "too many operations are waiting"});
      } else {
        host_.onInternalError(kj::str(entry.methods[method].name.c_str(), ": ", exception->getDescription()).cStr());
        outcome = std::unexpected(WireError{"EIO", "", "", "", ""});
      }
    }
  }
  if (isRefusal(outcome)) outcome.error().capability = entry.extension->name();
  call.finish(outcome);
  co_await audit_.recorded();
  if (audit_.failed()) outcome = std::unexpected(WireError{"EIO", "", "", "", ""});
  if (!outcome) kj::throwFatalException(ipc::toException(outcome.error()));
}

kj::Promise<Outcome> Door::operate(const Registry::Entry& entry, uint16_t method, DoorCall& call) {
  auto working = entry.extension->invoke(method, call);
  const auto over = [] { return Outcome(std::unexpected(WireError{"ECANCELED", "", "", "", ""})); };
  for (const Argument& argument : call.arguments) {
    if (argument.lease == nullptr) continue;
    working = working.exclusiveJoin(argument.lease->over().then(over));
    const auto until = argument.lease->term()->until();
    if (until) working = working.exclusiveJoin(reached(*until).then(over));
  }
  return working;
}

kj::Promise<void> Door::reached(Clock::time_point time) {
  // The loop's timer counts from when its turn began.
  for (auto now = Clock::now(); now < time; now = Clock::now()) {
    co_await host_.timer().afterDelay((time - now).count() * kj::NANOSECONDS);
  }
}

Outcome Door::settle(const MethodRules& rules, DoorCall& call, Outcome outcome) {
  table_.expire();
  if (auto stands = stillStands(call.argumentRules(), call); !stands) return stands;
  if (!outcome || !rules.answersContent || !isWithinBudget(call)) return outcome;
  return chargeAnswer(call.argumentRules(), call, call.dynamicResults(), Clock::now());
}

Outcome Door::resolve(const MethodRules& rules, DoorCall& call) {
  table_.expire();
  call.arguments.reserve(rules.parameters.size());
  for (const ParameterRule& rule : rules.parameters) {
    const auto value = call.dynamicParams().get(rule.field);
    if (rule.kind != ParameterRule::Kind::kHandles) {
      if (auto resolved = resolveOne(rule, value.as<capnp::DynamicStruct>(), call); !resolved) return resolved;
      continue;
    }
    const auto list = value.as<capnp::DynamicList>();
    if (list.size() > kMaxHandles) return std::unexpected(WireError{"EMSGSIZE", "", "", "", ""});
    for (const auto& element : list) {
      if (auto resolved = resolveOne(rule, element.as<capnp::DynamicStruct>(), call); !resolved) return resolved;
    }
  }
  if (rules.isFree || !isWithinBudget(call)) return {};
  return chargeCall(call.argumentRules(), call, call.dynamicParams(), Clock::now());
}

Outcome Door::resolveOne(const ParameterRule& rule, capnp::DynamicStruct::Reader value, DoorCall& call) {
  Argument& argument = call.addArgument(rule);
  const bool isPath = rule.kind == ParameterRule::Kind::kPath;
  const auto token = isPath ? value.as<ipc::Path>().getBase() : value.as<ipc::Handle>().getToken();
  argument.token = {token.getHigh(), token.getLow()};
  const auto text = isPath ? value.as<ipc::Path>().getText() : capnp::Text::Reader();
  auto held = table_.hold(argument.token);
  if (!held) {
    if (held.error() == capabilities::Table::Miss::kNeverMinted) {
      host_.onOffence("the worker presented a token that it was never given");
    }
    return std::unexpected(
        refusalOfEnded(table_.tombstone(argument.token), rule, argument, std::string_view(text.begin(), text.size())));
  }
  argument.object = std::move(held->object);
  argument.lease = std::move(held->lease);
  argument.budget = std::move(held->budget);
  argument.held = argument.object->rights();
  if (isPath) {
    const auto* view = dynamic_cast<const capabilities::View*>(argument.object.get());
    if (view == nullptr) return std::unexpected(WireError{"EBADF", "", "", "", "paths are looked up in folders"});
    auto path = view->resolve(std::string_view(text.begin(), text.size()));
    if (!path) {
      // The worker's own bytes, bounded before they go anywhere.
      return std::unexpected(
          ipc::fromErrno(path.error(), std::string(text.begin(), std::min<size_t>(text.size(), 256))));
    }
    argument.path = std::move(*path);
    argument.held = argument.path->rights;
  }
  argument.mayMake = argument.held.hasAll(rule.needs.ifAbsent);
  argument.mayReplace = argument.held.hasAll(rule.needs.ifPresent);
  if (const auto right = rule.needs.missing(argument.held)) {
    const std::string& resource = isPath ? argument.path->guest : argument.object->resource();
    return std::unexpected(
        WireError{"EACCES", std::string(call.capability()), std::string(capabilities::name(*right)), resource, ""});
  }
  return {};
}

}  // namespace runtime::supervisor
