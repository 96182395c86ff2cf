#pragma once
// What one job uses and is refused, for `learn`: an observer of decisions beside the audit log, made only where it was
// asked for. Bounded: past its bounds, uses are taken as uses of the whole entry that allowed them, refusals counted.
// Any thread.
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "capabilities/witness.h"
#include "policies/learn.h"

namespace runtime::supervisor {

class Recorder final : public capabilities::Witness {
 public:
  static constexpr size_t kMostSights = 4'000;
  static constexpr size_t kMostRefusals = 200;
  static constexpr size_t kMostBytes = 4 << 20;

  void saw(capabilities::Sight sight) override;
  void sawTogether(const std::string& module, const std::string& one, const std::string& other) override;
  void refused(policies::Refusal refusal);
  // `module` was handed these variables; "**": every module was.
  void handed(const std::string& module, const std::vector<std::string>& variables);

  // `digest` as an integrity of the policy has it.
  void loaded(const std::string& path, const std::string& digest);

  // All of it, once, at the end.
  policies::Uses take(policies::Policy ceiling);

 private:
  std::mutex mutex_;
  policies::Uses uses_;
  std::map<std::string, size_t> known_;  // sights, by all that is in them
  std::set<std::tuple<std::string, std::string, std::string>> together_;
  size_t bytes_ = 0;
};

}  // namespace runtime::supervisor
