#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/sandbox/races/race.h"

namespace runtime::tests {
namespace {

// Before the first thread: mounts of this program are seen by nobody else.
struct OwnMounts {
  OwnMounts() {
    ::signal(SIGPIPE, SIG_IGN);
    own = ::geteuid() == 0 && ::unshare(CLONE_NEWNS) == 0 &&
          ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  }
  static inline bool own = false;
};

BOOST_TEST_GLOBAL_FIXTURE(OwnMounts);

}  // namespace

bool mayMount() { return OwnMounts::own; }

}  // namespace runtime::tests
