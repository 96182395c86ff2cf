#include "supervisor/module_store.h"

#include <fcntl.h>
#include <kj/async-io.h>
#include <stdlib.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "supervisor/sha256.h"

namespace runtime::supervisor {
namespace {

struct Fixture {
  static std::filesystem::path makeFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "runtime-test-XXXXXX";
    BOOST_REQUIRE(mkdtemp(pattern.data()) != nullptr);
    return std::filesystem::canonical(pattern);
  }
  static PreparedJob preparedIn(const std::filesystem::path& root) {
    PreparedJob prepared;
    prepared.rootPath = root;
    prepared.root = std::make_shared<const os::UniqueFd>(open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return prepared;
  }
  ~Fixture() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  // Of bytes that differ from piece to piece.
  std::string write(const std::string& name, uint64_t size) {
    std::string bytes(size, ' ');
    for (uint64_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + (i / 1000) % 26);
    std::ofstream(folder / name) << bytes;
    return bytes;
  }
  auto load(const std::string& name) {
    return store.load({name, "", "", "", loader::ImportKind::kImport, {}}).wait(io.waitScope);
  }

  kj::AsyncIoContext io = kj::setupAsyncIo();
  std::filesystem::path folder = makeFolder();
  PreparedJob prepared = preparedIn(folder);
  capabilities::Lane lane;
  ModuleStore store{prepared, lane, {}};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(module_store, Fixture)

BOOST_AUTO_TEST_CASE(pieces_add_up_to_the_source) {
  for (const uint64_t size : {uint64_t{0}, uint64_t{1}, kSourcePieceBytes - 1, kSourcePieceBytes, kSourcePieceBytes + 1,
                              3 * kSourcePieceBytes, 3 * kSourcePieceBytes + 17}) {
    const std::string name = "m" + std::to_string(size) + ".mjs";
    const std::string bytes = write(name, size);
    auto found = load(name);
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(!found->known);
    BOOST_TEST(found->module->size == size);
    BOOST_TEST(found->module->sha256 == sha256Hex(bytes));
    std::string whole = found->firstPiece;
    while (whole.size() < size) {
      auto piece = store.piece(*found->module, whole.size());
      BOOST_REQUIRE(piece.has_value());
      auto read = piece->wait(io.waitScope);
      BOOST_REQUIRE(read.has_value());
      whole += *read;
    }
    BOOST_TEST((whole == bytes));
    BOOST_TEST(!store.piece(*found->module, 0).has_value());  // the last has been handed out
    BOOST_TEST(load(name)->known);
  }
}

BOOST_AUTO_TEST_CASE(there_are_no_pieces_but_whole_ones) {
  write("m.mjs", 2 * kSourcePieceBytes);
  LoadedModule& module = *load("m.mjs")->module;
  BOOST_TEST(!store.piece(module, 1).has_value());
  BOOST_TEST(!store.piece(module, 2 * kSourcePieceBytes).has_value());
  BOOST_TEST(!store.piece(module, ~uint64_t{0}).has_value());
  BOOST_TEST(store.piece(module, kSourcePieceBytes)->wait(io.waitScope).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_changes_while_it_is_fetched_is_an_error) {
  const std::string bytes = write("m.mjs", 3 * kSourcePieceBytes);
  LoadedModule& module = *load("m.mjs")->module;
  std::ofstream(folder / "m.mjs", std::ios::in | std::ios::out) << bytes.substr(0, kSourcePieceBytes) << "changed";
  const auto changed = store.piece(module, kSourcePieceBytes)->wait(io.waitScope);
  BOOST_REQUIRE(!changed.has_value());
  BOOST_TEST(changed.error().code == "EIO");
  BOOST_TEST(changed.error().resource == "/m.mjs");
  std::filesystem::resize_file(folder / "m.mjs", kSourcePieceBytes);
  BOOST_TEST(store.piece(module, 2 * kSourcePieceBytes)->wait(io.waitScope).error().code == "EIO");
}

BOOST_AUTO_TEST_CASE(modules_that_are_not_fetched_are_bounded) {
  for (size_t i = 0; i <= kMaxUndelivered; ++i) {
    const std::string name = "m" + std::to_string(i) + ".mjs";
    write(name, kSourcePieceBytes + 1);
    const auto found = load(name);
    BOOST_TEST(found.has_value() == (i < kMaxUndelivered));
    if (!found) BOOST_TEST(found.error().code == "ENOMEM");
  }
  BOOST_TEST(store.piece(*store.byId(1), kSourcePieceBytes)->wait(io.waitScope).has_value());
  BOOST_TEST(load("m" + std::to_string(kMaxUndelivered) + ".mjs").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::supervisor
