// Files and folders that become symlinks to what stands outside, and hard links.
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/sandbox/races/race.h"

namespace runtime::tests {
namespace {

const std::string kSecret(kMarker);

// Each name by which a link can lead outside.
std::string secretFrom(const Scene& scene, uint64_t i) {
  switch (i % 3) {
    case 0:
      return "../outside/" + kSecret;
    case 1:
      return scene("outside/" + kSecret);
    default:
      return "inside/../../outside/" + kSecret;
  }
}

std::string secretFolderFrom(const Scene& scene, uint64_t i) {
  return i % 2 == 0 ? "../outside/" + kSecret + ".d" : scene("outside/" + kSecret + ".d");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_becomes_a_link_while_it_is_read) {
  const Scene scene;
  scene.folder("grant/inside");
  scene.file("grant/x");
  scene.link("stage/x", "../outside/" + kSecret);
  run(scene, {.name = "reads: file, symlink outside",
              .body = R"(
      attempt('readFile', () => fs.readFileSync('/g/x'));
      attempt('stat', () => fs.statSync('/g/x'));
      attempt('lstat', () => fs.lstatSync('/g/x').isSymbolicLink());
      attempt('access', () => fs.accessSync('/g/x'));
      attempt('realpath', () => fs.realpathSync('/g/x'));
      attempt('readlink', () => fs.readlinkSync('/g/x'));
      attempt('copyFile', () => fs.copyFileSync('/g/x', '/g/copy'));
      attempt('copy', () => fs.readFileSync('/g/copy'));
      await attemptLater('open', async () => {
        const file = await fs.promises.open('/g/x');
        try { return await file.readFile(); } finally { await file.close(); }
      });)",
              .flip =
                  [&](uint64_t i) {
                    if (i % 2 == 0) return scene.exchange("grant/x", "stage/x");
                    const bool linkIsOut = std::filesystem::is_symlink(scene("stage/x"));
                    if (linkIsOut) scene.replaceByLink("stage/x", secretFrom(scene, i / 2));
                  },
              .bothWays = {"readFile", "stat", "realpath", "copyFile", "open"}});
}

// A link that leads from inside to inside may be read; the text of one that leads outside is not told, even where it
// is put in the other's place between two looks.
BOOST_AUTO_TEST_CASE(a_link_changes_its_target_while_it_is_read) {
  const Scene scene;
  scene.file("grant/file");
  scene.link("grant/x", "file");
  scene.link("stage/x", "../outside/" + kSecret);
  run(scene, {.name = "readlink: target inside, outside",
              .body = R"(for (let i = 0; i < 8; ++i) attempt('readlink', () => fs.readlinkSync('/g/x'));)",
              .flip = [&](uint64_t) { scene.exchange("grant/x", "stage/x"); },
              .bothWays = {"readlink"}});
}

BOOST_AUTO_TEST_CASE(a_file_becomes_a_link_while_it_is_written) {
  const Scene scene;
  scene.folder("grant/inside");
  run(scene, {.name = "writes: file, symlink outside, nothing",
              .body = R"(
      attempt('writeFile', () => fs.writeFileSync('/g/x', 'mine'));
      attempt('writeNew', () => fs.writeFileSync('/g/x', 'mine', { flag: 'wx' }));
      attempt('appendFile', () => fs.appendFileSync('/g/x', 'mine'));
      attempt('truncate', () => fs.truncateSync('/g/x', 3));
      attempt('utimes', () => fs.utimesSync('/g/x', 1, 1));
      attempt('source', () => fs.writeFileSync('/g/source', 'mine'));
      attempt('copyFile', () => fs.copyFileSync('/g/source', '/g/x'));
      attempt('copyNew', () => fs.copyFileSync('/g/source', '/g/x', fs.constants.COPYFILE_EXCL));
      for (const flags of ['r+', 'w', 'w+', 'a', 'a+', 'ax']) {
        await attemptLater(`open ${flags}`, async () => {
          const file = await fs.promises.open('/g/x', flags);
          try {
            await file.write('mine');
            await file.truncate(2);
          } finally { await file.close(); }
        });
      })",
              .flip =
                  [&](uint64_t i) {
                    if (i % 3 == 0) return scene.replaceByFile("grant/x");
                    if (i % 3 == 1) return scene.replaceByLink("grant/x", secretFrom(scene, i));
                    static_cast<void>(::unlink(scene("grant/x").c_str()));
                  },
              .bothWays = {"writeFile", "appendFile", "truncate", "utimes", "copyFile", "open r+", "open w"}});
}

