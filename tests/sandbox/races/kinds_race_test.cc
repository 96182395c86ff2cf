// Files that become FIFOs, devices, sockets or links of proc while a call is on its way to them: no call waits for
// anybody, and none reaches anything but a file or a folder.
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/sandbox/races/race.h"

namespace runtime::tests {
namespace {

const std::string kSecret(kMarker);

constexpr const char* kEveryCall = R"(
      attempt('readFile', () => fs.readFileSync('/g/x').length);
      attempt('stat', () => fs.statSync('/g/x'));
      attempt('writeFile', () => fs.writeFileSync('/g/x', 'mine'));
      attempt('appendFile', () => fs.appendFileSync('/g/x', 'mine'));
      attempt('truncate', () => fs.truncateSync('/g/x', 2));
      attempt('utimes', () => fs.utimesSync('/g/x', 1, 1));
      attempt('readdir', () => fs.readdirSync('/g/x'));
      attempt('copyFrom', () => fs.copyFileSync('/g/x', '/g/y'));
      attempt('source', () => fs.writeFileSync('/g/source', 'mine'));
      attempt('copyTo', () => fs.copyFileSync('/g/source', '/g/x'));
      for (const flags of ['r', 'r+', 'w', 'a']) {
        await attemptLater(`open ${flags}`, async () => {
          const file = await fs.promises.open('/g/x', flags);
          await file.close();
        });
      }
      attempt('readdir -r', () => fs.readdirSync('/g', { recursive: true }).length);)";

void socketAt(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  BOOST_REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  BOOST_REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  ::close(fd);
}

void against(const Scene& scene, std::string name) {
  scene.file("grant/x");
  run(scene, {.name = std::move(name),
              .body = kEveryCall,
              .flip = [&](uint64_t) { scene.exchange("grant/x", "stage/x"); },
              .bothWays = {"readFile", "writeFile", "copyTo", "open r", "open w"}});
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_becomes_a_fifo) {
  const Scene scene;
  scene.fifo("stage/x");
  against(scene, "file, FIFO");
}

BOOST_AUTO_TEST_CASE(a_file_becomes_a_socket) {
  const Scene scene;
  socketAt(scene("stage/x"));
  against(scene, "file, socket");
}

BOOST_AUTO_TEST_CASE(a_file_becomes_a_device) {
  for (const auto& [name, type, number] :
       {std::tuple("null", S_IFCHR, makedev(1, 3)), std::tuple("tty", S_IFCHR, makedev(5, 0)),
        std::tuple("disk", S_IFBLK, makedev(7, 0))}) {
    const Scene scene;
    if (::mknod(scene("stage/x").c_str(), type | 0666U, number) != 0) {
      BOOST_TEST_MESSAGE("devices are made by root only");
      return;
    }
    against(scene, std::string("file, device: ") + name);
  }
}

BOOST_AUTO_TEST_CASE(a_file_becomes_a_link_of_proc) {
  const Scene scene;
  scene.folder("grant/inside");
  scene.file("grant/x");
  const std::string secret = scene("outside/" + kSecret);
  const std::string up = "../../../../../../..";
  const std::vector<std::string> targets = {"/proc/self/root" + secret,
                                            "/proc/self/cwd",
                                            "/proc/self/exe",
                                            "/proc/self/fd/0",
                                            "/dev/stdin",
                                            up + "/proc/self/root" + secret,
                                            up + "/proc/self/environ",
                                            "/proc/thread-self/root" + secret};
  run(scene, {.name = "file, link of proc",
              .body = kEveryCall,
              .flip =
                  [&](uint64_t i) {
                    i % 2 == 0 ? scene.replaceByLink("grant/x", targets[i / 2 % targets.size()])
                               : scene.replaceByFile("grant/x");
                  },
              .bothWays = {"readFile", "writeFile", "open r"}});
}

}  // namespace runtime::tests
