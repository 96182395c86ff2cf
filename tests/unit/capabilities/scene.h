#pragma once
// A temporary folder with files, and views over parts of it.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "capabilities/guest_path.h"
#include "capabilities/walk.h"

namespace runtime::test {

// Denies by guest path: the path itself and all beneath it.
class TestDenies final : public capabilities::DenyRules {
 public:
  explicit TestDenies(std::vector<std::pair<std::string, capabilities::RightSet>> rules) : rules_(std::move(rules)) {}
  capabilities::RightSet deniedAt(std::string_view guest) const override {
    capabilities::RightSet denied;
    for (const auto& [path, rights] : rules_) {
      if (capabilities::covers(path, guest)) denied = denied | rights;
    }
    return denied;
  }
  bool couldDenyBeneath(std::string_view guest) const override {
    for (const auto& [path, rights] : rules_) {
      if (capabilities::covers(path, guest) || capabilities::isStrictlyBeneath(guest, path)) return true;
    }
    return false;
  }
  bool empty() const override { return rules_.empty(); }

 private:
  std::vector<std::pair<std::string, capabilities::RightSet>> rules_;
};

class Scene {
 public:
  Scene() {
    std::string pattern = std::filesystem::temp_directory_path() / "runtime-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    root_ = std::filesystem::canonical(pattern);
  }
  ~Scene() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  std::string host(const std::string& path) const { return root_ / path; }
  void file(const std::string& path, const std::string& content = "content") const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << content;
  }
  void folder(const std::string& path) const { std::filesystem::create_directories(root_ / path); }
  void link(const std::string& path, const std::string& target) const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::filesystem::create_symlink(target, root_ / path);
  }
  std::string content(const std::string& path) const {
    std::ifstream stream(root_ / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  bool exists(const std::string& path) const {
    return std::filesystem::exists(std::filesystem::symlink_status(root_ / path));
  }

  // Entries and rules of the module; then view().
  void entry(const std::string& path, const std::string& at,
             capabilities::RightSet rights = capabilities::RightSet::all(),
             std::shared_ptr<capabilities::Meter> storage = nullptr) {
    auto mount = std::make_shared<capabilities::Mount>();
    mount->root = os::UniqueFd(::open(host(path).c_str(), O_PATH | O_CLOEXEC));
    if (!mount->root) throw std::runtime_error("no such entry: " + path);
    mount->hostPath = std::filesystem::canonical(host(path));
    mount->isFile = std::filesystem::is_regular_file(host(path));
    mount->at = at;
    mount->rights = rights;
    mount->rule = "test.policy.toml:1";
    mount->storage = std::move(storage);
    mounts_.push_back(std::move(mount));
  }
  void deny(const std::string& guest, capabilities::RightSet rights = capabilities::RightSet::all()) {
    denies_.emplace_back(guest, rights);
  }
  void untouchable(const std::string& path) {
    struct stat status;
    if (::stat(host(path).c_str(), &status) != 0) throw std::runtime_error("stat");
    identities_.push_back({status.st_dev, status.st_ino, S_ISDIR(status.st_mode)});
  }
  std::shared_ptr<capabilities::View> view() {
    auto authority = std::make_shared<capabilities::Authority>();
    authority->module = "main.mjs";
    authority->mounts = mounts_;
    authority->denies = std::make_shared<TestDenies>(denies_);
    authority->untouchable = std::make_shared<std::vector<capabilities::FileIdentity>>(identities_);
    authority->meters = meters;
    return capabilities::View::ofModule(std::move(authority));
  }

  std::shared_ptr<capabilities::JobMeters> meters = std::shared_ptr<capabilities::JobMeters>(
      new capabilities::JobMeters{capabilities::Meter(64 << 20), capabilities::Meter(1000)});

 private:
  std::filesystem::path root_;
  std::vector<std::shared_ptr<const capabilities::Mount>> mounts_;
  std::vector<std::pair<std::string, capabilities::RightSet>> denies_;
  std::vector<capabilities::FileIdentity> identities_;
};

}  // namespace runtime::test
