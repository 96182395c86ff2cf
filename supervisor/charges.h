#pragma once
// What the door says where rights are held and yet not enough: the token has ended, or a budget that it is within is
// used up. Loop thread.
#include <capnp/dynamic.h>

#include <expected>
#include <span>
#include <string_view>

#include "capabilities/attenuation.h"
#include "extensions/extension.h"
#include "supervisor/method_rules.h"

namespace runtime::supervisor {

// Of each argument of a call, in their order.
using ArgumentRules = std::span<const ParameterRule* const>;

// Of a token that has ended. `text`: the path that was named beneath it, or empty. What it stood for is left in
// `argument.remains`.
ipc::WireError refusalOfEnded(const capabilities::Tombstone& tombstone, const ParameterRule& rule,
                              extensions::Argument& argument, std::string_view text);
// The same of a call under way; nothing where all that it came by stands.
extensions::Outcome stillStands(ArgumentRules rules, const extensions::Call& call);

bool isWithinBudget(const extensions::Call& call);
// Charges the budgets of all arguments before the operation starts, and what it answers before that leaves. The error
// is of the first argument whose budget has too little; nothing is charged to it then. Not for methods that are free.
extensions::Outcome chargeCall(ArgumentRules rules, const extensions::Call& call, capnp::DynamicStruct::Reader params,
                               capabilities::Clock::time_point now);
extensions::Outcome chargeAnswer(ArgumentRules rules, const extensions::Call& call,
                                 capnp::DynamicStruct::Reader results, capabilities::Clock::time_point now);

}  // namespace runtime::supervisor
