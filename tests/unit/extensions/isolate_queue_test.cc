#include <kj/async.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "extensions/isolate/queue.h"

using namespace runtime::extensions::isolate;

namespace {

Message ofBytes(size_t count) { return {std::string(count, 'x'), {}}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(isolate_queue)

BOOST_AUTO_TEST_CASE(it_holds_so_many_messages) {
  Queue queue;
  for (size_t i = 0; i < Queue::kMaxMessages; ++i) {
    BOOST_TEST_REQUIRE(queue.hasRoomFor(1));
    queue.put(ofBytes(1));
  }
  BOOST_TEST(!queue.hasRoomFor(0));
  queue.take();
  BOOST_TEST(queue.hasRoomFor(0));
}

BOOST_AUTO_TEST_CASE(it_holds_so_many_bytes) {
  Queue queue;
  queue.put(ofBytes(Queue::kMaxMessageBytes));
  BOOST_TEST(queue.hasRoomFor(Queue::kMaxMessageBytes));
  queue.put(ofBytes(Queue::kMaxMessageBytes));
  BOOST_TEST(!queue.hasRoomFor(1));
  queue.take();
  BOOST_TEST(queue.hasRoomFor(Queue::kMaxMessageBytes));
}

BOOST_AUTO_TEST_CASE(messages_come_in_order_and_whole) {
  Queue queue;
  for (const char* text : {"one", "", "three"}) queue.put({text, {{1, 2}}});
  for (const char* text : {"one", "", "three"}) {
    BOOST_TEST_REQUIRE(!queue.empty());
    const Message message = queue.take();
    BOOST_TEST(message.bytes == text);
    BOOST_TEST(message.capabilities.size() == 1u);
  }
  BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(who_waits_is_woken_by_the_other_side_and_by_the_end) {
  kj::EventLoop loop;
  kj::WaitScope scope(loop);
  Queue queue;
  auto message = queue.awaitMessage();
  BOOST_TEST(!message.poll(scope));
  queue.put(ofBytes(1));
  BOOST_TEST(message.poll(scope));
  auto room = queue.awaitRoom();
  BOOST_TEST(!room.poll(scope));
  queue.take();
  BOOST_TEST(room.poll(scope));
  auto lastMessage = queue.awaitMessage();
  auto lastRoom = queue.awaitRoom();
  queue.close();
  BOOST_TEST(lastMessage.poll(scope));
  BOOST_TEST(lastRoom.poll(scope));
}

BOOST_AUTO_TEST_SUITE_END()
