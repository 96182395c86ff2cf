#include "supervisor/serve/api.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace runtime::serve {
namespace {

BOOST_AUTO_TEST_SUITE(api)

BOOST_AUTO_TEST_CASE(the_description_names_the_routes_and_no_other) {
  std::ifstream file(OPENAPI_DOCUMENT);
  const auto document = nlohmann::json::parse(file);
  std::set<std::string> described, there;
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      described.insert(method + " " + path);
      BOOST_TEST(operation.contains("operationId"), path);
    }
  }
  for (const Route& route : Api::routes()) {
    std::string method = kj::str(route.method).cStr();
    for (char& c : method) c = static_cast<char>(std::tolower(c));
    there.insert(method + " " + std::string(route.path));
    const auto& operation = document["paths"][std::string(route.path)][method];
    BOOST_TEST(operation.contains("security") == (route.access != Access::kAll), route.path);
  }
  BOOST_TEST(described == there, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::serve
