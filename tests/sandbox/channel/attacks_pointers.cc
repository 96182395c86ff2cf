// Messages whose frame is true and whose pointers lie. Laid out by hand: no builder makes them.
#include "tests/sandbox/channel/attacks.h"

namespace runtime::tests {
namespace {

using Arguments = std::vector<std::string>;
using Words = std::vector<uint64_t>;

constexpr uint64_t kListOfVoid = 0, kListOfBytes = 2, kListOfPointers = 6, kListOfStructs = 7;
constexpr uint64_t kMost = (uint64_t{1} << 29) - 1;

// Pointers as https://capnproto.org/encoding.html has them; `offset` in words from the end of the pointer.
constexpr uint64_t structAt(int64_t offset, uint64_t dataWords, uint64_t pointers) {
  return ((static_cast<uint64_t>(offset) << 2) & 0xFFFFFFFF) | (dataWords << 32) | (pointers << 48);
}
constexpr uint64_t listAt(int64_t offset, uint64_t elementSize, uint64_t count) {
  return 1 | ((static_cast<uint64_t>(offset) << 2) & 0xFFFFFFFF) | (elementSize << 32) | (count << 35);
}
constexpr uint64_t farTo(uint64_t segment, uint64_t word) { return 2 | (word << 3) | (segment << 32); }
constexpr uint64_t doubleFarTo(uint64_t segment, uint64_t word) { return farTo(segment, word) | 4; }
constexpr uint64_t kCapability = 3;

// The same words as `segments` segments: all in the first, the others empty but for what `further` holds.
void send(Peer& peer, const Words& words, const Words& further = {}) {
  std::vector<uint32_t> header{further.empty() ? 0u : 1u, static_cast<uint32_t>(words.size())};
  if (!further.empty()) header.insert(header.end(), {static_cast<uint32_t>(further.size()), 0});
  peer.write(kj::arrayPtr(header.data(), header.size()).asBytes());
  peer.write(kj::arrayPtr(words.data(), words.size()).asBytes());
  peer.write(kj::arrayPtr(further.data(), further.size()).asBytes());
}

// A call of the door. `content` stands in word 11, `capTable` in word 12, `rest` from word 13 on.
Words callWords(Peer& peer, uint64_t interfaceId, uint16_t method, uint64_t content, uint64_t capTable, Words rest) {
  Words words{structAt(0, 1, 1),
              2,
              structAt(0, 3, 3),  // Message: call
              peer.nextQuestion() | static_cast<uint64_t>(method) << 32,
              interfaceId,
              0,  // Call
              structAt(2, 1, 1),
              structAt(3, 0, 2),
              0,
              kDoor,
              0,
              content,
              capTable};  // target, params
  words.insert(words.end(), rest.begin(), rest.end());
  return words;
}

// fs.stat whose parameters are `rest`; the struct of the parameters is the first word, a pointer to the Path.
void sendStat(Peer& peer, const Words& rest, uint64_t content = structAt(1, 0, 1)) {
  const Words words = callWords(peer, kFs, kStat, content, 0, rest);
  peer.announceOffence();
  send(peer, words);
}

// --- the message itself ---

void sendRoot(Peer& peer, const Words& words, const Words& further = {}) {
  peer.announceOffence();
  send(peer, words, further);
}
constexpr uint64_t kRoot = structAt(0, 1, 1);
constexpr uint64_t kCall = 2;

void message(Peer& peer, const Arguments& arguments) {
  const std::string& which = arguments.at(0);
  if (which == "root-is-a-list") return sendRoot(peer, {listAt(0, kListOfBytes, 8), 0});
  if (which == "root-is-a-capability") return sendRoot(peer, {kCapability});
  if (which == "root-points-at-itself") return sendRoot(peer, {farTo(0, 0)});
  if (which == "root-in-no-segment") return sendRoot(peer, {farTo(7, 0)});
  if (which == "far-to-a-far") return sendRoot(peer, {farTo(1, 0)}, {farTo(0, 0)});
  if (which == "double-far-to-itself") return sendRoot(peer, {doubleFarTo(0, 0), 0});
  if (which == "double-far-past-the-end") return sendRoot(peer, {doubleFarTo(1, 100)}, {0, 0});
  if (which == "double-far-in-a-circle") return sendRoot(peer, {doubleFarTo(1, 0)}, {doubleFarTo(1, 0), kRoot});
  if (which == "call-past-the-end") return sendRoot(peer, {kRoot, kCall, structAt(1000, 3, 3)});
  if (which == "call-before-the-beginning") return sendRoot(peer, {kRoot, kCall, structAt(-1000, 3, 3)});
  if (which == "call-is-a-list") return sendRoot(peer, {kRoot, kCall, listAt(0, kListOfPointers, 1), 0});
  if (which == "call-is-the-message") return sendRoot(peer, {kRoot, kCall, structAt(-3, 1, 1)});
  if (which == "call-of-half-a-million-words") return sendRoot(peer, {kRoot, kCall, structAt(0, 0xFFFF, 0xFFFF)});
}

// --- the table of capabilities, which the guard looks at ---

void capabilityTable(Peer& peer, const Arguments& arguments) {
  const std::string& which = arguments.at(0);
  uint64_t table = 0;
  Words rest;
  if (which == "half-a-billion-voids") table = listAt(0, kListOfVoid, kMost);
  if (which == "half-a-billion-bits") table = listAt(0, 1, kMost);
  if (which == "half-a-billion-structs-of-nothing") {
    table = listAt(0, kListOfStructs, 0);
    rest = {structAt(static_cast<int64_t>(kMost), 0, 0)};
  }
  if (which == "is-a-struct") table = structAt(0, 0, 1), rest = {0};
  if (which == "is-a-capability") table = kCapability;
  const Words words = callWords(peer, kFs, kStat, 0, table, rest);
  peer.announceOffence();
  send(peer, words);
}

// --- parameters, which only the door knows the schema of ---

void parameters(Peer& peer, const Arguments& arguments) {
  const std::string& which = arguments.at(0);
  const Token token = peer.view();
  // The Path is at word 14, its token at 16, its text at 18; a pointer in word 14 and 15.
  const uint64_t base = structAt(1, 2, 0), text = listAt(2, kListOfBytes, 6);
  const uint64_t name = 0x0000'0061'7461'642F;  // "/data"
  const auto path = [&](uint64_t basePointer, uint64_t textPointer) {
    return Words{structAt(0, 0, 2), basePointer, textPointer, token.high, token.low, name};
  };
  if (which == "content-is-a-list") return sendStat(peer, {0, 0}, listAt(1, kListOfBytes, 16));
  if (which == "content-is-a-capability") return sendStat(peer, {}, kCapability);
  if (which == "content-past-the-end") return sendStat(peer, {}, structAt(5000, 1, 1));
  if (which == "content-in-no-segment") return sendStat(peer, {}, farTo(9, 0));
  if (which == "path-is-a-list") return sendStat(peer, {listAt(0, kListOfBytes, 8), 0});
  if (which == "path-is-a-capability") return sendStat(peer, {kCapability});
  if (which == "path-past-the-end") return sendStat(peer, {structAt(4000, 0, 2)});
  if (which == "path-is-its-own-parameters") return sendStat(peer, {structAt(-1, 0, 1)});
  if (which == "token-is-a-list") return sendStat(peer, path(listAt(1, kListOfBytes, 16), text));
  if (which == "token-past-the-end") return sendStat(peer, path(structAt(900, 2, 0), text));
  if (which == "text-is-a-struct") return sendStat(peer, path(base, structAt(2, 1, 0)));
  if (which == "text-is-a-capability") return sendStat(peer, path(base, kCapability));
  if (which == "text-past-the-end") return sendStat(peer, path(base, listAt(2, kListOfBytes, 60'000)));
  if (which == "text-of-half-a-billion-voids") return sendStat(peer, path(base, listAt(2, kListOfVoid, kMost)));
  if (which == "text-of-half-a-billion-bytes") return sendStat(peer, path(base, listAt(2, kListOfBytes, kMost)));
  if (which == "text-without-its-end") return sendStat(peer, path(base, listAt(2, kListOfBytes, 5)));
  if (which == "text-of-pointers") return sendStat(peer, path(base, listAt(2, kListOfPointers, 1)));
}

// Session.output whose bytes are `pointer`.
void output(Peer& peer, const Arguments& arguments) {
  const std::string& which = arguments.at(0);
  uint64_t pointer = kCapability;
  if (which == "half-a-billion-voids") pointer = listAt(0, kListOfVoid, kMost);
  if (which == "half-a-billion-bytes") pointer = listAt(0, kListOfBytes, kMost);
  if (which == "a-struct") pointer = structAt(0, 1, 0);
  const Words words = callWords(peer, kSession, kOutput, structAt(1, 1, 1), 0, {0, pointer, 0});
  peer.announceOffence();
  send(peer, words);
}

// fs.only, the one method with a list that a worker fills: half a billion rights.
void rights(Peer& peer, const Arguments& arguments) {
  const std::string& which = arguments.at(0);
  const Token token = peer.view();
  // The parameters are two pointers: the Handle in word 15, its token in 16, and the rights.
  const auto send17 = [&](uint64_t list, uint64_t word) {
    const Words words = callWords(peer, kFs, kOnly, structAt(1, 0, 2), 0,
                                  {structAt(1, 0, 1), list, structAt(0, 2, 0), token.high, token.low, word});
    peer.announceOffence();
    send(peer, words);
  };
  if (which == "voids") return send17(listAt(3, kListOfVoid, kMost), 0);
  if (which == "past-the-end") return send17(listAt(3, 3, kMost), 0);
  if (which == "structs-of-nothing") {
    return send17(listAt(3, kListOfStructs, 0), structAt(static_cast<int64_t>(kMost), 0, 0));
  }
}

// What no schema names is not looked at: the call is answered.
void depth(Peer& peer, const Arguments&) {
  Words rest;
  for (int i = 0; i < 100'000; ++i) rest.push_back(structAt(0, 0, 1));
  rest.push_back(0);
  send(peer, callWords(peer, kSession, kWait, structAt(1, 0, 1), 0, rest));
  peer.takeAny();
  peer.done(0);
}

constexpr Attack kAttacks[] = {{"message", message},       {"capability-table", capabilityTable},
                               {"parameters", parameters}, {"output-bytes", output},
                               {"rights", rights},         {"depth", depth}};

}  // namespace

std::span<const Attack> pointerAttacks() { return kAttacks; }

}  // namespace runtime::tests
