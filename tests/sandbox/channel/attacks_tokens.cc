// Tokens that were never given to this worker, and tokens that have ended.
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/sandbox/channel/attacks.h"

namespace runtime::tests {
namespace {

using Arguments = std::vector<std::string>;

uint32_t present(Peer& peer, Token token) {
  return peer.call<Fs::StatParams>(kFs, kStat, statOf(token, "/data/known"));
}

Token randomToken() {
  Token token;
  // Not by way of the library, which would map memory for it.
  if (::syscall(SYS_getrandom, &token, sizeof token, 0) != sizeof token) __builtin_trap();
  return token;
}

void forged(Peer& peer, const Arguments& arguments) {
  const std::string& which = arguments.at(0);
  Token token = peer.view();
  if (which == "random") token = randomToken();
  if (which == "zero") token = {};
  if (which == "ones") token = {~uint64_t{0}, ~uint64_t{0}};
  if (which == "low-half") token.high = 0;
  if (which == "high-half") token.low = 0;
  if (which == "halves-changed-places") token = {token.low, token.high};
  if (which == "bit") {
    const auto bit = std::stoul(arguments.at(1));
    (bit < 64 ? token.high : token.low) ^= uint64_t{1} << (bit % 64);
  }
  peer.announceOffence();
  present(peer, token);
}

// One of each method of fs that takes a path or a handle: none of them is reached without its token.
void forgedFor(Peer& peer, const Arguments& arguments) {
  const auto method = static_cast<uint16_t>(std::stoul(arguments.at(0)));
  const Token token = randomToken();
  peer.announceOffence();
  // A Path and a Handle both have a token first, and every method has one of them first.
  peer.call<Fs::StatParams>(kFs, method, statOf(token, "/data/known"));
}

// As many guesses as fit into the pipe before the first is looked at.
void bruteForce(Peer& peer, const Arguments&) {
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += peer.packedCall<Fs::StatParams>(peer.nextQuestion(), kFs, kStat, statOf(randomToken(), "/data/known"));
  }
  peer.announceOffence();
  peer.write(all);
}

void tell(Peer& peer, const Arguments&) {
  const Token token = peer.view();
  peer.print(std::to_string(token.high) + " " + std::to_string(token.low) + "\n");
  // The worker whose token it is lives while another presents it.
  while (peer.wait(peer.call<Fs::StatParams>(kFs, kStat, statOf(token, "/data/told"))).failed()) {
    peer.wait(peer.call<Session::WaitParams>(kSession, kWait, [](auto params) { params.setNanoseconds(5'000'000); }));
  }
  peer.done(0);
}

void ofAnother(Peer& peer, const Arguments& arguments) {
  peer.view();
  peer.announceOffence();
  present(peer, {std::stoull(arguments.at(0)), std::stoull(arguments.at(1))});
}

Token derived(Peer& peer, uint16_t method, Token from) {
  Reply reply = peer.wait(
      peer.call<Fs::ReadOnlyParams>(kFs, method, [&](auto params) { setToken(params.initView().initToken(), from); }));
  const auto token = reply.as<Fs::ReadOnlyResults>().getView();
  return {token.getHigh(), token.getLow()};
}

void revoke(Peer& peer, Token token) {
  peer.wait(
      peer.call<Fs::RevokeParams>(kFs, kRevoke, [&](auto params) { setToken(params.initView().initToken(), token); }));
}

// Honest code presents a revoked token, too: it is told so, as often as it asks.
void revoked(Peer& peer, const Arguments&) {
  const Token parent = derived(peer, kReadOnly, peer.view());
  const Token child = derived(peer, kReadOnly, parent);
  if (peer.wait(present(peer, child)).failed()) peer.done(1);
  revoke(peer, parent);
  for (int i = 0; i < 100; ++i) {
    for (const Token token : {parent, child}) {
      Reply reply = peer.wait(present(peer, token));
      if (!reply.failed() || reply.reason().find("EBADF") == std::string::npos) peer.done(2);
    }
  }
  peer.done(0);
}

// A view of a folder with a name as long as it may be.
Token deepFolder(Peer& peer, Token view) {
  std::string path = "/data";
  for (int i = 0; i < 15; ++i) path += "/" + std::string(250, static_cast<char>('a' + i));
  const auto fill = [&](auto params) {
    setToken(params.initPath().initBase(), view);
    params.getPath().setText(kj::StringPtr(path.c_str(), path.size()));
    return params;
  };
  peer.wait(peer.call<Fs::MkdirParams>(kFs, kMkdir, [&](auto params) { fill(params).setRecursive(true); }));
  Reply reply = peer.wait(peer.call<Fs::DirParams>(kFs, kDir, [&](auto params) { fill(params); }));
  if (reply.failed()) peer.done(3);
  const auto token = reply.as<Fs::DirResults>().getView();
  return {token.getHigh(), token.getLow()};
}

// Every token that a worker may have, and one more.
void mintAll(Peer& peer, const Arguments& arguments) {
  const bool deep = arguments.at(0) == "deep";
  const Token view = deep ? deepFolder(peer, peer.view()) : peer.view();
  const auto ask = [&](uint32_t question) {
    return peer.packedCall<Fs::ReadOnlyParams>(question, kFs, kReadOnly,
                                               [&](auto params) { setToken(params.initView().initToken(), view); });
  };
  constexpr uint32_t kAtOnce = 128;
  uint32_t minted = deep ? 2 : 1;
  for (;;) {
    std::string all;
    std::vector<uint32_t> questions;
    for (uint32_t i = 0; i < kAtOnce; ++i) {
      questions.push_back(peer.nextQuestion());
      all += ask(questions.back());
    }
    peer.write(all);
    for (const uint32_t question : questions) {
      Reply reply = peer.wait(question);
      if (!reply.failed()) {
        ++minted;
        continue;
      }
      const bool full = reply.reason().find("EMFILE") != std::string::npos;
      peer.done(full && minted == capabilities::Table::kMaxMints ? 0 : 1);
    }
  }
}

constexpr Attack kAttacks[] = {{"forged", forged},   {"forged-for", forgedFor}, {"brute-force", bruteForce},
                               {"tell", tell},       {"of-another", ofAnother}, {"revoked", revoked},
                               {"mint-all", mintAll}};

}  // namespace

std::span<const Attack> tokenAttacks() { return kAttacks; }

}  // namespace runtime::tests
