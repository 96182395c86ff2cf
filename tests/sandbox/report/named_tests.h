#pragma once
// One row for all named tests of a program: how many there were, and how many ended as they must. In one file of the
// program: BOOST_TEST_GLOBAL_FIXTURE(...) of a class that derives from it, which lives until the last has ended.
#include <boost/test/framework.hpp>
#include <boost/test/results_collector.hpp>
#include <boost/test/tree/observer.hpp>
#include <boost/test/tree/test_unit.hpp>
#include <string>

#include "tests/sandbox/report/attack_report.h"

namespace runtime::tests {

class NamedTests : public boost::unit_test::test_observer {
 public:
  explicit NamedTests(std::string area) : row_{std::move(area), "named tests", 0, 0, ""} {
    boost::unit_test::framework::register_observer(*this);
  }
  ~NamedTests() override {
    boost::unit_test::framework::deregister_observer(*this);
    report(row_);
  }

  void test_unit_finish(const boost::unit_test::test_unit& unit, unsigned long) override {
    if (unit.p_type != boost::unit_test::TUT_CASE) return;
    ++row_.tried;
    if (boost::unit_test::results_collector.results(unit.p_id).passed()) {
      ++row_.refused;
    } else {
      row_.detail += unit.p_name.get() + " ";
    }
  }

 private:
  AttackRow row_;
};

}  // namespace runtime::tests
