#pragma once
// A worker's end of the two pipes, by hand: nothing here keeps to the protocol unless it is told to. In a confined
// worker; every call blocks, and the process ends with the pipes.
#include <capnp/message.h>
#include <capnp/rpc.capnp.h>
#include <capnp/schema.h>
#include <kj/array.h>
#include <kj/common.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "capabilities/table.h"
#include "extensions/fs/fs.capnp.h"
#include "ipc/session.capnp.h"

namespace runtime::tests {

namespace rpc = capnp::rpc;
using capabilities::Token;
using extensions::fs::Fs;
using ipc::Session;

// The export under which the supervisor offers the door.
inline constexpr uint32_t kDoor = 0;

// The answer to one call.
class Reply {
 public:
  explicit Reply(kj::Array<capnp::word> words);
  rpc::Return::Reader get() { return reader_->getRoot<rpc::Message>().getReturn(); }
  bool failed() { return !get().isResults(); }
  // Of a call that failed.
  std::string reason();
  template <typename Results>
  typename Results::Reader as() {
    return get().getResults().getContent().getAs<Results>();
  }

 private:
  kj::Array<capnp::word> words_;
  kj::Own<capnp::MessageReader> reader_;
};

class Peer {
 public:
  Peer(int readFd, int writeFd) : readFd_(readFd), writeFd_(writeFd) {}
  KJ_DISALLOW_COPY_AND_MOVE(Peer);

  int readFd() const { return readFd_; }
  int writeFd() const { return writeFd_; }

  // --- bytes ---
  void write(kj::ArrayPtr<const kj::byte> bytes);
  void write(std::string_view bytes) {
    write(kj::arrayPtr(reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()));
  }
  // One message as it would be sent.
  template <typename Fill>
  static std::string packed(Fill fill) {
    capnp::MallocMessageBuilder builder;
    fill(builder.initRoot<rpc::Message>());
    return flat(builder);
  }
  static std::string flat(capnp::MessageBuilder& builder);
  template <typename Fill>
  void send(Fill fill) {
    write(packed(fill));
  }

  // --- calls ---
  uint32_t nextQuestion() { return question_++; }
  // A call of the door as it would be sent.
  template <typename Params, typename Fill>
  std::string packedCall(uint32_t question, uint64_t interfaceId, uint16_t method, Fill fill) {
    return packed([&](rpc::Message::Builder message) {
      auto call = message.initCall();
      call.setQuestionId(question);
      call.initTarget().setImportedCap(kDoor);
      call.setInterfaceId(interfaceId);
      call.setMethodId(method);
      fill(call.initParams().getContent().initAs<Params>());
    });
  }
  template <typename Params, typename Fill>
  uint32_t call(uint64_t interfaceId, uint16_t method, Fill fill) {
    const uint32_t question = nextQuestion();
    write(packedCall<Params>(question, interfaceId, method, fill));
    return question;
  }
  void finish(uint32_t question);
  // Waits. Replies to other questions are kept.
  Reply wait(uint32_t question);
  // Waits for the next reply, whichever it is.
  void takeAny();
  // The same, without the finish that it may need.
  void discard() { readMessage(); }

  // --- what an honest worker does ---
  void bootstrap();
  // Also gives the arguments of the job.
  std::vector<std::string> begin();
  void print(std::string_view text);
  // Number of a module; the entry is the first.
  uint32_t loadEntry();
  Token view();
  [[noreturn]] void done(uint8_t code);
  // Says what the time is; what follows is the offence.
  void announceOffence();

 private:
  kj::Array<capnp::word> readMessage();
  void readFully(kj::ArrayPtr<kj::byte> to);

  int readFd_, writeFd_;
  uint32_t question_ = 0;
  std::map<uint32_t, kj::Array<capnp::word>> early_;
};

// CLOCK_MONOTONIC, which is the same in every namespace of ours.
uint64_t monotonicNs();

// The numbers of methods, as the schemas state them.
inline constexpr uint64_t kSession = capnp::typeId<Session>();
inline constexpr uint64_t kFs = capnp::typeId<Fs>();
enum SessionMethod : uint16_t { kBegin, kLoad, kReadSource, kWait, kOutput, kDone };
enum FsMethod : uint16_t {
  kReadFile = 0,
  kStat = 1,
  kOpenWriteRead = 11,
  kRead = 14,
  kWrite = 15,
  kSync = 19,
  kClose = 21,
  kWriteFile = 22,
  kMkdir = 29,
  kDir = 35,
  kOnly = 36,
  kReadOnly = 37,
  kRevoke = 39,
};

template <typename Builder>
void setToken(Builder builder, Token token) {
  builder.setHigh(token.high);
  builder.setLow(token.low);
}

inline auto statOf(Token base, std::string_view path) {
  return [base, path](Fs::StatParams::Builder params) {
    setToken(params.initPath().initBase(), base);
    params.getPath().setText(kj::StringPtr(path.data(), path.size()));
  };
}

}  // namespace runtime::tests
