#include "supervisor/charges.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "capabilities/guest_path.h"
#include "capabilities/rights.h"
#include "supervisor/content.h"

namespace runtime::supervisor {
namespace {

using capabilities::Budget;
using capabilities::Ended;
using capabilities::RightSet;
using extensions::Argument;
using extensions::Outcome;
using ipc::WireError;

constexpr size_t kMaxToldText = 256;

// The right that the parameter would use, "" where it needs none.
std::string rightOf(const ParameterRule& rule, RightSet held) {
  const auto& needs = rule.needs;
  const RightSet usable = (needs.any & held).empty() ? needs.any : needs.any & held;
  const RightSet wanted = !needs.all.empty() ? needs.all : !usable.empty() ? usable : needs.ifAbsent | needs.ifPresent;
  const auto right = RightSet{}.firstMissing(wanted);
  return right ? std::string(capabilities::name(*right)) : std::string();
}

WireError ended(Ended how, std::string right, std::string resource) {
  if (how != Ended::kExpired) return {"EBADF", "", "", "", "it has been closed or revoked"};
  return {"EACCES", "", std::move(right), std::move(resource), "the capability has expired", "expired"};
}

WireError usedUp(Budget::Lack lack, std::string right, std::string resource) {
  return {"EACCES",
          "",
          std::move(right),
          std::move(resource),
          std::string(Budget::explain(lack)),
          std::string(Budget::name(lack))};
}

const std::string& resourceOf(const Argument& argument) {
  return argument.path ? argument.path->guest : argument.object->resource();
}

// Each budget once, however many parameters are within it.
Outcome charge(ArgumentRules rules, const extensions::Call& call, const Budget::Cost& cost,
               capabilities::Clock::time_point now) {
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const Argument& argument = call.arguments[i];
    const auto earlier = std::span(call.arguments).first(i);
    if (argument.budget == nullptr || std::ranges::contains(earlier, argument.budget, &Argument::budget)) continue;
    if (const auto lack = argument.budget->spend(cost, now)) {
      return std::unexpected(usedUp(*lack, rightOf(*rules[i], argument.held), resourceOf(argument)));
    }
  }
  return {};
}

}  // namespace

bool isWithinBudget(const extensions::Call& call) {
  return std::ranges::any_of(call.arguments, [](const Argument& argument) { return argument.budget != nullptr; });
}

WireError refusalOfEnded(const capabilities::Tombstone& tombstone, const ParameterRule& rule, Argument& argument,
                         std::string_view text) {
  if (tombstone.remains != nullptr) {
    argument.remains = *tombstone.remains;
    for (const auto component : capabilities::components(text.substr(0, kMaxToldText))) {
      argument.remains->resource = capabilities::extend(std::move(argument.remains->resource), component);
    }
  }
  return ended(tombstone.ended, rightOf(rule, {}), argument.remains ? argument.remains->resource : std::string());
}

Outcome stillStands(ArgumentRules rules, const extensions::Call& call) {
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const Argument& argument = call.arguments[i];
    if (argument.lease == nullptr || argument.lease->ended() == Ended::kNot) continue;
    return std::unexpected(ended(argument.lease->ended(), rightOf(*rules[i], argument.held), resourceOf(argument)));
  }
  return {};
}

Outcome chargeCall(ArgumentRules rules, const extensions::Call& call, capnp::DynamicStruct::Reader params,
                   capabilities::Clock::time_point now) {
  const bool continues =
      std::ranges::all_of(call.arguments, [](const Argument& argument) { return argument.object->continues(); });
  Budget::Cost cost;
  cost.calls = continues ? 0 : 1;
  cost.bytes = contentBytes(params);
  return charge(rules, call, cost, now);
}

Outcome chargeAnswer(ArgumentRules rules, const extensions::Call& call, capnp::DynamicStruct::Reader results,
                     capabilities::Clock::time_point now) {
  return charge(rules, call, {.calls = 0, .bytes = contentBytes(results)}, now);
}

}  // namespace runtime::supervisor
