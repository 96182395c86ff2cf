// Folders that move while a call is on its way through them: out of the grant, over each other, the grant itself; and
// mounts that come and go.
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/sandbox/races/race.h"

namespace runtime::tests {
namespace {

const std::string kSecret(kMarker);

}  // namespace

// ".." from a folder that is no longer where it was.
BOOST_AUTO_TEST_CASE(a_folder_moves_out_while_it_is_walked) {
  const Scene scene;
  scene.file("grant/a/b/c/d/inner");
  for (const char* name : {"grant/a/common", "grant/common"}) scene.file(name);
  scene.file("common", kSecret + " beside");
  const Canary canary(scene("common"));
  run(scene, {.name = "..: a folder moves out and back",
              .body = R"(
      const walk = `/g/a/b/c${'/d/..'.repeat(200)}`;  // long enough that the folder moves while it is walked
      for (const [label, path] of [['far', `${walk}/../../../common`], ['near', `${walk}/../../common`]]) {
        attempt(`readFile ${label}`, () => fs.readFileSync(path));
        attempt(`stat ${label}`, () => fs.statSync(path));
        attempt(`truncate ${label}`, () => fs.truncateSync(path, 6));
        attempt(`utimes ${label}`, () => fs.utimesSync(path, 1, 1));
        attempt(`write ${label}`, () => fs.writeFileSync(`${path}.new`, 'mine'));
        attempt(`rename ${label}`, () => fs.renameSync(path, `${path}.moved`));
        attempt(`back ${label}`, () => fs.renameSync(`${path}.moved`, path));
        attempt(`mkdir ${label}`, () => fs.mkdirSync(`${path}.d/e/f`, { recursive: true }));
        attempt(`rm ${label}`, () => fs.rmSync(`${path}.d`, { recursive: true, force: true }));
      }
      attempt('list', () => fs.readdirSync('/g/a/b/c/d/..').length);
      attempt('above', () => fs.readdirSync('/g/a/b/c/d/../../../../..'));)",
              .flip =
                  [&](uint64_t i) {
                    i % 2 == 0 ? scene.move("grant/a/b/c", "stage/c") : scene.move("stage/c", "grant/a/b/c");
                  },
              .bothWays = {"readFile near", "stat near"}});
  BOOST_TEST(canary.changes() == "");
}

// As above, with what stands outside right beside the place that the folder moves to.
BOOST_AUTO_TEST_CASE(a_folder_moves_next_to_a_secret) {
  const Scene scene;
  scene.file("grant/a/b/c/d/inner");
  scene.file("grant/a/common");
  scene.file("other/common", kSecret + " beside");
  scene.folder("other/p");
  const Canary canary(scene("other/common"));
  run(scene, {.name = "..: a folder moves beside a secret",
              .body = R"(
      const walk = `/g/a/b/c${'/d/..'.repeat(200)}`;
      const name = `${walk}/../../common`;
      attempt('readFile', () => fs.readFileSync(name));
      attempt('append', () => fs.appendFileSync(name, ''));
      attempt('truncate', () => fs.truncateSync(name, 6));
      attempt('utimes', () => fs.utimesSync(name, 1, 1));
      attempt('copy', () => fs.copyFileSync('/g/a/b/c/d/inner', name));
      attempt('rename', () => fs.renameSync(name, `${walk}/../../moved`));
      attempt('back', () => fs.renameSync('/g/a/moved', '/g/a/common'));)",
              .flip =
                  [&](uint64_t i) {
                    i % 2 == 0 ? scene.move("grant/a/b/c", "other/p/c") : scene.move("other/p/c", "grant/a/b/c");
                  },
              .bothWays = {"readFile", "truncate"}});
  BOOST_TEST(canary.changes() == "");
}

BOOST_AUTO_TEST_CASE(parents_are_renamed_beneath_long_calls) {
  const Scene scene;
  for (const char* top : {"one", "two"}) {
    for (int i = 0; i < 8; ++i) scene.file(std::string("grant/") + top + "/" + std::to_string(i) + "/q/inner");
  }
  run(scene, {.name = "parents renamed beneath readdir -r, mkdir -p, rm -r, copy",
              .body = R"(
      attempt('readdir -r', () => fs.readdirSync('/g', { recursive: true }).length);
      attempt('mkdir -p', () => fs.mkdirSync('/g/one/m/n/o', { recursive: true }));
      attempt('copyFile', () => fs.copyFileSync('/g/one/0/q/inner', '/g/two/copy'));
      attempt('writeFile', () => fs.writeFileSync('/g/one/m/n/o/new', 'mine'));
      attempt('rename', () => fs.renameSync('/g/one/m/n', '/g/two/n'));
      attempt('rm -r', () => { fs.rmSync('/g/one/m', { recursive: true, force: true });
                               fs.rmSync('/g/two/n', { recursive: true, force: true }); });)",
              .flip =
                  [&](uint64_t i) {
                    scene.exchange("grant/one", "grant/two");
                    if (i % 8 == 0) scene.move("grant/one", "stage/one");
                    if (i % 8 == 1) {
                      scene.move("stage/one", "grant/one");
                      scene.exchange("stage/one", "grant/one");  // the job has made another meanwhile
                      scene.remove("stage/one");
                    }
                  },
              .bothWays = {"copyFile"}});
}

