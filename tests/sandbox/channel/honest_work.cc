// The neighbour: a worker that keeps to the rules, says how long each call took, and notices a wrong answer.
#include "tests/sandbox/channel/attacks.h"

namespace runtime::tests {
namespace {

constexpr int kCallsInARow = 20;
constexpr uint64_t kPauseNs = 1'000'000;

// Looks at a file of known size, a few times in a row, then pauses; one line of output for each row, with the
// nanoseconds of each call. Ends when /data/stop exists.
void neighbour(Peer& peer, const std::vector<std::string>& arguments) {
  const uint64_t size = std::stoull(arguments.at(0));
  const Token view = peer.view();
  for (;;) {
    std::string line;
    for (int i = 0; i < kCallsInARow; ++i) {
      const uint64_t before = monotonicNs();
      Reply reply = peer.wait(peer.call<Fs::StatParams>(kFs, kStat, statOf(view, "/data/known")));
      line += std::to_string(monotonicNs() - before) + (i + 1 == kCallsInARow ? "\n" : " ");
      if (reply.failed() || reply.as<Fs::StatResults>().getStat().getSize() != size) peer.done(1);
    }
    peer.print(line);
    Reply stop = peer.wait(peer.call<Fs::StatParams>(kFs, kStat, statOf(view, "/data/stop")));
    if (!stop.failed()) peer.done(0);
    if (stop.reason().find("ENOENT") == std::string::npos) peer.done(2);
    peer.wait(peer.call<Session::WaitParams>(kSession, kWait, [](auto params) { params.setNanoseconds(kPauseNs); }));
  }
}

constexpr Attack kWork[] = {{"neighbour", neighbour}};

}  // namespace

std::span<const Attack> honestWork() { return kWork; }

}  // namespace runtime::tests
