#include "supervisor/module_store.h"

#include <fcntl.h>
#include <kj/async-io.h>
#include <stdlib.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "loader/integrity.h"
#include "policies/decide.h"
#include "supervisor/file_integrity.h"
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
  // As the policy has it by now.
  std::shared_ptr<FileIntegrity> asThePolicySays() const {
    return std::make_shared<FileIntegrity>(policies::integrityOf(prepared.policy));
  }
  auto load(const std::string& name) {
    return store.load({name, "", "", "", loader::ImportKind::kImport, {}}).wait(io.waitScope);
  }

  kj::AsyncIoContext io = kj::setupAsyncIo();
  std::filesystem::path folder = makeFolder();
  PreparedJob prepared = preparedIn(folder);
  capabilities::Lane lane;
  ModuleStore store{prepared, lane, {}, asThePolicySays()};
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

std::string integrityOf(const std::string& bytes, loader::Integrity::Algorithm algorithm) {
  Digest digest(algorithm);
  digest.add(bytes);
  return (algorithm == loader::Integrity::Algorithm::kSha256 ? "sha256-" : "sha384-") + loader::base64(digest.finish());
}

BOOST_AUTO_TEST_CASE(what_runs_is_what_integrity_says) {
  using Algorithm = loader::Integrity::Algorithm;
  const std::string right = write("right.mjs", 3 * kSourcePieceBytes);
  write("wrong.mjs", 100);
  std::filesystem::create_symlink("wrong.mjs", folder / "alias.mjs");
  std::filesystem::create_symlink("right.mjs", folder / "other.mjs");
  auto& integrity = prepared.policy.modules.integrity;
  BOOST_REQUIRE(integrity.add("./right.mjs", integrityOf(right, Algorithm::kSha384)));
  BOOST_REQUIRE(integrity.add("./wrong.mjs", integrityOf(right, Algorithm::kSha256)));
  // An alias may be named as well: what is loaded under it is to be this.
  BOOST_REQUIRE(integrity.add("./other.mjs", integrityOf("else", Algorithm::kSha256)));
  ModuleStore checking{prepared, lane, {}, asThePolicySays()};
  const auto outcome = [&](const std::string& name) {
    const auto found = checking.load({name, "", "", "", loader::ImportKind::kImport, {}}).wait(io.waitScope);
    return found ? "loaded " + found->module->path : found.error().code;
  };
  BOOST_TEST(outcome("wrong.mjs") == "ERR_MODULE_INTEGRITY");
  BOOST_TEST(outcome("alias.mjs") == "ERR_MODULE_INTEGRITY");
  BOOST_TEST(outcome("other.mjs") == "ERR_MODULE_INTEGRITY");
  BOOST_TEST(outcome("right.mjs") == "loaded right.mjs");
  BOOST_TEST(outcome("other.mjs") == "ERR_MODULE_INTEGRITY");
  // What was wrong is read again when it is asked for again.
  std::ofstream(folder / "wrong.mjs") << right;
  BOOST_TEST(outcome("wrong.mjs") == "loaded wrong.mjs");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_swapped_does_not_change_what_runs) {
  const std::string bytes = write("m.mjs", 3 * kSourcePieceBytes);
  BOOST_REQUIRE(
      prepared.policy.modules.integrity.add("./m.mjs", integrityOf(bytes, loader::Integrity::Algorithm::kSha256)));
  ModuleStore checking{prepared, lane, {}, asThePolicySays()};
  const auto load = [&](const std::string& name) {
    return checking.load({name, "", "", "", loader::ImportKind::kImport, {}}).wait(io.waitScope);
  };
  auto found = load("m.mjs");
  BOOST_REQUIRE(found.has_value());
  std::string whole = found->firstPiece;
  // Another file in its place: the rest is still of the one that was checked.
  std::filesystem::rename(folder / "m.mjs", folder / "gone.mjs");
  write("m.mjs", 200);
  std::filesystem::create_symlink("m.mjs", folder / "alias.mjs");
  for (int i = 0; i < 2; ++i) {
    const auto piece = checking.piece(*found->module, whole.size())->wait(io.waitScope);
    BOOST_REQUIRE(piece.has_value());
    whole += *piece;
  }
  BOOST_TEST((whole == bytes));
  // By whatever name it is asked for, it is the module that is there.
  for (const std::string name : {"m.mjs", "alias.mjs"}) {
    const auto again = load(name);
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(again->known);
    BOOST_TEST(again->module == found->module);
  }
  // Other bytes in the same file: the rest does not come.
  const std::string second = write("n.mjs", 2 * kSourcePieceBytes);
  auto other = load("n.mjs");
  BOOST_REQUIRE(other.has_value());
  std::ofstream(folder / "n.mjs") << std::string(2 * kSourcePieceBytes, '!');
  const auto altered = checking.piece(*other->module, kSourcePieceBytes)->wait(io.waitScope);
  BOOST_REQUIRE(!altered.has_value());
  BOOST_TEST(altered.error().code == "EIO");
}

BOOST_AUTO_TEST_CASE(what_one_worker_of_a_job_loaded_is_what_another_gets) {
  const std::string bytes = write("m.mjs", 100);
  const auto shared = asThePolicySays();
  ModuleStore first{prepared, lane, {}, shared};
  ModuleStore second{prepared, lane, {}, shared};
  const auto outcome = [&](ModuleStore& which) {
    const auto found = which.load({"m.mjs", "", "", "", loader::ImportKind::kImport, {}}).wait(io.waitScope);
    return found ? found->firstPiece : found.error().code + ": " + found.error().message;
  };
  BOOST_TEST(outcome(first) == bytes);
  std::ofstream(folder / "m.mjs") << "swapped";
  BOOST_TEST(outcome(second) == "ERR_MODULE_INTEGRITY: the file is not what it was when this job loaded it");
  std::ofstream(folder / "m.mjs") << bytes;
  BOOST_TEST(outcome(second) == bytes);
}

BOOST_AUTO_TEST_CASE(a_package_json_is_held_to_its_integrity) {
  std::filesystem::create_directories(folder / "node_modules/p");
  std::ofstream(folder / "node_modules/p/package.json") << R"({"exports": "./evil.mjs"})";
  std::ofstream(folder / "node_modules/p/evil.mjs") << "1";
  BOOST_REQUIRE(prepared.policy.modules.integrity.add(
      "./node_modules/p/package.json",
      integrityOf(R"({"exports": "./good.mjs"})", loader::Integrity::Algorithm::kSha256)));
  ModuleStore checking{prepared, lane, {}, asThePolicySays()};
  const auto found =
      checking.load({"", "main.mjs", "p", "", loader::ImportKind::kImport, [](const std::string&) { return false; }})
          .wait(io.waitScope);
  BOOST_REQUIRE(!found.has_value());
  BOOST_TEST(found.error().code == "ERR_MODULE_INTEGRITY");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::supervisor
