#pragma once
// The worker's end of the two pipes in the hands of a fuzzer: it makes rpc messages, honest ones and others, keeps what
// the supervisor answers, and knows whether all that was said so far is what honest code may say.
#include <capnp/dynamic.h>
#include <capnp/message.h>
#include <capnp/rpc.capnp.h>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "capabilities/table.h"
#include "ipc/os/unique_fd.h"
#include "supervisor/registry.h"
#include "tests/fuzz/fuzz.h"

namespace runtime::fuzz {

class HostileWorker {
 public:
  // Its ends of the pipes, not blocking. `secrets`: texts that no byte of an answer may hold.
  HostileWorker(os::UniqueFd readEnd, os::UniqueFd writeEnd, const supervisor::Registry& registry,
                const std::vector<std::string>& secrets)
      : readEnd_(std::move(readEnd)), writeEnd_(std::move(writeEnd)), registry_(registry), secrets_(secrets) {}

  // Writes the next message the input asks for. `letSupervisorRun` is called where a pipe is full.
  void act(char operation, Input& input, const std::function<void()>& letSupervisorRun);
  // Reads what has been answered; how many bytes.
  size_t listen();
  void hangUp() { writeEnd_.reset(); }
  bool hungUp() const { return !writeEnd_; }

  // Nothing was said that our own worker would not say.
  bool honest() const { return honest_; }
  // Something was said, by a worker honest until then, for which it must be killed.
  bool mustDie() const { return mustDie_; }
  bool saidDone() const { return saidDone_; }
  // Calls that were made and not answered, those of `wait` and `done` apart.
  size_t unanswered() const;

 private:
  struct Question {
    uint64_t interface = 0;  // 0: the bootstrap message
    uint16_t method = 0;
    bool isWait = false;
    bool isDone = false;
    bool answered = false;
    bool finished = false;
  };
  enum class Offence : uint8_t { kNone, kPerhaps, kSurely };

  void bootstrap(Input& input);
  void callSession(Input& input);
  void callExtension(Input& input);
  void finish(Input& input);
  void otherKind(Input& input);
  void raw(Input& input);
  capnp::rpc::Call::Builder beginCall(Input& input, capnp::MallocMessageBuilder& message, uint64_t interface,
                                      uint16_t method);
  void fill(capnp::DynamicStruct::Builder target, Input& input, int depth);
  void fillField(capnp::DynamicStruct::Builder target, capnp::StructSchema::Field field, Input& input, int depth);
  capnp::DynamicEnum enumerant(capnp::EnumSchema schema, Input& input);
  void fillToken(capnp::DynamicStruct::Builder target, Input& input);
  std::string text(Input& input);
  // Sends it, with bytes changed where the input says so.
  void send(capnp::MessageBuilder& message, Input& input, Offence offence);
  void write(kj::ArrayPtr<const kj::byte> bytes);
  void offend(Offence offence);
  void hear(kj::ArrayPtr<const capnp::word> message);
  void hearReturn(capnp::rpc::Return::Reader answer);
  void collect(capnp::DynamicStruct::Reader results);

  os::UniqueFd readEnd_, writeEnd_;
  const supervisor::Registry& registry_;
  const std::vector<std::string>& secrets_;
  const std::function<void()>* letSupervisorRun_ = nullptr;
  std::string heard_;
  std::map<uint32_t, Question> questions_;
  uint32_t nextQuestion_ = 0;
  std::vector<capabilities::Token> tokens_;
  std::vector<uint32_t> modules_;
  std::set<uint32_t> undelivered_;         // those of two pieces, the second of which was not asked for
  Offence tokenOffence_ = Offence::kNone;  // of the call being made, whose parameters offend
  bool firstToken_ = true;                 // of the call being made, none has been filled in
  size_t waits_ = 0;
  bool bootstrapped_ = false;
  bool begun_ = false;
  bool saidDone_ = false;
  bool honest_ = true;
  bool mustDie_ = false;
};

}  // namespace runtime::fuzz
