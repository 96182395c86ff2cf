#include "tests/sandbox/channel/peer.h"

#include <capnp/serialize.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <limits>

#include "policies/sandbox/exit_status.h"

namespace runtime::tests {
namespace {

capnp::ReaderOptions unlimited() {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = std::numeric_limits<uint64_t>::max();
  return options;
}

}  // namespace

uint64_t monotonicNs() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

Reply::Reply(kj::Array<capnp::word> words)
    : words_(kj::mv(words)), reader_(kj::heap<capnp::FlatArrayMessageReader>(words_, unlimited())) {}

std::string Reply::reason() {
  const auto answer = get();
  return answer.isException() ? answer.getException().getReason().cStr() : "";
}

void Peer::write(kj::ArrayPtr<const kj::byte> bytes) {
  while (bytes.size() > 0) {
    const ssize_t n = ::write(writeFd_, bytes.begin(), bytes.size());
    if (n <= 0) ::_exit(sandbox::kExitLostSupervisor);
    bytes = bytes.slice(static_cast<size_t>(n), bytes.size());
  }
}

std::string Peer::flat(capnp::MessageBuilder& builder) {
  const auto words = capnp::messageToFlatArray(builder);
  return {words.asChars().begin(), words.asChars().size()};
}

void Peer::readFully(kj::ArrayPtr<kj::byte> to) {
  while (to.size() > 0) {
    const ssize_t n = ::read(readFd_, to.begin(), to.size());
    if (n <= 0) ::_exit(sandbox::kExitLostSupervisor);
    to = to.slice(static_cast<size_t>(n), to.size());
  }
}

kj::Array<capnp::word> Peer::readMessage() {
  std::array<uint32_t, 128> table{};
  const auto bytes = [&](size_t from, size_t count) {
    return kj::arrayPtr(reinterpret_cast<kj::byte*>(table.data() + from), count * sizeof(uint32_t));
  };
  readFully(bytes(0, 2));
  const size_t segments = table[0] + 1;
  const size_t entries = (segments / 2 + 1) * 2;
  if (entries > table.size()) ::_exit(sandbox::kExitSetup);
  readFully(bytes(2, entries - 2));
  size_t total = entries / 2;
  for (size_t i = 0; i < segments; ++i) total += table[i + 1];
  auto words = kj::heapArray<capnp::word>(total);
  const auto head = bytes(0, entries);
  std::copy(head.begin(), head.end(), words.asBytes().begin());
  readFully(words.asBytes().slice(head.size(), words.asBytes().size()));
  return words;
}

Reply Peer::wait(uint32_t question) {
  if (const auto found = early_.find(question); found != early_.end()) {
    auto words = kj::mv(found->second);
    early_.erase(found);
    return Reply(kj::mv(words));
  }
  for (;;) {
    auto words = readMessage();
    capnp::FlatArrayMessageReader reader(words, unlimited());
    const auto message = reader.getRoot<rpc::Message>();
    if (!message.isReturn()) continue;
    const uint32_t answered = message.getReturn().getAnswerId();
    if (!message.getReturn().getNoFinishNeeded()) finish(answered);
    if (answered == question) return Reply(kj::mv(words));
    early_.emplace(answered, kj::mv(words));
  }
}

void Peer::takeAny() {
  const auto words = readMessage();
  capnp::FlatArrayMessageReader reader(words, unlimited());
  const auto message = reader.getRoot<rpc::Message>();
  if (message.isReturn() && !message.getReturn().getNoFinishNeeded()) finish(message.getReturn().getAnswerId());
}

void Peer::finish(uint32_t question) {
  send([&](rpc::Message::Builder message) { message.initFinish().setQuestionId(question); });
}

void Peer::bootstrap() {
  const uint32_t question = nextQuestion();
  send([&](rpc::Message::Builder message) { message.initBootstrap().setQuestionId(question); });
  // Finished without giving the capability back.
  for (;;) {
    auto words = readMessage();
    capnp::FlatArrayMessageReader reader(words);
    if (reader.getRoot<rpc::Message>().isReturn()) break;
  }
  send([&](rpc::Message::Builder message) {
    message.initFinish().setQuestionId(question);
    message.getFinish().setReleaseResultCaps(false);
  });
}

std::vector<std::string> Peer::begin() {
  Reply reply = wait(call<Session::BeginParams>(kSession, kBegin, [](auto) {}));
  std::vector<std::string> arguments;
  for (const auto argument : reply.as<Session::BeginResults>().getJob().getArguments()) {
    arguments.emplace_back(argument.begin(), argument.size());
  }
  return arguments;
}

void Peer::print(std::string_view text) {
  wait(call<Session::OutputParams>(kSession, kOutput, [&](auto params) {
    params.setBytes(kj::arrayPtr(reinterpret_cast<const kj::byte*>(text.data()), text.size()));
  }));
}

uint32_t Peer::loadEntry() {
  Reply reply =
      wait(call<Session::LoadParams>(kSession, kLoad, [](auto params) { params.setSpecifier("file:///main.mjs"); }));
  return reply.as<Session::LoadResults>().getModule().getId();
}

Token Peer::view() {
  const uint32_t entry = loadEntry();
  Reply reply = wait(call<Session::LoadParams>(kSession, kLoad, [&](auto params) {
    params.setReferrer(entry);
    params.setSpecifier("runtime:fs");
  }));
  const auto token = reply.as<Session::LoadResults>().getModule().getView();
  return {token.getHigh(), token.getLow()};
}

void Peer::done(uint8_t code) {
  call<Session::DoneParams>(kSession, kDone, [&](auto params) { params.initOutcome().setExited(code); });
  ::_exit(sandbox::kExitDone);
}

void Peer::announceOffence() { print("offence at " + std::to_string(monotonicNs()) + "\n"); }

}  // namespace runtime::tests
