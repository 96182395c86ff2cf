// Well-formed messages of rpc.capnp that no worker has a use for.
#include "tests/sandbox/channel/attacks.h"

namespace runtime::tests {
namespace {

using Arguments = std::vector<std::string>;

// Each kind by its number in the union, with its fields as they are when nothing is set.
void kind(Peer& peer, const Arguments& arguments) {
  const uint64_t number = std::stoull(arguments.at(0));
  const uint64_t words[] = {uint64_t{3} << 32, uint64_t{1} << 32 | uint64_t{1} << 48, number, 0};
  peer.announceOffence();
  peer.write(kj::arrayPtr(words, 4).asBytes());
}

void unimplementedUponUnimplemented(Peer& peer, const Arguments&) {
  const std::string message = Peer::packed([](rpc::Message::Builder builder) {
    for (int i = 0; i < 1000; ++i) builder = builder.initUnimplemented();
    builder.initResolve().initCap().setSenderHosted(kDoor);
  });
  peer.announceOffence();
  peer.write(message);
}

void resolve(Peer& peer, const Arguments&) {
  peer.announceOffence();
  peer.send([](rpc::Message::Builder message) { message.initResolve().initCap().setSenderHosted(7); });
}

void disembargo(Peer& peer, const Arguments&) {
  peer.announceOffence();
  peer.send([](rpc::Message::Builder message) {
    message.initDisembargo().initTarget().setImportedCap(kDoor);
    message.getDisembargo().getContext().setSenderLoopback(1);
  });
}

void returnOfNothing(Peer& peer, const Arguments&) {
  peer.announceOffence();
  peer.send([](rpc::Message::Builder message) { message.initReturn().initResults(); });
}

void secondBootstrap(Peer& peer, const Arguments&) {
  peer.announceOffence();
  peer.send([&](rpc::Message::Builder message) { message.initBootstrap().setQuestionId(peer.nextQuestion()); });
}

void release(Peer& peer, uint32_t id, uint32_t count) {
  peer.send([&](rpc::Message::Builder message) {
    message.initRelease().setId(id);
    message.getRelease().setReferenceCount(count);
  });
}

void releaseTooMany(Peer& peer, const Arguments&) {
  peer.announceOffence();
  release(peer, kDoor, 0xFFFFFFFF);
}
void releaseUnknown(Peer& peer, const Arguments&) {
  peer.announceOffence();
  release(peer, 12345, 1);
}
void releaseNothing(Peer& peer, const Arguments&) {
  for (int i = 0; i < 1000; ++i) release(peer, kDoor, 0);
  peer.print("still here\n");
  peer.done(0);
}
void callAfterRelease(Peer& peer, const Arguments&) {
  peer.announceOffence();
  release(peer, kDoor, 1);
  peer.call<Session::WaitParams>(kSession, kWait, [](auto) {});
}

void finishUnknown(Peer& peer, const Arguments&) {
  for (uint32_t i = 0; i < 1000; ++i) peer.finish(1'000'000 + i * 77'777);
  peer.print("still here\n");
  peer.done(0);
}
void finishTwice(Peer& peer, const Arguments&) {
  const uint32_t question = peer.call<Session::WaitParams>(kSession, kWait, [](auto) {});
  peer.finish(question);
  peer.finish(question);
  peer.print("still here\n");
  peer.done(0);
}

constexpr Attack kAttacks[] = {{"kind", kind},
                               {"unimplemented-upon-unimplemented", unimplementedUponUnimplemented},
                               {"resolve", resolve},
                               {"disembargo", disembargo},
                               {"return", returnOfNothing},
                               {"second-bootstrap", secondBootstrap},
                               {"release-too-many", releaseTooMany},
                               {"release-unknown", releaseUnknown},
                               {"release-nothing", releaseNothing},
                               {"call-after-release", callAfterRelease},
                               {"finish-unknown", finishUnknown},
                               {"finish-twice", finishTwice}};

}  // namespace

std::span<const Attack> messageAttacks() { return kAttacks; }

}  // namespace runtime::tests
