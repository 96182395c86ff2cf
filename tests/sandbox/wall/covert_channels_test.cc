// Eight ways for two workers to speak behind the supervisor's back, tried from both: behind the filter each dies of the
// attempt; with the filter taken away the layers beneath it close the way, save what is said here.
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <format>

#include "tests/sandbox/report/attack_report.h"
#include "tests/sandbox/wall/confined.h"

namespace {

using namespace runtime::tests;

constexpr uint64_t kKey = 0x5ec0de;
constexpr uint64_t kHere = static_cast<uint64_t>(AT_FDCWD);

struct Call {
  int64_t number;
  std::array<uint64_t, 6> arguments;  // kScratch stands for the address of memory that the probe may use
  Answer beneath;                     // without the filter
};
// No address of a process, and no argument of a call here.
constexpr uint64_t kScratch = 0xfeedfeedfeedfeed;

struct Channel {
  const char* name;
  Call speaks, listens;  // the one worker does the first, the other, of another zygote, the second
};

using Scratch = ScratchText;
constexpr uint64_t at(size_t offset) { return kScratch + offset; }

const std::array<Channel, 8> kChannels{{
    // A segment that one makes is no segment of the other's IPC namespace.
    {"shared memory", {SYS_shmget, {kKey, 4096, IPC_CREAT | 0666}, 0}, {SYS_shmget, {kKey, 4096, 0}, -ENOENT}},
    // Each zygote's workers have a session keyring of their own; what is put into one is not found in the other.
    {"keyring",
     {SYS_add_key,
      {at(offsetof(Scratch, key)), at(offsetof(Scratch, sharedMemory)), at(0), 1,
       static_cast<uint64_t>(KEY_SPEC_SESSION_KEYRING)},
      1},
     {SYS_request_key, {at(offsetof(Scratch, key)), at(offsetof(Scratch, sharedMemory)), 0, 0}, -ENOKEY}},
    // No descriptor can be had to put a lock on (RLIMIT_NOFILE is 0).
    {"flock", {SYS_openat, {kHere, at(0), O_RDONLY}, -EMFILE}, {SYS_openat, {kHere, at(0), O_RDONLY}, -EMFILE}},
    {"abstract sockets",
     {SYS_socket, {AF_UNIX, SOCK_STREAM, 0}, -EMFILE},
     {SYS_socket, {AF_UNIX, SOCK_STREAM, 0}, -EMFILE}},
    // Nobody has the capability to change the name.
    {"uts", {SYS_sethostname, {at(0), 1}, -EPERM}, {SYS_sethostname, {at(0), 1}, -EPERM}},
    {"ipc", {SYS_msgget, {kKey, IPC_CREAT | 0666}, 0}, {SYS_msgget, {kKey, 0}, -ENOENT}},
    {"inotify", {SYS_inotify_init1, {0}, -EMFILE}, {SYS_inotify_init1, {0}, -EMFILE}},
    {"/dev/shm",
     {SYS_openat, {kHere, at(offsetof(Scratch, sharedMemory)), O_RDWR | O_CREAT, 0666}, -EMFILE},
     {SYS_openat, {kHere, at(offsetof(Scratch, sharedMemory)), O_RDWR}, -EMFILE}},
}};

Answer perform(Probe& probe, const Call& call) {
  const auto scratch = static_cast<uint64_t>(probe.obey({Command::Kind::kScratchAddress, 0, {}}).value_or(0));
  BOOST_REQUIRE(scratch != 0u);
  auto arguments = call.arguments;
  for (uint64_t& argument : arguments)
    if (argument >= kScratch && argument < kScratch + sizeof(Scratch)) argument = argument - kScratch + scratch;
  return probe.call(call.number, arguments).value_or(0);
}

int deathOf(Confined& confined, const Call& call) {
  Probe probe = confined.spawn();
  if (probe.call(call.number, call.arguments)) return 0;
  const int status = probe.status();
  return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

void count(AttackRow& row, bool refused) {
  ++row.tried;
  if (refused) ++row.refused;
}

}  // namespace

BOOST_AUTO_TEST_CASE(noCovertChannelBehindTheFilter) {
  Confined confined(EngineMode::kJit);
  AttackRow row{"covert channels", "behind the filter", 0, 0, "SIGSYS"};
  for (const Channel& channel : kChannels) {
    for (const Call& call : {channel.speaks, channel.listens}) {
      const int death = deathOf(confined, call);
      BOOST_TEST(death == SIGSYS, channel.name);
      count(row, death == SIGSYS);
    }
  }
  report(row);
}

BOOST_AUTO_TEST_CASE(noCovertChannelBeneathTheFilter) {
  Confined confined(EngineMode::kJit, UNFILTERED_ZYGOTE);
  AttackRow row{"covert channels", "without the filter, two zygotes", 0, 0, "namespaces, keyring, limits"};
  for (const Channel& channel : kChannels) {
    Probe speaker = confined.spawn(), listener = confined.spawnElsewhere();
    BOOST_REQUIRE((speaker.obey({Command::Kind::kPrepareScratch, 0, {}}) == 0));
    BOOST_REQUIRE((listener.obey({Command::Kind::kPrepareScratch, 0, {}}) == 0));
    const Answer spoken = perform(speaker, channel.speaks);
    const Answer heard = perform(listener, channel.listens);
    // Numbers of objects that could be made are the kernel's to choose.
    const bool asExpected = channel.speaks.beneath < 0 ? spoken == channel.speaks.beneath : spoken >= 0;
    BOOST_TEST(asExpected, channel.name << ": " << spoken);
    BOOST_TEST(heard == channel.listens.beneath, channel.name << ": " << heard);
    count(row, asExpected && heard == channel.listens.beneath);
  }
  report(row);
}

// Towards a sibling, the zygote (1) and the supervisor, which has no number in their namespace.
BOOST_AUTO_TEST_CASE(noSignalAndNoTraceBehindTheFilter) {
  Confined confined(EngineMode::kJit);
  AttackRow row{"processes", "signals and ptrace, behind the filter", 0, 0, "SIGSYS"};
  Probe sibling = confined.spawn();
  for (const uint64_t target : {uint64_t{1}, uint64_t{2}, ~uint64_t{0}, static_cast<uint64_t>(::getpid())}) {
    for (const Call& call : {Call{SYS_kill, {target, SIGKILL}, 0}, Call{SYS_tgkill, {target, target, SIGKILL}, 0},
                             Call{SYS_ptrace, {PTRACE_ATTACH, target}, 0}, Call{SYS_pidfd_open, {target}, 0},
                             Call{SYS_process_vm_readv, {target}, 0}, Call{SYS_rt_sigqueueinfo, {target}, 0}}) {
      const int death = deathOf(confined, call);
      BOOST_TEST(death == SIGSYS, call.number);
      count(row, death == SIGSYS);
    }
  }
  BOOST_TEST(sibling.lives());
  report(row);
}

BOOST_AUTO_TEST_CASE(noSignalAndNoTraceBeneathTheFilter) {
  Confined confined(EngineMode::kJit, UNFILTERED_ZYGOTE);
  AttackRow row{"processes", "signals and ptrace upwards, without the filter", 0, 0, "PID namespace, no capability"};
  Probe attacker = confined.spawn();
  const auto expect = [&](const Call& call, Answer answer) {
    const Answer got = attacker.call(call.number, call.arguments).value_or(0);
    BOOST_TEST(got == answer, call.number << ": " << got);
    count(row, got == answer);
  };
  const auto supervisor = static_cast<uint64_t>(::getpid());
  expect({SYS_kill, {supervisor, SIGKILL}, 0}, -ESRCH);
  expect({SYS_ptrace, {PTRACE_ATTACH, supervisor}, 0}, -ESRCH);
  expect({SYS_pidfd_open, {supervisor}, 0}, -ESRCH);
  // A signal that process 1 has no handler for does not reach it from inside; it is not dumpable.
  expect({SYS_kill, {1, SIGKILL}, 0}, 0);
  expect({SYS_ptrace, {PTRACE_ATTACH, 1}, 0}, -EPERM);
  expect({SYS_process_vm_readv, {1}, 0}, 0);
  BOOST_TEST(confined.spawn().lives());
  report(row);
}

BOOST_AUTO_TEST_CASE(nothingToOpenBeneathTheFilter) {
  Confined confined(EngineMode::kJit, UNFILTERED_ZYGOTE);
  AttackRow row{"files", "without the filter", 0, 0, "empty root, no capability, no descriptor"};
  Probe probe = confined.spawn();
  BOOST_REQUIRE((probe.obey({Command::Kind::kPrepareScratch, 0, {}}) == 0));
  const auto expect = [&](const Call& call, Answer answer) {
    const Answer got = perform(probe, call);
    BOOST_TEST(got == answer, call.number << ": " << got);
    count(row, got == answer);
  };
  expect({SYS_access, {at(offsetof(Scratch, sharedMemory)), F_OK}, 0}, -ENOENT);
  expect({SYS_mkdirat, {kHere, at(offsetof(Scratch, key)), 0777}, 0}, -EROFS);
  expect({SYS_dup, {0}, 0}, -EMFILE);
  expect({SYS_mount, {at(0), at(0), at(0), 0, 0}, 0}, -EPERM);
  expect({SYS_chroot, {at(0)}, 0}, -EPERM);
  expect({SYS_setuid, {0}, 0}, 0);  // it is uid 0 of its own namespace, and stays without capabilities
  expect({SYS_unshare, {CLONE_NEWNET}, 0}, -EPERM);
  expect({SYS_fork, {}, 0}, -EAGAIN);
  expect({SYS_prctl, {PR_SET_DUMPABLE, 1}, 0}, 0);
  report(row);
}
