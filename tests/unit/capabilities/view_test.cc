#include "capabilities/view.h"

#include <boost/test/unit_test.hpp>

#include "capabilities/canonical.h"
#include "tests/unit/capabilities/scene.h"

using namespace runtime::capabilities;
using runtime::test::Scene;

namespace {

// "at|relative|guest" of a path, or the errno.
std::string resolved(const View& view, std::string_view path) {
  const auto result = view.resolve(path);
  if (!result) return std::to_string(result.error());
  return (result->mount == nullptr ? "-" : result->mount->at) + "|" + result->relative + "|" + result->guest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(view)

BOOST_AUTO_TEST_CASE(a_path_belongs_to_the_longest_at_of_whole_components) {
  Scene scene;
  for (const auto* name : {"a", "b", "c", "d"}) scene.folder(name);
  scene.entry("a", "/docs");
  scene.entry("b", "/docs/sub");
  scene.entry("c", "/docs2");
  const auto view = scene.view();
  BOOST_TEST(resolved(*view, "/docs") == "/docs||/docs");
  BOOST_TEST(resolved(*view, "docs/a.md") == "/docs|a.md|/docs/a.md");
  BOOST_TEST(resolved(*view, "//docs/./x//y") == "/docs|x/y|/docs/x/y");
  BOOST_TEST(resolved(*view, "/docs/sub") == "/docs/sub||/docs/sub");
  BOOST_TEST(resolved(*view, "/docs/sub/f") == "/docs/sub|f|/docs/sub/f");
  BOOST_TEST(resolved(*view, "/docs/subx/f") == "/docs|subx/f|/docs/subx/f");
  BOOST_TEST(resolved(*view, "/docs2/f") == "/docs2|f|/docs2/f");
  BOOST_TEST(resolved(*view, "/docs3") == "-||/docs3");
  BOOST_TEST(resolved(*view, "/") == "-||/");
  BOOST_TEST(resolved(*view, "/docs/x/") == "/docs|x/|/docs/x");
}

BOOST_AUTO_TEST_CASE(only_what_precedes_dot_dot_chooses_the_entry) {
  Scene scene;
  scene.folder("a");
  scene.folder("b");
  scene.entry("a", "/docs");
  scene.entry("b", "/docs/sub");
  const auto view = scene.view();
  BOOST_TEST(resolved(*view, "/docs/x/../sub/f") == "/docs|x/../sub/f|/docs/x/../sub/f");
  BOOST_TEST(resolved(*view, "/docs/sub/../f") == "/docs/sub|../f|/docs/sub/../f");
  BOOST_TEST(resolved(*view, "/docs/../docs/f") == "/docs|../docs/f|/docs/../docs/f");
  BOOST_TEST(resolved(*view, "../docs/f") == "-||/../docs/f");
  BOOST_TEST(resolved(*view, "/x/../docs/f") == "-||/x/../docs/f");
}

BOOST_AUTO_TEST_CASE(an_entry_at_the_root_covers_everything) {
  Scene scene;
  scene.folder("a");
  scene.entry("a", "/");
  const auto view = scene.view();
  BOOST_TEST(resolved(*view, "/") == "/||/");
  BOOST_TEST(resolved(*view, "x") == "/|x|/x");
  BOOST_TEST(resolved(*view, "..") == "/|..|/..");
}

BOOST_AUTO_TEST_CASE(names_that_cannot_be) {
  Scene scene;
  const auto view = scene.view();
  BOOST_TEST(view->resolve("").error() == ENOENT);
  BOOST_TEST(view->resolve(std::string_view("/a\0b", 4)).error() == EINVAL);
  BOOST_TEST(view->resolve(std::string(4097, 'a')).error() == ENAMETOOLONG);
  BOOST_TEST(view->resolve(std::string(4096, 'a')).has_value());
}

BOOST_AUTO_TEST_CASE(denies_as_written_narrow_the_rights) {
  Scene scene;
  scene.folder("a");
  scene.entry("a", "/docs", {Right::kRead, Right::kList});
  scene.deny("/docs/private");
  scene.deny("/docs/half", {Right::kList});
  const auto view = scene.view();
  BOOST_TEST((view->resolve("/docs/a")->rights == RightSet{Right::kRead, Right::kList}));
  BOOST_TEST(view->resolve("/docs/private")->rights.empty());
  BOOST_TEST(view->resolve("/docs/./private//x")->rights.empty());
  BOOST_TEST((view->resolve("/docs/half/x")->rights == RightSet{Right::kRead}));
  BOOST_TEST(view->resolve("/elsewhere")->rights.empty());
}

BOOST_AUTO_TEST_CASE(narrowing_never_widens) {
  Scene scene;
  scene.folder("a");
  scene.entry("a", "/docs", {Right::kRead, Right::kList});
  const auto narrow = scene.view()->only({Right::kRead});
  BOOST_TEST((narrow->resolve("/docs/a")->rights == RightSet{Right::kRead}));
  const auto again = narrow->only(RightSet::all());
  BOOST_TEST((again->resolve("/docs/a")->rights == RightSet{Right::kRead}));
  BOOST_TEST((again->rights() == RightSet{Right::kRead}));
}

BOOST_AUTO_TEST_CASE(a_directory_capability_is_the_root_of_its_view) {
  Scene scene;
  scene.folder("a/sub");
  scene.folder("b");
  scene.entry("a", "/docs", {Right::kRead});
  scene.entry("b", "/docs/sub/inner", {Right::kWrite});
  scene.entry("b", "/other");
  const auto whole = scene.view();
  auto folder = std::make_shared<Mount>();
  folder->at = "/docs/sub";
  folder->rights = {Right::kRead};
  const auto view = whole->beneath(folder);
  BOOST_TEST(resolved(*view, "/x") == "/docs/sub|x|/docs/sub/x");
  BOOST_TEST(resolved(*view, "x/..") == "/docs/sub|x/..|/docs/sub/x/..");
  BOOST_TEST(resolved(*view, "../a.md") == "/docs/sub|../a.md|/docs/sub/../a.md");
  BOOST_TEST(resolved(*view, "/other") == "/docs/sub|other|/docs/sub/other");
  BOOST_TEST(resolved(*view, "inner/f") == "/docs/sub/inner|f|/docs/sub/inner/f");
  BOOST_TEST((view->rights() == RightSet{Right::kRead}));
  BOOST_TEST(view->nameOf("/docs/sub/x") == "/x");
  BOOST_TEST(view->nameOf("/docs/sub") == "/");
  BOOST_TEST((view->only({Right::kWrite})->rights().empty()));
}

BOOST_AUTO_TEST_CASE(a_host_file_has_a_guest_path_for_every_entry_that_shows_it) {
  Scene scene;
  scene.folder("a/b/c");
  scene.entry("a", "/one");
  scene.entry("a/b", "/two");
  scene.entry("a", "/");
  const auto authority = scene.view()->authority();
  const auto guests = guestsOf(*authority, scene.host("a/b/c"));
  BOOST_TEST(guests.size() == 3u);
  for (const auto* guest : {"/one/b/c", "/two/c", "/b/c"}) {
    BOOST_TEST((std::ranges::find(guests, std::string(guest)) != guests.end()), guest);
  }
  BOOST_TEST(guestsOf(*authority, scene.host("ab")).empty());
  BOOST_TEST(guestsOf(*authority, scene.host("")).empty());
}

BOOST_AUTO_TEST_CASE(handles_are_counted) {
  Scene scene;
  scene.meters->maxHandles = 2;
  auto first = HandleSlot::acquire(scene.meters);
  const auto second = HandleSlot::acquire(scene.meters);
  BOOST_TEST((first != nullptr && second != nullptr));
  BOOST_TEST((HandleSlot::acquire(scene.meters) == nullptr));
  first.reset();
  BOOST_TEST((HandleSlot::acquire(scene.meters) != nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