// A file is made where its path leads when it gets its name, not in a folder that has left meanwhile.
BOOST_AUTO_TEST_CASE(a_folder_moves_out_while_a_file_is_written_in_it) {
  const Scene scene;
  scene.folder("grant/d");
  scene.file("grant/source", std::string(1 << 20, 'x'));
  run(scene,
      {.name = "a folder moves out while a file is written in it",
       .body = R"(
      await attemptLater('writeFile', async () => {
        async function* pieces() { for (let i = 0; i < 4; ++i) yield 'x'.repeat(200000); }
        await fs.promises.writeFile('/g/d/long', pieces());
      });
      attempt('large', () => fs.writeFileSync('/g/d/large', 'x'.repeat(900000)));
      attempt('copyFile', () => fs.copyFileSync('/g/source', '/g/d/copy'));
      attempt('unlink', () => { for (const n of ['long', 'large', 'copy']) fs.rmSync(`/g/d/${n}`, { force: true }); });)",
       .flip = [&](uint64_t i) { i % 2 == 0 ? scene.move("grant/d", "stage/d") : scene.move("stage/d", "grant/d"); },
       .bothWays = {"large", "copyFile"}});
}

BOOST_AUTO_TEST_CASE(the_granted_folder_is_replaced) {
  const Scene scene;
  scene.file("grant/inner");
  run(scene, {.name = "the granted folder itself is replaced",
              .body = R"(
      attempt('readFile', () => fs.readFileSync('/g/inner'));
      attempt('readdir', () => fs.readdirSync('/g', { recursive: true }));
      attempt('writeFile', () => fs.writeFileSync('/g/a', 'mine'));
      attempt('realpath', () => fs.realpathSync('/g/a'));
      attempt('rename', () => fs.renameSync('/g/a', '/g/b'));
      attempt('above', () => fs.readdirSync('/g/../outside'));
      attempt('mkdir -p', () => fs.mkdirSync('/g/p/q/r', { recursive: true }));
      attempt('rm -r', () => fs.rmSync('/g/p', { recursive: true, force: true }));)",
              .flip =
                  [&](uint64_t i) {
                    if (i % 2 == 0) {
                      scene.move("grant", "stage/grant");
                      scene.link("grant", "outside/" + kSecret + ".d");
                    } else {
                      static_cast<void>(::unlink(scene("grant").c_str()));
                      scene.move("stage/grant", "grant");
                    }
                  },
              .bothWays = {"realpath"}});
}

BOOST_AUTO_TEST_CASE(mounts_come_and_go) {
  if (!mayMount()) {
    BOOST_TEST_MESSAGE("mounts are made by root only");
    return;
  }
  const Scene scene;
  scene.file("grant/m/inner");
  scene.file("grant/f");
  scene.folder("grant/proc");
  const std::string outside = scene("outside/" + kSecret + ".d"), secret = scene("outside/" + kSecret);
  run(scene,
      {.name = "mounts within a granted folder: folder, file, proc",
       .body = R"(
      attempt('readFile', () => fs.readFileSync('/g/m/inner'));
      attempt('readdir -r', () => fs.readdirSync('/g', { recursive: true }).length);
      attempt('writeFile', () => fs.writeFileSync('/g/m/new', 'mine'));
      attempt('overwrite', () => fs.writeFileSync('/g/m/inner', 'mine'));
      attempt('mkdir -p', () => fs.mkdirSync('/g/m/s/t', { recursive: true }));
      attempt('rm -r', () => fs.rmSync('/g/m/s', { recursive: true, force: true }));
      attempt('rm', () => fs.rmSync('/g/m/new', { force: true }));
      attempt('file', () => fs.readFileSync('/g/f'));
      attempt('truncate', () => fs.truncateSync('/g/f', 3));
      attempt('rename', () => fs.renameSync('/g/f', '/g/f2'));
      attempt('back', () => fs.renameSync('/g/f2', '/g/f'));
      attempt('magic', () => fs.readdirSync('/g/proc/self/root'));
      attempt('magic fd', () => fs.readdirSync('/g/proc/self/fd'));
      attempt('environ', () => fs.readFileSync('/g/proc/self/environ'));
      attempt('mem', () => fs.writeFileSync('/g/proc/self/mem', 'mine'));)",
       .flip =
           [&](uint64_t i) {
             switch (i % 6) {
               case 0:
                 static_cast<void>(::mount(outside.c_str(), scene("grant/m").c_str(), nullptr, MS_BIND, nullptr));
                 break;
               case 1:
                 static_cast<void>(::umount2(scene("grant/m").c_str(), MNT_DETACH));
                 break;
               case 2:
                 static_cast<void>(::mount(secret.c_str(), scene("grant/f").c_str(), nullptr, MS_BIND, nullptr));
                 break;
               case 3:
                 static_cast<void>(::umount2(scene("grant/f").c_str(), MNT_DETACH));
                 break;
               case 4:
                 static_cast<void>(::mount("proc", scene("grant/proc").c_str(), "proc", 0, nullptr));
                 break;
               default:
                 static_cast<void>(::umount2(scene("grant/proc").c_str(), MNT_DETACH));
             }
           },
       .bothWays = {"readFile", "file"}});
  for (const char* name : {"grant/m", "grant/f", "grant/proc"}) {
    while (::umount2(scene(name).c_str(), MNT_DETACH) == 0) {
    }
  }
}

}  // namespace runtime::tests
