#include "capabilities/lane.h"

#include <kj/async-io.h>
#include <kj/debug.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

using namespace runtime::capabilities;

BOOST_AUTO_TEST_SUITE(lane)

BOOST_AUTO_TEST_CASE(tasks_run_in_order_on_a_thread_of_their_own) {
  auto io = kj::setupAsyncIo();
  Lane lane;
  std::vector<int> order;
  auto promises = kj::heapArrayBuilder<kj::Promise<int>>(100);
  for (int i = 0; i < 100; ++i) {
    promises.add(lane.run([&order, i] {
      order.push_back(i);
      return i;
    }));
  }
  const auto results = kj::joinPromises(promises.finish()).wait(io.waitScope);
  for (int i = 0; i < 100; ++i) {
    BOOST_TEST(results[static_cast<size_t>(i)] == i);
    BOOST_TEST(order[static_cast<size_t>(i)] == i);
  }
  const auto own = std::this_thread::get_id();
  BOOST_TEST((lane.run([] { return std::this_thread::get_id(); }).wait(io.waitScope) != own));
}

BOOST_AUTO_TEST_CASE(an_exception_of_a_task_reaches_the_loop) {
  auto io = kj::setupAsyncIo();
  Lane lane;
  auto promise = lane.run([]() -> int { KJ_FAIL_REQUIRE("broken"); });
  BOOST_CHECK_THROW(promise.wait(io.waitScope), kj::Exception);
  BOOST_TEST(lane.run([] { return 7; }).wait(io.waitScope) == 7);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_lane_waits_for_nothing) {
  auto io = kj::setupAsyncIo();
  auto gate = std::make_shared<std::mutex>();
  auto begun = std::make_shared<std::atomic<bool>>(false);
  auto finished = std::make_shared<std::atomic<bool>>(false);
  gate->lock();
  std::shared_ptr<const std::atomic<bool>> stopped;
  kj::Maybe<kj::Promise<int>> waiting;
  {
    Lane lane;
    stopped = lane.stopped();
    auto running = lane.run([gate, begun, finished] {
      begun->store(true);
      gate->lock();
      gate->unlock();
      finished->store(true);
      return 1;
    });
    waiting = lane.run([] { return 2; });
    while (!begun->load()) std::this_thread::yield();
    // `running` and the lane end here, while the task still holds the thread.
  }
  BOOST_TEST(stopped->load());
  BOOST_TEST(!finished->load());
  gate->unlock();
  KJ_IF_MAYBE (promise, waiting) {
    BOOST_CHECK_THROW(promise->wait(io.waitScope), kj::Exception);  // broken: it was dropped
  }
  BOOST_TEST(finished->load());
}

BOOST_AUTO_TEST_CASE(too_many_tasks_are_refused) {
  auto io = kj::setupAsyncIo();
  auto gate = std::make_shared<std::mutex>();
  gate->lock();
  Lane lane;
  std::vector<kj::Promise<int>> promises;
  bool overloaded = false;
  for (size_t i = 0; i < Lane::kMaxQueued + 2 && !overloaded; ++i) {
    KJ_IF_MAYBE (exception, kj::runCatchingExceptions([&] {
                   promises.push_back(lane.run([gate] {
                     gate->lock();
                     gate->unlock();
                     return 1;
                   }));
                 })) {
      overloaded = exception->getType() == kj::Exception::Type::OVERLOADED;
    }
  }
  gate->unlock();
  BOOST_TEST(overloaded);
  BOOST_TEST(promises.size() >= Lane::kMaxQueued);
}

BOOST_AUTO_TEST_SUITE_END()