BOOST_AUTO_TEST_CASE(a_file_becomes_a_link_while_its_name_is_moved) {
  const Scene scene;
  scene.folder("grant/inside");
  run(scene, {.name = "names: file, symlink outside",
              .body = R"(
      attempt('unlink', () => fs.unlinkSync('/g/x'));
      attempt('rename', () => fs.renameSync('/g/x', '/g/y'));
      attempt('back', () => fs.renameSync('/g/y', '/g/x'));
      attempt('readMoved', () => fs.readFileSync('/g/y'));
      attempt('rm', () => fs.rmSync('/g/x', { force: true }));
      attempt('rm -r', () => fs.rmSync('/g/y', { recursive: true, force: true }));
      attempt('rmdir', () => fs.rmdirSync('/g/x'));
      attempt('mkdir', () => fs.mkdirSync('/g/x/y/z', { recursive: true }));
      attempt('mkdtemp', () => fs.mkdtempSync('/g/x/y-'));
      attempt('unlinkFolder', () => fs.rmSync('/g/x', { recursive: true, force: true }));)",
              .flip =
                  [&](uint64_t i) {
                    if (i % 4 == 0) return scene.replaceByFile("grant/x");
                    if (i % 4 == 1) return scene.replaceByLink("grant/x", secretFrom(scene, i));
                    if (i % 4 == 2) return scene.replaceByLink("grant/x", secretFolderFrom(scene, i));
                    static_cast<void>(::unlink(scene("grant/x").c_str()));
                  },
              .bothWays = {"unlink", "rename"}});
}

BOOST_AUTO_TEST_CASE(a_folder_becomes_a_link) {
  const Scene scene;
  const auto fill = [&](const std::string& at) {
    for (const char* name : {"inner", "a", "b", "p/q/inner"}) scene.file(at + "/" + name);
  };
  fill("grant/d");
  scene.link("stage/d", "../outside/" + kSecret + ".d");
  run(scene, {.name = "folder, symlink outside",
              .body = R"(
      attempt('readFile', () => fs.readFileSync('/g/d/inner'));
      attempt('readdir', () => fs.readdirSync('/g/d'));
      attempt('readdir -r', () => fs.readdirSync('/g/d', { recursive: true }));
      attempt('realpath', () => fs.realpathSync('/g/d/inner'));
      attempt('writeFile', () => fs.writeFileSync('/g/d/new', 'mine'));
      attempt('overwrite', () => fs.writeFileSync('/g/d/inner', 'mine'));
      attempt('truncate', () => fs.truncateSync('/g/d/a', 1));
      attempt('utimes', () => fs.utimesSync('/g/d/a', 1, 1));
      attempt('utimesFolder', () => fs.utimesSync('/g/d', 1, 1));
      attempt('copyFile', () => fs.copyFileSync('/g/d/a', '/g/d/c'));
      attempt('rename', () => fs.renameSync('/g/d/c', '/g/d/e'));
      attempt('unlink', () => fs.unlinkSync('/g/d/e'));
      attempt('mkdir', () => fs.mkdirSync('/g/d/m'));
      attempt('rmdir', () => fs.rmdirSync('/g/d/m'));
      attempt('mkdir -p', () => fs.mkdirSync('/g/d/s/t/u', { recursive: true }));
      attempt('mkdtemp', () => fs.mkdtempSync('/g/d/s/t/'));
      attempt('rm -r', () => fs.rmSync('/g/d/s', { recursive: true, force: true }));
      attempt('dir', () => { const d = fs.dir('/g/d'); try { return d.readFileSync('/a'); } finally { d.revoke(); } });)",
              .flip = [&](uint64_t) { scene.exchange("grant/d", "stage/d"); },
              .bothWays = {"readFile", "readdir -r", "writeFile", "mkdir -p", "rename", "dir"}});
}

