// An engine that holds a worker's two pipes and does with them what its job's first argument names: see attacks.h. A
// zygote whose file is named "early-..." attacks before it asks for its job.
#include <errno.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "policies/sandbox/exit_status.h"
#include "tests/sandbox/channel/attacks.h"
#include "worker/engine.h"

namespace runtime::worker {
namespace {

using tests::Attack;

const Attack* find(std::span<const Attack> attacks, std::string_view name) {
  for (const Attack& attack : attacks) {
    if (attack.name == name) return &attack;
  }
  return nullptr;
}

const Attack* find(std::string_view name) {
  for (const auto attacks : {tests::framingAttacks(), tests::pointerAttacks(), tests::messageAttacks(),
                             tests::callAttacks(), tests::tokenAttacks(), tests::floodAttacks(), tests::honestWork()}) {
    if (const Attack* attack = find(attacks, name)) return attack;
  }
  return nullptr;
}

class HostileEngine final : public Engine {
 public:
  explicit HostileEngine(std::string name) : name_(std::move(name)) {}
  std::string version() const override { return "hostile"; }
  void reseed() override {}
  void afterFork() override {}

  [[noreturn]] void run(int readFd, int writeFd, Need) override {
    tests::Peer peer(readFd, writeFd);
    if (const Attack* early = find(tests::earlyAttacks(), name_)) {
      early->run(peer, {});
      keepStill(readFd);
    }
    peer.bootstrap();
    std::vector<std::string> arguments = peer.begin();
    const Attack* attack = arguments.empty() ? nullptr : find(arguments.front());
    if (attack == nullptr) ::_exit(sandbox::kExitSetup);
    arguments.erase(arguments.begin());
    attack->run(peer, arguments);
    keepStill(readFd);
  }

 private:
  [[noreturn]] static void keepStill(int readFd) {
    std::array<char, 4096> ignored;
    while (::read(readFd, ignored.data(), ignored.size()) > 0) {
    }
    ::_exit(sandbox::kExitLostSupervisor);
  }

  std::string name_;
};

}  // namespace

std::unique_ptr<Engine> Engine::start(ipc::Boot::Reader) {
  return std::make_unique<HostileEngine>(program_invocation_short_name);
}

}  // namespace runtime::worker
