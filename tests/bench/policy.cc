// What a policy of many rules costs.
#include <filesystem>
#include <format>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>

#include "capabilities/view.h"
#include "policies/binding.h"
#include "policies/decide.h"
#include "policies/parse.h"
#include "tests/bench/runtime_bench.h"

namespace runtime::bench {
namespace {

constexpr int kRounds = 9;
constexpr size_t kDecisions = 20'000;

// Rules for as many modules, or all for one; a tenth of them denies.
void write(const std::string& folder, int rules, bool oneModule) {
  std::ofstream file(folder + "/many.policy.toml");
  file << "version = 1\n[modules]\nroot = \"app\"\n";
  for (int i = 0; i < rules; ++i) {
    const std::string to = oneModule ? "main.mjs" : std::format("lib/part{}/**", i);
    if (i % 10 == 9) {
      file << std::format("[[deny]]\nto = \"{}\"\nfs = [{{ at = \"/data/{}/**/*.key\" }}]\n", to, i - 1);
    } else {
      file << std::format(
          "[[grant]]\nto = \"{}\"\nfs = [{{ path = \"data/{}\", at = \"/data/{}\", rights = [\"read\"] }}]\n", to, i,
          i);
    }
  }
}

// As the supervisor binds a module's views by the policy.
class Denies final : public capabilities::DenyRules {
 public:
  explicit Denies(const policies::ModuleGrants& grants) : binding_(grants) {}
  capabilities::RightSet deniedAt(std::string_view guest) const override { return binding_.deniedAt(guest); }
  bool couldDenyBeneath(std::string_view guest) const override { return binding_.couldDenyBeneath(guest); }
  bool empty() const override { return binding_.empty(); }

 private:
  policies::Binding binding_;
};

// What a module may do with a path, as the door decides it: which entry shows it, and which denies bind it.
double decisionUs(const policies::Policy& policy, const std::string& module, int rules) {
  const auto grants = policies::grantsOf(policy, module);
  if (!grants) throw std::runtime_error("the policy gives the module nothing");
  auto authority = std::make_shared<capabilities::Authority>();
  authority->module = module;
  for (const policies::FsGrant& entry : grants->fs) {
    auto mount = std::make_shared<capabilities::Mount>();
    mount->hostPath = entry.path;
    mount->at = entry.at;
    mount->rights = entry.rights;
    authority->mounts.push_back(std::move(mount));
  }
  authority->denies = std::make_shared<Denies>(*grants);
  const auto view = capabilities::View::ofModule(std::move(authority));
  std::vector<std::string> paths;
  for (int i = 0; i < rules; ++i) paths.push_back(std::format("/data/{}/chapter/page.md", i));
  std::vector<double> took;
  for (int round = 0; round < kRounds; ++round) {
    size_t allowed = 0;
    const auto began = Clock::now();
    for (size_t i = 0; i < kDecisions; ++i) {
      const auto resolved = view->resolve(paths[i % paths.size()]);
      allowed += resolved && resolved->rights.has(capabilities::Right::kRead) ? 1 : 0;
    }
    took.push_back(microsecondsSince(began) / kDecisions);
    if (allowed == 0) throw std::runtime_error("nothing is allowed");
  }
  return median(took);
}

}  // namespace

Figures measurePolicy(const std::string& folder, int rules) {
  std::filesystem::create_directories(folder + "/app");
  for (int i = 0; i < rules; ++i) std::filesystem::create_directories(folder + "/data/" + std::to_string(i));
  Figures figures;
  for (const bool oneModule : {false, true}) {
    write(folder, rules, oneModule);
    std::vector<double> loads;
    std::optional<policies::Policy> policy;
    for (int round = 0; round < kRounds; ++round) {
      const auto began = Clock::now();
      auto read = policies::parseFile(folder + "/many.policy.toml");
      loads.push_back(microsecondsSince(began) / 1'000);
      if (!read) throw std::runtime_error(policies::render(read.error()));
      policy = std::move(*read);
    }
    const std::string name = oneModule ? "OfOneModule" : "OfAllModules";
    figures.emplace_back("load" + name + "Ms", median(loads));
    figures.emplace_back("decision" + name + "Us",
                         decisionUs(*policy, oneModule ? "main.mjs" : "lib/part7/a.mjs", rules));
  }
  return figures;
}

}  // namespace runtime::bench