// Removed whole, while folders within become links to what stands outside.
BOOST_AUTO_TEST_CASE(a_tree_is_removed_while_its_folders_become_links) {
  const Scene scene;
  const Outcome outcome = run(
      scene, {.name = "rm -r: folders within, symlinks outside",
              .body = R"(
      attempt('mkdir', () => fs.mkdirSync('/g/t/p/q', { recursive: true }));
      attempt('write', () => { for (const n of ['t/a', 't/p/b', 't/p/q/inner']) fs.writeFileSync(`/g/${n}`, 'mine'); });
      // What stands there right before: a link, or still the folder.
      attempt('link', () => { if (!fs.lstatSync('/g/t/p').isSymbolicLink()) fs.mkdirSync('/g/t/p'); });
      attempt('rm -r', () => fs.rmSync('/g/t', { recursive: true, force: true }));)",
              .flip =
                  [&](uint64_t i) {
                    const std::string at = i % 2 == 0 ? "grant/t/p" : "grant/t/p/q";
                    static_cast<void>(::symlink(scene("outside/" + kSecret + ".d").c_str(), scene("stage/d").c_str()));
                    scene.exchange(at, "stage/d");
                    if (!std::filesystem::is_symlink(scene("stage/d"))) scene.remove("stage/d");
                  },
              .bothWays = {"link"}});
  BOOST_TEST(outcome.of("rm -r ok") > 0u);
}

BOOST_AUTO_TEST_CASE(a_tree_is_listed_while_its_folders_become_links) {
  const Scene scene;
  for (int i = 0; i < 20; ++i) scene.file("grant/t/" + std::to_string(i) + "/q/inner");
  scene.link("stage/d", scene("outside/" + kSecret + ".d"));
  run(scene, {.name = "readdir -r: folders within, symlinks outside",
              .body = R"(
      attempt('readdir -r', () => fs.readdirSync('/g/t', { recursive: true }));
      attempt('through', () => fs.readdirSync('/g/t/0/q/'));)",
              .flip = [&](uint64_t i) {
                const std::string at = "grant/t/" + std::to_string(i / 2 % 20) + (i % 4 < 2 ? "/q" : "");
                scene.exchange(at, "stage/d");
                scene.exchange(at, "stage/d");
              }});
}

// What SECURITY.md says of them: a hard link made from outside is the file it links to. The rights are those of the
// grant; a name that is removed or replaced takes nothing else with it.
BOOST_AUTO_TEST_CASE(a_hard_link_is_the_file) {
  const Scene scene;
  scene.file("grant/x");
  scene.file("elsewhere/file", "linked");
  const Outcome reads =
      run(scene, {.name = "hard link: read only what is readable",
                  .body = R"(
      attempt(fs.readFileSync('/g/x', 'utf8') === 'linked' ? 'linked' : 'own', () => fs.readFileSync('/g/x'));
      attempt('writeFile', () => fs.writeFileSync('/g/x', 'mine'));
      attempt('truncate', () => fs.truncateSync('/g/x', 0));
      attempt('utimes', () => fs.utimesSync('/g/x', 1, 1));)",
                  .flip =
                      [&](uint64_t i) {
                        if (i % 2 == 0) return scene.replaceByFile("grant/x");
                        static_cast<void>(::link(scene("elsewhere/file").c_str(), scene("stage/link").c_str()));
                        scene.move("stage/link", "grant/x");
                      },
                  .rights = R"("read")"});
  BOOST_TEST(reads.of("linked ok") > 0u);
  for (const char* label : {"writeFile", "truncate", "utimes"}) BOOST_TEST(reads.of(std::string(label) + " ok") == 0u);
  std::ifstream stream(scene("elsewhere/file"));
  BOOST_TEST(std::string(std::istreambuf_iterator<char>(stream), {}) == "linked");

  const Scene other;
  const Outcome outcome =
      run(other, {.name = "hard link: removed, replaced",
                  .body = R"(
      attempt('unlink', () => fs.unlinkSync('/g/x'));
      attempt('source', () => fs.writeFileSync('/g/source', 'mine', { flag: 'wx' }));
      attempt('rename', () => fs.renameSync('/g/source', '/g/x'));
      attempt('rm', () => fs.rmSync('/g/x'));)",
                  .flip =
                      [&](uint64_t) {
                        static_cast<void>(::link(other("outside/" + kSecret).c_str(), other("stage/link").c_str()));
                        other.move("stage/link", "grant/x");
                        // Where it was the same file, rename(2) leaves both names.
                        static_cast<void>(::unlink(other("stage/link").c_str()));
                        static_cast<void>(::unlink(other("grant/x").c_str()));
                      },
                  .rights = R"("create", "write", "delete")"});
  BOOST_TEST(outcome.of("unlink ok") + outcome.of("rm ok") > 0u);
}

}  // namespace runtime::tests
