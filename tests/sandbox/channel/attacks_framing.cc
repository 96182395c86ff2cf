// Bytes that are no messages, or not yet.
#include <unistd.h>

#include <random>

#include "ipc/transport/stream.h"
#include "tests/sandbox/channel/attacks.h"

namespace runtime::tests {
namespace {

using Arguments = std::vector<std::string>;

void sendHeader(Peer& peer, const std::vector<uint32_t>& header) {
  peer.announceOffence();
  peer.write(kj::arrayPtr(header.data(), header.size()).asBytes());
}

void headerOfOnes(Peer& peer, const Arguments&) { sendHeader(peer, {0xFFFFFFFF, 0xFFFFFFFF}); }
void halfAGigabyte(Peer& peer, const Arguments&) { sendHeader(peer, {0, 0x04000000}); }
void thirtyTwoGigabytes(Peer& peer, const Arguments&) { sendHeader(peer, {0, 0xFFFFFFFF}); }
void oneWordTooMany(Peer& peer, const Arguments&) {
  sendHeader(peer, {0, static_cast<uint32_t>(ipc::kMaxMessageWords)});
}
void segments(Peer& peer, const Arguments& arguments) {
  const uint32_t further = static_cast<uint32_t>(std::stoul(arguments.at(0))) - 1;
  std::vector<uint32_t> header(1, further);
  for (uint32_t i = 0; i < std::min(further, 1024u) + 1; ++i) header.push_back(1);
  // The words of the segments themselves, and what fills up the table: all zero.
  header.resize(header.size() + header.size() % 2 + 2 * std::min(further + 1, 1024u));
  sendHeader(peer, header);
}
// Two to the power of 32 words in two segments; what 32 bits would add up to nothing.
void sizesThatWrap(Peer& peer, const Arguments&) { sendHeader(peer, {1, 0x80000000, 0x80000000, 0}); }
void manySizesThatWrap(Peer& peer, const Arguments&) {
  std::vector<uint32_t> header(64, 0xFFFFFFFF);
  header[0] = 62;
  sendHeader(peer, header);
}

void emptyMessage(Peer& peer, const Arguments&) { sendHeader(peer, {0, 0}); }
void emptySegments(Peer& peer, const Arguments&) { sendHeader(peer, {2, 0, 0, 0}); }

void randomBytes(Peer& peer, const Arguments& arguments) {
  std::mt19937_64 random(std::stoull(arguments.at(0)));
  std::vector<uint64_t> bytes(8192);
  for (uint64_t& word : bytes) word = random();
  peer.announceOffence();
  peer.write(kj::arrayPtr(bytes.data(), bytes.size()).asBytes());
}

// A true frame around random words, many times over.
void randomMessages(Peer& peer, const Arguments& arguments) {
  std::mt19937_64 random(std::stoull(arguments.at(0)));
  peer.announceOffence();
  for (int i = 0; i < 1000; ++i) {
    std::vector<uint64_t> words(2 + random() % 30);
    for (uint64_t& word : words) word = random();
    words[0] = (words.size() - 1) << 32;
    peer.write(kj::arrayPtr(words.data(), words.size()).asBytes());
  }
}

// A true message with one bit of it the other way round.
void flippedBit(Peer& peer, const Arguments& arguments) {
  const Token view = peer.view();
  std::string message = peer.packedCall<Fs::StatParams>(peer.nextQuestion(), kFs, kStat, statOf(view, "/data/known"));
  std::mt19937_64 random(std::stoull(arguments.at(0)));
  const size_t bit = random() % (message.size() * 8);
  message[bit / 8] = static_cast<char>(message[bit / 8] ^ (1 << (bit % 8)));
  peer.announceOffence();
  peer.write(message);
}

void halfAMessage(Peer& peer, const Arguments&) {
  const std::string message =
      Peer::packed([](rpc::Message::Builder builder) { builder.initBootstrap().setQuestionId(9); });
  peer.write(std::string_view(message).substr(0, message.size() / 2));
}
void halfAHeader(Peer& peer, const Arguments&) { peer.write(std::string_view("\0\0\0\0", 4)); }
void theBeginningOfAMebibyte(Peer& peer, const Arguments&) {
  const std::vector<uint32_t> header{0, static_cast<uint32_t>(ipc::kMaxMessageWords - 1)};
  peer.write(kj::arrayPtr(header.data(), header.size()).asBytes());
}
void halfAMessageAndTheEnd(Peer& peer, const Arguments& arguments) {
  halfAMessage(peer, arguments);
  ::_exit(0);
}
void closedPipes(Peer&, const Arguments&) { ::_exit(0); }

constexpr Attack kAttacks[] = {
    {"header-of-ones", headerOfOnes},
    {"half-a-gigabyte", halfAGigabyte},
    {"thirty-two-gigabytes", thirtyTwoGigabytes},
    {"one-word-too-many", oneWordTooMany},
    {"segments", segments},
    {"sizes-that-wrap", sizesThatWrap},
    {"many-sizes-that-wrap", manySizesThatWrap},
    {"empty-message", emptyMessage},
    {"empty-segments", emptySegments},
    {"random-bytes", randomBytes},
    {"random-messages", randomMessages},
    {"flipped-bit", flippedBit},
    {"half-a-message", halfAMessage},
    {"half-a-header", halfAHeader},
    {"the-beginning-of-a-mebibyte", theBeginningOfAMebibyte},
    {"half-a-message-and-the-end", halfAMessageAndTheEnd},
    {"closed-pipes", closedPipes},
};

}  // namespace

std::span<const Attack> framingAttacks() { return kAttacks; }

}  // namespace runtime::tests
