// An engine without JavaScript, in place of the real one: see probe.h.
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "policies/sandbox/exit_status.h"
#include "tests/sandbox/wall/probe.h"
#include "worker/engine.h"

namespace runtime::worker {
namespace {

using tests::Command;

int64_t systemCall(int64_t number, const std::array<uint64_t, 6>& arguments) {
  int64_t result = number;
  register uint64_t r10 asm("r10") = arguments[3];
  register uint64_t r8 asm("r8") = arguments[4];
  register uint64_t r9 asm("r9") = arguments[5];
  asm volatile("syscall"
               : "+a"(result)
               : "D"(arguments[0]), "S"(arguments[1]), "d"(arguments[2]), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

int64_t interrupt80(int64_t number) {
  int64_t result = number;
  asm volatile("int $0x80" : "+a"(result) : "b"(0), "c"(0), "d"(0) : "memory", "r8", "r9", "r10", "r11");
  return result;
}

class ProbeEngine final : public Engine {
 public:
  std::string version() const override { return "probe"; }
  void reseed() override {}
  void afterFork() override {}

  [[noreturn]] void run(int readFd, int writeFd, Need) override {
    Command command;
    while (::read(readFd, &command, sizeof command) == sizeof command) {
      const tests::Answer answer = obey(command);
      if (::write(writeFd, &answer, sizeof answer) != sizeof answer) break;
    }
    ::_exit(sandbox::kExitLostSupervisor);
  }

 private:
  tests::Answer obey(const Command& command) {
    switch (command.kind) {
      case Command::Kind::kSyscall:
        return systemCall(command.number, command.arguments);
      case Command::Kind::kInterrupt80:
        return interrupt80(command.number);
      case Command::Kind::kScratchAddress:
        return reinterpret_cast<int64_t>(scratch_.data());
      case Command::Kind::kPrepareScratch: {
        const tests::ScratchText text;
        __builtin_memcpy(scratch_.data(), &text, sizeof text);
        return 0;
      }
      case Command::Kind::kStackAddress:
        return reinterpret_cast<int64_t>(__builtin_frame_address(0));
      case Command::Kind::kSpin:
        for (volatile uint64_t i = 0;; i = i + 1) {
        }
    }
    return -1;
  }

  std::array<char, 4096> scratch_{};
};

}  // namespace

std::unique_ptr<Engine> Engine::start(ipc::Boot::Reader) { return std::make_unique<ProbeEngine>(); }

}  // namespace runtime::worker
