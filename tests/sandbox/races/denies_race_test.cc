// What a deny binds stays bound, whichever name leads to it and whatever happens to that name meanwhile.
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/sandbox/races/race.h"

namespace runtime::tests {
namespace {

const std::string kSecret(kMarker);
constexpr const char* kDeny = "[[deny]]\nto = \"**\"\nfs = [{ at = \"/g/private/**\" }]\n";

}  // namespace

BOOST_AUTO_TEST_CASE(a_link_leads_to_what_is_denied) {
  const Scene scene;
  for (const char* name : {"inner", "a", "p/inner"}) {
    scene.file(std::string("grant/open/") + name);
    scene.file(std::string("grant/private/") + name, std::string(kSecret) + " denied");
  }
  scene.link("grant/d", "open");
  scene.link("stage/d", "private");
  const Canary canary(scene("grant/private"));
  run(scene, {.name = "deny: folder link to what is open, to what is denied",
              .body = R"(
      attempt('readFile', () => fs.readFileSync('/g/d/inner'));
      attempt('readdir', () => fs.readdirSync('/g/d'));
      attempt('readdir -r', () => fs.readdirSync('/g/d', { recursive: true }));
      attempt('whole', () => fs.readdirSync('/g', { recursive: true }).filter((n) => n.startsWith('private/')).map(() => MARKER));
      attempt('realpath', () => fs.realpathSync('/g/d/inner').replace('private', MARKER));
      attempt('up', () => fs.readFileSync('/g/d/p/../inner'));
      attempt('write', () => fs.writeFileSync('/g/d/a', 'mine'));
      attempt('new', () => fs.writeFileSync('/g/d/new', 'mine'));
      attempt('truncate', () => fs.truncateSync('/g/d/a', 1));
      attempt('utimes', () => fs.utimesSync('/g/d/a', 1, 1));
      attempt('copyFrom', () => fs.copyFileSync('/g/d/inner', '/g/copy'));
      attempt('copied', () => fs.readFileSync('/g/copy'));
      attempt('rename', () => fs.renameSync('/g/d/new', '/g/d/new2'));
      attempt('mkdir -p', () => fs.mkdirSync('/g/d/s/t', { recursive: true }));
      attempt('mkdtemp', () => fs.mkdtempSync('/g/d/s/t/'));
      attempt('rm -r', () => fs.rmSync('/g/d/s', { recursive: true, force: true }));
      attempt('unlink', () => fs.unlinkSync('/g/d/new2'));
      attempt('dir', () => { const d = fs.dir('/g/d'); try { return d.readFileSync('/inner'); } finally { d.revoke(); } });
      await attemptLater('import', async () => {
        const file = await fs.promises.open('/g/d/inner', 'r+');
        try { await file.write('mine'); return await file.readFile(); } finally { await file.close(); }
      });)",
              .flip = [&](uint64_t) { scene.exchange("grant/d", "stage/d"); },
              .denies = kDeny,
              .bothWays = {"readFile", "readdir", "write", "copyFrom", "mkdir -p", "dir"}});
  BOOST_TEST(canary.changes() == "");
}

// The job itself: by renaming folders of its own it brings nothing under a name that a deny binds, and nothing out.
BOOST_AUTO_TEST_CASE(a_folder_is_moved_over_a_denied_name) {
  const Scene scene;
  scene.file("grant/keep/secret/inner", std::string(kSecret) + " denied");
  const Canary canary(scene("grant/keep"));
  const Outcome outcome =
      run(scene,
          {.name = "deny: folders are moved to where it binds",
           .body = R"(
      attempt('make', () => fs.mkdirSync('/g/t/hooks', { recursive: true }));
      attempt('fill', () => fs.writeFileSync('/g/t/hooks/run', 'mine'));
      attempt('direct', () => fs.mkdirSync('/g/git/hooks', { recursive: true }));
      attempt('into', () => fs.renameSync('/g/t', '/g/git'));
      attempt('out', () => fs.renameSync('/g/keep', '/g/kept'));
      attempt('rm', () => fs.rmSync('/g/keep', { recursive: true }));
      attempt('read', () => fs.readFileSync('/g/kept/secret/inner'));
      attempt('over', () => { fs.mkdirSync('/g/u'); fs.renameSync('/g/u', '/g/keep'); });
      attempt('clean', () => fs.rmSync('/g/u', { recursive: true, force: true }));)",
           .flip = [&](uint64_t) { scene.exchange("stage", "stage"); },
           .denies = "[[deny]]\nto = \"**\"\nfs = [{ at = \"/g/keep/secret/**\" }, { at = \"/g/git/hooks/**\" }]\n"});
  for (const char* label : {"into", "out", "rm", "read", "over", "direct"}) {
    BOOST_TEST(outcome.of(std::string(label) + " ok") == 0u, label);
  }
  BOOST_TEST(!std::filesystem::exists(scene("grant/git/hooks")));
  BOOST_TEST(canary.changes() == "");
}

}  // namespace runtime::tests
