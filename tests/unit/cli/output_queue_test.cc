// What is printed to a terminal, to its last byte.
#include "supervisor/cli/output_queue.h"

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>

#include "ipc/os/unique_fd.h"

namespace runtime::cli {
namespace {

BOOST_AUTO_TEST_CASE(a_character_that_is_cut_off_at_the_end_is_shown_as_replaced) {
  const os::UniqueFd person(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  std::array<char, 64> name{};
  BOOST_REQUIRE(person);
  BOOST_REQUIRE(::grantpt(person.get()) == 0 && ::unlockpt(person.get()) == 0);
  BOOST_REQUIRE(::ptsname_r(person.get(), name.data(), name.size()) == 0);
  os::UniqueFd terminal(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  BOOST_REQUIRE(terminal);
  const os::UniqueFd before(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  BOOST_REQUIRE(::dup2(terminal.get(), STDOUT_FILENO) == STDOUT_FILENO);
  OutputQueue queue;
  queue.push(OutputStream::kStdout, "end\xE2\x82");
  OutputWriter writer(queue);
  do {
    while (writer.waitingFor() >= 0) writer.writeSome();
  } while (writer.finishText());
  ::dup2(before.get(), STDOUT_FILENO);
  terminal.reset();
  std::string shown;
  std::array<char, 64> piece{};
  for (ssize_t size = 0; (size = ::read(person.get(), piece.data(), piece.size())) > 0;) {
    shown.append(piece.data(), static_cast<size_t>(size));
  }
  BOOST_TEST(shown == "end\xEF\xBF\xBD");
}

}  // namespace
}  // namespace runtime::cli
