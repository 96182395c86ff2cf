#include "ipc/wire_error.h"

#include <errno.h>

#include <boost/test/unit_test.hpp>

namespace runtime::ipc {

BOOST_AUTO_TEST_SUITE(wire_error)

BOOST_AUTO_TEST_CASE(crosses_as_it_was) {
  const WireError sent{"EACCES", "fs", "read", "/docs/ü.md", "not granted"};
  const auto received = fromException(toException(sent));
  BOOST_REQUIRE(received.has_value());
  BOOST_TEST(received->code == sent.code);
  BOOST_TEST(received->capability == sent.capability);
  BOOST_TEST(received->right == sent.right);
  BOOST_TEST(received->resource == sent.resource);
  BOOST_TEST(received->message == sent.message);
}

BOOST_AUTO_TEST_CASE(words_of_the_rpc_system_before_it_do_not_matter) {
  auto exception = toException({"ENOENT", "", "", "/a", ""});
  exception.setDescription(kj::str("remote exception: ", exception.getDescription()));
  BOOST_TEST(fromException(exception)->code == "ENOENT");
}

BOOST_AUTO_TEST_CASE(a_guest_path_cannot_forge_a_field) {
  const auto received = fromException(toException({"ENOENT", "", "", std::string("/a\x1f") + "EVIL\x1f", ""}));
  BOOST_TEST(received->code == "ENOENT");
  BOOST_TEST(received->resource == "/a?EVIL?");
  BOOST_TEST(received->message == "");
}

BOOST_AUTO_TEST_CASE(other_exceptions_are_not_taken_for_one) {
  BOOST_TEST(!fromException(kj::Exception(kj::Exception::Type::FAILED, "", 0, kj::str("/host/path is broken"))));
  BOOST_TEST(!fromException(kj::Exception(kj::Exception::Type::FAILED, "", 0, kj::str("secure-runtime-error:ENOENT"))));
}

BOOST_AUTO_TEST_CASE(errors_have_the_names_of_node) {
  BOOST_TEST(errnoName(ENOENT) == "ENOENT");
  BOOST_TEST(errnoName(EXDEV) == "EXDEV");
  BOOST_TEST(errnoName(99999) == "EIO");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::ipc
