#include "ipc/transport/stream.h"

#include <capnp/serialize.h>
#include <fcntl.h>
#include <kj/async-io.h>
#include <kj/debug.h>
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <thread>

#include "ipc/control.capnp.h"
#include "ipc/transport/fd_link.h"

namespace runtime::ipc {
namespace {

struct Pipe {
  Pipe() {
    int ends[2];
    KJ_SYSCALL(pipe2(ends, O_CLOEXEC));
    read = os::UniqueFd(ends[0]);
    write = os::UniqueFd(ends[1]);
  }
  os::UniqueFd read, write;
};

// The supervisor's end of a link whose other end the test plays with plain read(2) and write(2).
struct Supervisor {
  Supervisor() { signal(SIGPIPE, SIG_IGN); }
  kj::AsyncIoContext io = kj::setupAsyncIo();
  Pipe up, down;
  int peerWrite = up.write.release();
  int peerRead = down.read.release();
  kj::Own<SupervisorFdLink> link =
      kj::heap<SupervisorFdLink>(std::move(up.read), std::move(down.write), io.unixEventPort);
  Stream stream{*link};
  ~Supervisor() {
    if (peerWrite >= 0) close(peerWrite);
    if (peerRead >= 0) close(peerRead);
  }
  void write(const void* bytes, size_t size) { BOOST_REQUIRE(::write(peerWrite, bytes, size) == ssize_t(size)); }
  void closePeer() {
    close(peerWrite);
    peerWrite = -1;
  }
  auto next() { return stream.tryReadMessage(nullptr, {}, nullptr); }
};

kj::Array<capnp::word> message(size_t bytes) {
  capnp::MallocMessageBuilder builder;
  builder.initRoot<Boot>().initBuildId(static_cast<capnp::uint>(bytes));
  return capnp::messageToFlatArray(builder);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stream)

BOOST_AUTO_TEST_CASE(messages_of_many_sizes_pass_both_ways) {
  Supervisor supervisor;
  std::thread peer([&] {
    // The peer is the worker's form, on a loop of its own, echoing what it gets.
    WorkerFdLink link(supervisor.peerRead, supervisor.peerWrite);
    Stream stream(link);
    struct Port final : kj::EventPort {
      explicit Port(Link& l) : link(l) {}
      bool wait() override { return link.block(), false; }
      bool poll() override { return false; }
      Link& link;
    } port(link);
    kj::EventLoop loop(port);
    kj::WaitScope scope(loop);
    for (;;) {
      auto received = stream.tryReadMessage(nullptr, {}, nullptr).wait(scope);
      KJ_IF_MAYBE (m, received) {
        capnp::MallocMessageBuilder copy;
        copy.setRoot(m->reader->getRoot<Boot>());
        stream.writeMessage(nullptr, copy.getSegmentsForOutput()).wait(scope);
      } else {
        return;
      }
    }
  });
  for (const size_t size : {0, 1, 7, 8, 100, 4096, 16383, 16384, 16385, 65536, 200'000, 1'000'000}) {
    capnp::MallocMessageBuilder builder;
    auto id = builder.initRoot<Boot>().initBuildId(static_cast<capnp::uint>(size));
    for (size_t i = 0; i < size; ++i) id[i] = static_cast<char>('a' + i % 26);
    auto write = supervisor.stream.writeMessage(nullptr, builder.getSegmentsForOutput());
    auto answer = supervisor.next().wait(supervisor.io.waitScope);
    write.wait(supervisor.io.waitScope);
    KJ_IF_MAYBE (m, answer) {
      const auto text = m->reader->getRoot<Boot>().getBuildId();
      BOOST_TEST(text.size() == size);
      BOOST_TEST((text == builder.getRoot<Boot>().asReader().getBuildId()));
    } else {
      BOOST_FAIL("the stream ended");
    }
  }
  supervisor.link = nullptr;  // closes its ends: the peer's stream ends
  peer.join();
}

BOOST_AUTO_TEST_CASE(bytes_that_come_one_by_one_make_a_message) {
  Supervisor supervisor;
  const auto words = message(20);
  const auto bytes = words.asBytes();
  auto next = supervisor.next();
  for (const kj::byte byte : bytes) {
    supervisor.write(&byte, 1);
    supervisor.io.waitScope.poll();
  }
  BOOST_TEST((next.wait(supervisor.io.waitScope) != nullptr));
}

BOOST_AUTO_TEST_CASE(end_of_stream_is_no_message) {
  Supervisor supervisor;
  supervisor.closePeer();
  BOOST_TEST((supervisor.next().wait(supervisor.io.waitScope) == nullptr));
}

BOOST_AUTO_TEST_CASE(the_end_is_seen_behind_more_than_one_read_of_messages) {
  Supervisor supervisor;
  const auto words = message(100);
  constexpr int kMessages = 300;  // twice what is read at once, and a part
  auto next = supervisor.next();
  for (int i = 0; i < kMessages; ++i) supervisor.write(words.begin(), words.asBytes().size());
  supervisor.closePeer();
  auto& timer = supervisor.io.provider->getTimer();
  int received = 0;
  while (timer.timeoutAfter(10 * kj::SECONDS, kj::mv(next)).wait(supervisor.io.waitScope) != nullptr) {
    ++received;
    next = supervisor.next();
  }
  BOOST_TEST(received == kMessages);
}

BOOST_AUTO_TEST_CASE(half_a_message_and_the_end_is_no_message) {
  Supervisor supervisor;
  const auto words = message(100);
  supervisor.write(words.begin(), 24);
  supervisor.closePeer();
  BOOST_TEST((supervisor.next().wait(supervisor.io.waitScope) == nullptr));
}

// As where the guard holds back a worker's messages while it is killed.
BOOST_AUTO_TEST_CASE(an_end_that_came_while_nobody_read_is_seen) {
  Supervisor supervisor;
  const auto words = message(20);
  supervisor.write(words.begin(), words.asBytes().size());
  supervisor.closePeer();
  for (int turn = 0; turn < 3; ++turn) {
    supervisor.io.waitScope.poll();
    supervisor.io.provider->getTimer().afterDelay(1 * kj::MILLISECONDS).wait(supervisor.io.waitScope);
  }
  BOOST_TEST((supervisor.next().wait(supervisor.io.waitScope) != nullptr));
  auto end = supervisor.next().then([](auto&& none) { return none == nullptr; });
  auto late = supervisor.io.provider->getTimer().afterDelay(5 * kj::SECONDS).then([] { return false; });
  BOOST_TEST(end.exclusiveJoin(kj::mv(late)).wait(supervisor.io.waitScope));
}

BOOST_AUTO_TEST_CASE(a_header_that_claims_too_much_is_refused_before_anything_is_allocated) {
  for (const auto& header : {std::array<uint32_t, 2>{0xFFFFFFFF, 0xFFFFFFFF},
                             {0, 0xFFFFFFFF},
                             {kMaxSegments, 1},
                             {0, uint32_t(kMaxMessageWords)}}) {
    Supervisor supervisor;
    supervisor.write(header.data(), sizeof header);
    BOOST_CHECK_THROW(supervisor.next().wait(supervisor.io.waitScope), kj::Exception);
  }
}

BOOST_AUTO_TEST_CASE(sizes_that_overflow_together_are_refused) {
  Supervisor supervisor;
  std::array<uint32_t, 64> header;
  header.fill(0xFFFFFFFF);
  header[0] = 62;
  supervisor.write(header.data(), sizeof header);
  BOOST_CHECK_THROW(supervisor.next().wait(supervisor.io.waitScope), kj::Exception);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::ipc
