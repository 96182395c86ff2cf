#include "supervisor/admission.h"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <vector>

namespace runtime::supervisor {
namespace {

struct Fixture {
  kj::EventLoop loop;
  kj::WaitScope scope{loop};
  Admission admission;
  std::vector<Admission::Place> places;

  void fill() {
    while (places.size() < Admission::kMaxUnderWay) places.push_back(admission.enter().wait(scope));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(admission_places, Fixture)

BOOST_AUTO_TEST_CASE(one_beyond_the_last_place_waits_until_one_leaves) {
  fill();
  auto waiting = admission.enter();
  BOOST_TEST(!waiting.poll(scope));
  places.pop_back();
  BOOST_TEST(waiting.poll(scope));
  places.push_back(waiting.wait(scope));
  BOOST_TEST(!admission.enter().poll(scope));
}

BOOST_AUTO_TEST_CASE(places_are_given_in_the_order_of_asking) {
  fill();
  auto first = admission.enter();
  auto second = admission.enter();
  places.pop_back();
  BOOST_TEST(first.poll(scope));
  BOOST_TEST(!second.poll(scope));
}

BOOST_AUTO_TEST_CASE(one_that_gave_up_is_passed_over) {
  fill();
  std::optional<kj::Promise<Admission::Place>> first = admission.enter();
  auto second = admission.enter();
  first.reset();
  places.pop_back();
  BOOST_TEST(second.poll(scope));
}

BOOST_AUTO_TEST_CASE(a_place_that_nobody_took_is_free_again) {
  fill();
  {
    auto waiting = admission.enter();
    places.pop_back();
    BOOST_TEST(waiting.poll(scope));
  }
  BOOST_TEST(admission.enter().poll(scope));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::supervisor
