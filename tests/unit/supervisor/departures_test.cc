#include "supervisor/departures.h"

#include <kj/async-io.h>

#include <boost/test/unit_test.hpp>
#include <vector>

namespace runtime::supervisor {

BOOST_AUTO_TEST_CASE(a_worker_is_made_only_when_few_are_leaving) {
  kj::AsyncIoContext io = kj::setupAsyncIo();
  Departures departures;
  std::vector<kj::Own<kj::PromiseFulfiller<std::optional<WorkerEnd>>>> ends;
  for (size_t i = 0; i < Departures::kMost; ++i) {
    auto room = departures.room();
    BOOST_TEST(room.poll(io.waitScope), "with " << i << " leaving");
    auto end = kj::newPromiseAndFulfiller<std::optional<WorkerEnd>>();
    departures.add(WorkerProcess(0, {}, {}, kj::NEVER_DONE), kj::mv(end.promise), nullptr, std::nullopt);
    ends.push_back(kj::mv(end.fulfiller));
  }
  auto first = departures.room();
  auto second = departures.room();
  BOOST_TEST(!first.poll(io.waitScope));
  ends[3]->fulfill(WorkerEnd{});
  BOOST_TEST(first.poll(io.waitScope));
  BOOST_TEST(second.poll(io.waitScope));
  auto over = departures.over();
  for (size_t i = 0; i < ends.size(); ++i) {
    BOOST_TEST(!over.poll(io.waitScope));
    // A zygote that is lost says nothing.
    ends[i == 3 ? 0 : i]->fulfill(std::nullopt);
  }
  BOOST_TEST(over.poll(io.waitScope));
}

}  // namespace runtime::supervisor
