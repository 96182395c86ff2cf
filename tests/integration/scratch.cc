#include "tests/integration/scratch.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <format>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace runtime::integration {
namespace {

namespace fs = std::filesystem;

void require(bool ok, const std::string& what) {
  if (!ok) throw std::system_error(errno, std::generic_category(), what);
}

std::string fromHex(const std::string& hex) {
  std::string out;
  for (size_t at = 0; at + 1 < hex.size(); at += 2) {
    out += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
  }
  return out;
}

// "path" as text, or "pathHex" for names that are not UTF-8.
std::string nameOf(const Json& step) {
  return step.contains("pathHex") ? fromHex(step["pathHex"]) : step.at("path").get<std::string>();
}

// "text", "hex", or "size" bytes of `fill` (sparse where there is none).
void writeFile(const fs::path& path, const Json& step) {
  std::ofstream file(path, std::ios::binary);
  if (step.contains("text")) file << step["text"].get<std::string>();
  if (step.contains("hex")) file << fromHex(step["hex"]);
  if (step.contains("fill")) {
    const std::string block(1 << 16, step["fill"].get<std::string>().at(0));
    for (uint64_t left = step.at("size"); left > 0;) {
      const uint64_t part = std::min<uint64_t>(left, block.size());
      file.write(block.data(), static_cast<std::streamsize>(part));
      left -= part;
    }
  }
  file.close();
  if (!file) throw std::runtime_error(std::format("cannot write {}", path.string()));
  if (step.contains("size") && !step.contains("fill")) fs::resize_file(path, step["size"].get<uint64_t>());
}

}  // namespace

Scratch::Scratch(const Case& testCase, Identity owner) {
  std::string name = (fs::temp_directory_path() / "secure-runtime-case.XXXXXX").string();
  require(::mkdtemp(name.data()) != nullptr, "mkdtemp");
  path_ = name;
  copy(testCase);
  prepare(testCase.prepare);
  give(owner);
}

Scratch::~Scratch() {
  for (const fs::path& mount : mounts_) ::umount2(mount.c_str(), MNT_DETACH);
  std::error_code ignored;
  // A case may have left folders that their owner cannot enter.
  for (auto it = fs::recursive_directory_iterator(path_, fs::directory_options::skip_permission_denied, ignored);
       !ignored && it != fs::recursive_directory_iterator(); it.increment(ignored)) {
    if (it->is_directory(ignored) && !it->is_symlink(ignored)) ::chmod(it->path().c_str(), 0700);
  }
  fs::remove_all(path_, ignored);
}

void Scratch::copy(const Case& testCase) {
  fs::copy(testCase.folder, path_, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  fs::remove(path_ / "case.json");
  for (const std::string& file : testCase.shared) {
    fs::copy_file(testCase.folder.parent_path().parent_path() / "shared" / file,
                  path_ / fs::path(testCase.entry).parent_path() / file);
  }
}

void Scratch::prepare(const Json& steps) {
  for (const Json& step : steps) make(step);
}

void Scratch::make(const Json& step) {
  const fs::path path = path_ / nameOf(step);
  const std::string kind = step.at("make");
  if (kind != "mode") fs::create_directories(path.parent_path());
  if (kind == "file") {
    writeFile(path, step);
  } else if (kind == "folder") {
    fs::create_directories(path);
  } else if (kind == "symlink") {
    std::string target = step.at("to");
    // An absolute target inside the copy is written as {scratch}/...
    if (target.starts_with("{scratch}")) target.replace(0, 9, path_.string());
    fs::create_symlink(target, path);
  } else if (kind == "fifo") {
    require(::mkfifo(path.c_str(), 0644) == 0, "mkfifo");
  } else if (kind == "files") {
    fs::create_directories(path);
    for (int number = 0; number < step.at("count").get<int>(); ++number) {
      std::ofstream(path / std::format("{:05}", number)) << number;
    }
  } else if (kind == "chain") {
    // Modules m0.mjs, m1.mjs, ... each of which imports the next and adds its number to `sum`.
    fs::create_directories(path);
    const int count = step.at("count");
    for (int number = 0; number < count; ++number) {
      std::ofstream module(path / std::format("m{}.mjs", number));
      if (number + 1 < count) module << std::format("import {{ sum as rest }} from './m{}.mjs';\n", number + 1);
      module << std::format("export const sum = {}{};\n", number + 1 < count ? "rest + " : "", number);
    }
  } else if (kind == "tmpfs") {
    // In a mount namespace of this process, so that nothing outlives it.
    if (mounts_.empty()) {
      require(::unshare(CLONE_NEWNS) == 0, "unshare");
      require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mount private");
    }
    fs::create_directories(path);
    const std::string options = std::format("size={}", step.at("size").get<uint64_t>());
    require(::mount("tmpfs", path.c_str(), "tmpfs", 0, options.c_str()) == 0, "mount tmpfs");
    mounts_.push_back(path);
  } else if (kind != "mode") {
    throw std::runtime_error(std::format("prepare: cannot make {}", kind));
  }
  if (step.contains("mode")) {
    require(::chmod(path.c_str(), static_cast<mode_t>(std::stoi(step["mode"].get<std::string>(), nullptr, 8))) == 0,
            "chmod");
  }
}

void Scratch::give(Identity owner) {
  if (owner.uid == ::geteuid()) return;
  require(::lchown(path_.c_str(), owner.uid, owner.gid) == 0, "lchown");
  for (const auto& entry : fs::recursive_directory_iterator(path_)) {
    require(::lchown(entry.path().c_str(), owner.uid, owner.gid) == 0, "lchown");
  }
}

}  // namespace runtime::integration
