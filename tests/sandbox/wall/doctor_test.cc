// What doctor finds on a host where the other tests of this program pass, and what it says where a layer is missing.
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

#include "supervisor/attempt.h"
#include "supervisor/runtime.h"

using namespace runtime;

BOOST_AUTO_TEST_CASE(everyRequiredLayerIsHere) {
  const auto layers = examineHost({});
  BOOST_TEST(layers.size() >= 20u);
  for (const Layer& layer : layers) {
    BOOST_TEST_MESSAGE(layer.name << (layer.available ? " yes " : " no ") << layer.detail);
    if (layer.required) BOOST_TEST(layer.available, layer.name << ": " << layer.detail);
    BOOST_TEST(!layer.detail.empty(), layer.name);
  }
  for (const char* name :
       {"user-namespace", "mount-namespace", "pid-namespace", "net-namespace", "ipc-namespace", "uts-namespace",
        "cgroup-namespace", "namespaces", "empty-root", "capabilities", "seccomp", "no-new-privs", "parent-death",
        "pidfd", "openat2", "kernel", "memory-limit", "not-dumpable"})
    BOOST_TEST((std::ranges::count(layers, name, &Layer::name) == 1), name);
}

// Beneath a namespace that may have no other beneath it, as on a host that forbids them.
BOOST_AUTO_TEST_CASE(withoutUserNamespacesItSaysSo) {
  const auto attempt = supervisor::attemptInChild([] {
    const uid_t uid = ::geteuid();
    if (::unshare(CLONE_NEWUSER) != 0) return 1;
    std::ofstream("/proc/self/uid_map") << "0 " << uid << " 1\n";
    std::ofstream setting("/proc/sys/user/max_user_namespaces");
    setting << "0\n";
    setting.close();
    const auto layers = examineHost({});
    for (const Layer& layer : layers) {
      if (layer.name == "user-namespace" && layer.available) return 2;
      if (layer.name == "namespaces" && (layer.available || !layer.detail.contains("sysctl"))) return 3;
      if (layer.name == "seccomp" && !layer.available) return 4;
    }
    return 0;
  });
  BOOST_TEST(attempt.worked(), attempt.error);
}

BOOST_AUTO_TEST_CASE(attempts) {
  BOOST_TEST(supervisor::attemptInChild([] { return 0; }).worked());
  BOOST_TEST(supervisor::attemptInChild([] { return EPERM; }).error == EPERM);
  BOOST_TEST(!supervisor::attemptInChild([]() -> int {
                ::raise(SIGKILL);
                return 0;
              }).worked());
  BOOST_TEST(!supervisor::attemptToDie(SIGSYS, [] {}).worked());
  BOOST_TEST(supervisor::attemptToDie(SIGKILL, [] { ::raise(SIGKILL); }).worked());
}
