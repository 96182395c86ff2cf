#include <signal.h>
#include <sys/prctl.h>

#include <boost/test/unit_test.hpp>

namespace {

// What a command leaves behind becomes a child of this process, where it can be seen.
struct Reaper {
  Reaper() {
    ::signal(SIGPIPE, SIG_IGN);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  }
};

BOOST_TEST_GLOBAL_FIXTURE(Reaper);

}  // namespace
