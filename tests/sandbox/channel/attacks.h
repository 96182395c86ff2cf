#pragma once
// The attacks that the hostile engine knows, by name. Each runs in a confined worker in place of JavaScript.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/channel/peer.h"

namespace runtime::tests {

struct Attack {
  std::string_view name;
  // After it the worker keeps still until it is killed. `arguments`: those of the job after the attack's name.
  void (*run)(Peer& peer, const std::vector<std::string>& arguments);
};

// Before the worker asks for its job: the zygote is named after them.
std::span<const Attack> earlyAttacks();
std::span<const Attack> framingAttacks();
std::span<const Attack> pointerAttacks();
std::span<const Attack> messageAttacks();
std::span<const Attack> callAttacks();
std::span<const Attack> tokenAttacks();
std::span<const Attack> floodAttacks();
// No attacks: what a worker may do, measured.
std::span<const Attack> honestWork();

}  // namespace runtime::tests
