#include "capabilities/rights.h"

#include <capnp/schema.h>

#include <boost/test/unit_test.hpp>

#include "capabilities/needs.h"
#include "ipc/door.capnp.h"

using namespace runtime::capabilities;
namespace ipc = runtime::ipc;

BOOST_AUTO_TEST_SUITE(rights)

BOOST_AUTO_TEST_CASE(order_is_that_of_the_schema) {
  const auto same = [](Right right, ipc::Right wire) { return static_cast<int>(right) == static_cast<int>(wire); };
  BOOST_TEST(same(Right::kRead, ipc::Right::READ));
  BOOST_TEST(same(Right::kList, ipc::Right::LIST));
  BOOST_TEST(same(Right::kWrite, ipc::Right::WRITE));
  BOOST_TEST(same(Right::kAppend, ipc::Right::APPEND));
  BOOST_TEST(same(Right::kCreate, ipc::Right::CREATE));
  BOOST_TEST(same(Right::kDelete, ipc::Right::DELETE));
  const auto enumerants = capnp::Schema::from<ipc::Right>().getEnumerants();
  BOOST_TEST(enumerants.size() == static_cast<unsigned>(kRightCount));
  for (unsigned i = 0; i < enumerants.size(); ++i) {
    BOOST_TEST(name(static_cast<Right>(i)) == enumerants[i].getProto().getName().cStr());
  }
}

BOOST_AUTO_TEST_CASE(names_go_both_ways) {
  for (int i = 0; i < kRightCount; ++i) {
    const auto right = static_cast<Right>(i);
    BOOST_TEST((rightFromName(name(right)) == right));
  }
  BOOST_TEST(!rightFromName("Read").has_value());
  BOOST_TEST(!rightFromName("").has_value());
  BOOST_TEST(!rightFromName("execute").has_value());
}

BOOST_AUTO_TEST_CASE(sets) {
  const RightSet some{Right::kRead, Right::kDelete};
  BOOST_TEST(some.has(Right::kDelete));
  BOOST_TEST(!some.has(Right::kWrite));
  BOOST_TEST((some.firstMissing({Right::kWrite, Right::kRead, Right::kCreate}) == Right::kWrite));
  BOOST_TEST(!some.firstMissing(some).has_value());
  BOOST_TEST(((RightSet::all() - some) == RightSet{Right::kList, Right::kWrite, Right::kAppend, Right::kCreate}));
}

BOOST_AUTO_TEST_CASE(needs_name_the_first_right_missing) {
  const Needs append{.any = {Right::kAppend, Right::kWrite}, .ifAbsent = {Right::kCreate}};
  BOOST_TEST(!append.missing({Right::kAppend}, Effect::kReplace).has_value());
  BOOST_TEST(!append.missing({Right::kWrite}, Effect::kReplace).has_value());
  BOOST_TEST((append.missing({Right::kCreate}, Effect::kMake) == Right::kWrite));
  BOOST_TEST((append.missing({Right::kAppend}, Effect::kMake) == Right::kCreate));
  const Needs rename{.all = {Right::kCreate}, .ifPresent = {Right::kDelete}};
  BOOST_TEST(!rename.missing({Right::kCreate}, Effect::kMake).has_value());
  BOOST_TEST((rename.missing({Right::kCreate}, Effect::kReplace) == Right::kDelete));
  BOOST_TEST(!Needs{}.missing({}, Effect::kReplace).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
