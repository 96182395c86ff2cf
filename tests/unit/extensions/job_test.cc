#include "extensions/job/job.capnp.h"

#include <boost/test/unit_test.hpp>

#include "extensions/job/host.h"
#include "tests/unit/extensions/driver.h"

using namespace runtime;
using extensions::job::Job;
using test::Driver;

namespace {

struct Fixture {
  Driver driver{extensions::job::makeExtension()};

  test::Started startRead(uint32_t max) {
    return driver.start<Job::ReadStdinParams>("readStdin", [&](auto params) {
      Driver::set(params.initView().initToken(), driver.view());
      params.setMax(max);
    });
  }
  std::string read(uint32_t max) {
    auto answer = driver.finish(startRead(max));
    if (answer.outcome != "ok") return answer.outcome;
    const auto bytes = answer.as<Job::ReadStdinResults>().getBytes();
    return {bytes.asChars().begin(), bytes.size()};
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(job)

BOOST_FIXTURE_TEST_CASE(arguments_and_environment, Fixture) {
  auto answer = driver.call<Job::ArgumentsParams>(
      "arguments", [&](auto params) { Driver::set(params.initView().initToken(), driver.view()); });
  const auto arguments = answer.as<Job::ArgumentsResults>().getArguments();
  BOOST_REQUIRE(arguments.size() == 3u);
  BOOST_TEST(arguments[1].cStr() == "two words");

  auto second = driver.call<Job::EnvironmentParams>(
      "environment", [&](auto params) { Driver::set(params.initView().initToken(), driver.view()); });
  const auto variables = second.as<Job::EnvironmentResults>().getVariables();
  BOOST_REQUIRE(variables.size() == 2u);
  BOOST_TEST(variables[1].getName().cStr() == "MODULE");
  BOOST_TEST(variables[1].getValue().cStr() == "main.mjs");
}

BOOST_FIXTURE_TEST_CASE(a_folder_of_a_module_does_not_tell_its_environment, Fixture) {
  auto mount = std::make_shared<capabilities::Mount>();
  mount->at = "/data";
  const auto folder = driver.scene.view()->beneath(std::move(mount));
  const auto token = driver.job.table().mint(folder).value();
  const auto answer = driver.call<Job::EnvironmentParams>(
      "environment", [&](auto params) { Driver::set(params.initView().initToken(), token); });
  BOOST_TEST(answer.outcome == "EBADF");
}

BOOST_FIXTURE_TEST_CASE(standard_input_in_pieces, Fixture) {
  BOOST_TEST(read(3) == "inp");
  BOOST_TEST(read(0) == "EINVAL");
  BOOST_TEST(read(1000) == "ut");
  BOOST_TEST(read(1000) == "");
}

BOOST_FIXTURE_TEST_CASE(one_read_of_standard_input_at_a_time, Fixture) {
  driver.job.holdStdin = true;
  auto first = startRead(10);
  BOOST_TEST(read(10) == "EBUSY");
  driver.job.waiting->fulfill("late");
  BOOST_TEST(driver.finish(std::move(first)).outcome == "ok");
  driver.job.holdStdin = false;
  BOOST_TEST(read(10) == "input");
}

BOOST_AUTO_TEST_SUITE_END()
