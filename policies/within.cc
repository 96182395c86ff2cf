#include "policies/within.h"

#include <algorithm>
#include <memory>
#include <set>

#include "capabilities/guest_path.h"
#include "policies/host_path.h"
#include "policies/notation.h"

namespace runtime::policies {
namespace {

using capabilities::covers;
using capabilities::Right;
using capabilities::RightSet;

// The error is the first path that cannot be told.
std::expected<void, std::string> makeCanonical(Policy& policy) {
  for (Grant& grant : policy.grants) {
    for (FsGrant& entry : grant.fs) {
      auto path = canonicalPath(entry.path);
      if (!path) return std::unexpected(entry.path);
      entry.path = *std::move(path);
    }
  }
  auto root = canonicalPath(policy.modules.root);
  if (!root) return std::unexpected(policy.modules.root);
  policy.modules.root = *std::move(root);
  return {};
}

void lowerSettings(Policy& policy, const Policy& ceiling) {
  Limits& limits = policy.limits;
  const Limits& above = ceiling.limits;
  limits.wallNs = std::min(limits.wallNs, above.wallNs);
  limits.cpuNs = std::min(limits.cpuNs, above.cpuNs);
  limits.memoryBytes = std::min(limits.memoryBytes, above.memoryBytes);
  limits.outputBytes = std::min(limits.outputBytes, above.outputBytes);
  limits.handles = std::min(limits.handles, above.handles);
  limits.storageBytes = std::min(limits.storageBytes, above.storageBytes);
  limits.entries = std::min(limits.entries, above.entries);
  limits.auditBytes = std::min(limits.auditBytes, above.auditBytes);
  Engine& engine = policy.engine;
  engine.jit = engine.jit && ceiling.engine.jit;
  engine.wasm = engine.wasm && ceiling.engine.wasm && engine.jit;
  engine.eval = engine.eval && ceiling.engine.eval;
  // 0 is frozen, which no resolution is coarser than.
  const uint64_t clock = engine.clockResolutionNs;
  const uint64_t clockAbove = ceiling.engine.clockResolutionNs;
  engine.clockResolutionNs = clock == 0 || clockAbove == 0 ? 0 : std::max(clock, clockAbove);
}

class Losses {
 public:
  Losses(const Policy& policy, const Policy& ceiling, const Place& place)
      : policy_(policy), ceiling_(ceiling), place_(place) {}

  void settings(const Settings& before, const Settings& after) {
    for (size_t i = 0; i < before.size(); ++i) {
      if (before[i].second == after[i].second) continue;
      warn(place_,
           "the ceiling sets `" + before[i].first + "` to " + after[i].second + " in place of " + before[i].second);
    }
  }
  void ofGrant(const Grant& grant) {
    for (const FsGrant& entry : grant.fs) {
      for (int i = 0; i < capabilities::kRightCount; ++i) {
        const auto right = static_cast<Right>(i);
        if (entry.rights.has(right)) ofRight(grant, entry, right);
      }
    }
    for (const std::string& name : grant.env) {
      const bool kept = std::ranges::any_of(ceiling_.grants, [&](const Grant& above) {
        return std::ranges::contains(above.env, name) && surelyCovered(grant.to, above.to, policy_.withinPrefix);
      });
      if (!kept)
        warn(grant.place,
             "the ceiling does not grant the environment variable " + quoted(name) + " to every module of this rule");
    }
  }
  std::vector<Diagnostic> take() { return std::move(warnings_); }

 private:
  void ofRight(const Grant& grant, const FsGrant& entry, Right right) {
    bool somewhere = false;
    for (const Grant& above : ceiling_.grants) {
      for (const FsGrant& given : above.fs) {
        if (!given.rights.has(right)) continue;
        if (covers(given.path, entry.path) && surelyCovered(grant.to, above.to, policy_.withinPrefix)) return;
        somewhere = somewhere || covers(given.path, entry.path) || covers(entry.path, given.path);
      }
    }
    warn(entry.place, "the ceiling does not grant " + quoted(capabilities::name(right)) + " at " + quoted(entry.at) +
                          (somewhere ? " to every module of this rule, or not on all of it: what is beyond is dropped"
                                     : ": it is dropped"));
  }
  void warn(const Place& place, std::string message) {
    if (warnings_.size() >= kMost) return;
    if (warnings_.size() == kMost - 1) message = "the ceiling drops more than is listed here";
    warnings_.push_back({Severity::kWarning, place, std::move(message), "", ""});
  }

  static constexpr size_t kMost = 200;
  const Policy& policy_;
  const Policy& ceiling_;
  const Place& place_;
  std::vector<Diagnostic> warnings_;
};

}  // namespace

bool surelyCovered(const std::vector<Glob>& globs, const std::vector<Glob>& above, const std::string& prefix) {
  return std::ranges::all_of(globs, [&](const Glob& glob) {
    return std::ranges::any_of(above, [&](const Glob& other) {
      return other.matchesEverything() || (prefix.empty() && other.pattern() == glob.pattern()) ||
             (!glob.literal().empty() && other.matches(prefix + glob.literal()));
    });
  });
}

std::expected<std::vector<Diagnostic>, Diagnostic> putWithin(Policy& policy, Policy ceiling, const Place& place) {
  const auto fault = [&](std::string message) {
    return std::unexpected(Diagnostic{Severity::kFault, place, std::move(message), "", ""});
  };
  for (Policy* one : {&policy, &ceiling}) {
    if (const auto done = makeCanonical(*one); !done) return fault(quoted(done.error()) + " cannot be resolved");
  }
  // A ceiling that names no root judges modules by their paths under this policy's.
  if (ceiling.modules.place.line != 0) {
    const auto prefix = capabilities::relativeTo(ceiling.modules.root, policy.modules.root);
    if (!prefix) return fault("`root` of this policy is not beneath that of its ceiling: move it there");
    policy.withinPrefix = prefix->empty() ? "" : *prefix + "/";
  }
  Losses losses(policy, ceiling, place);
  auto before = limitsInForce(policy.limits);
  auto engineBefore = engineInForce(policy.engine);
  lowerSettings(policy, ceiling);
  losses.settings(before, limitsInForce(policy.limits));
  losses.settings(engineBefore, engineInForce(policy.engine));
  for (const Grant& grant : policy.grants) losses.ofGrant(grant);
  policy.files.insert(policy.files.end(), ceiling.files.begin(), ceiling.files.end());
  policy.within = std::make_shared<const Policy>(std::move(ceiling));
  return losses.take();
}

}  // namespace runtime::policies
