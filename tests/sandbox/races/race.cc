#include "tests/sandbox/races/race.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <thread>

#include "ipc/os/unique_fd.h"
#include "tests/sandbox/report/attack_report.h"

namespace runtime::tests {
namespace {

namespace filesystem = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr size_t kSecretBytes = 7919;
constexpr auto kLeastTime = std::chrono::milliseconds(250);
constexpr uint64_t kQuickFlips = 1'000;
constexpr uint64_t kLongFlips = 100'000;

// What a call that lost a race may say.
const std::set<std::string> kHonestEnds = {"ok",     "EACCES",        "ENOENT", "ENOTDIR",   "EEXIST",
                                           "EISDIR", "ELOOP",         "EINVAL", "ENOTEMPTY", "EBUSY",
                                           "EXDEV",  "ERR_FS_EISDIR", "ENOSPC"};

// Of the job: calls are counted by how they ended, and all that they give is searched for what stands outside.
constexpr std::string_view kPrelude = R"(
import fs from 'runtime:fs';
const counts = {};
const leaks = [];
const decoder = new TextDecoder();
function look(label, value) {
  const text = value instanceof Uint8Array ? decoder.decode(value) : typeof value === 'string' ? value
             : JSON.stringify(value) ?? '';
  if (text.includes(MARKER) || value?.size === SECRET_BYTES) leaks.push(`${label}: ${text.slice(0, 200)}`);
}
function attempt(label, action) {
  let end = 'ok';
  let value;
  try {
    value = action();
    look(label, value);
  } catch (error) {
    look(label, `${error.message} ${error.path} ${error.dest} ${error.resource} ${error.stack}`);
    end = error.code ?? error.name;
  }
  const key = `${label} ${end}`;
  counts[key] = (counts[key] ?? 0) + 1;
  return value;
}
async function attemptLater(label, action) {
  let settled;
  try {
    settled = { value: await action() };
  } catch (error) {
    settled = { error };
  }
  return attempt(label, () => {
    if (settled.error !== undefined) throw settled.error;
    return settled.value;
  });
}
const bothWays = (label) => counts[`${label} ok`] > 0 &&
    Object.keys(counts).some((key) => key.startsWith(`${label} `) && key !== `${label} ok`);
)";

std::string quoted(std::string_view text) { return nlohmann::json(std::string(text)).dump(); }

std::string program(const Race& race) {
  std::string text =
      "const MARKER = " + quoted(kMarker) + ", SECRET_BYTES = " + std::to_string(kSecretBytes) + ";\n" +
      std::string(kPrelude) + "const wanted = " + nlohmann::json(race.bothWays).dump() + ";\n" +
      "const late = () => performance.now() > 20000;\n"
      "console.log('begun');\nwhile (!(fs.existsSync('/control/stop') && (late() || wanted.every(bothWays)))) {\n" +
      race.body + "\n}\nconsole.log(JSON.stringify({ counts, leaks }));\n";
  return text;
}

std::string policy(const Race& race) {
  return "version = 1\n[limits]\nwall = \"3m\"\ncpu = \"3m\"\nstorage = \"64GiB\"\nentries = 100000000\n"
         "[modules]\nroot = \"program\"\n[[grant]]\nto = \"**\"\nfs = [{ path = \"grant\", at = \"/g\", rights = [" +
         race.rights + "] }, { path = \"control\", at = \"/control\", rights = [\"read\"] }]\n" + race.denies;
}

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

// The outside writer, from the job's first word until it is over.
class Flipper {
 public:
  Flipper(const Scene& scene, const std::function<void(uint64_t)>& flip)
      : thread_([this, &scene, &flip] { work(scene, flip); }) {}
  ~Flipper() { join(); }
  Flipper(const Flipper&) = delete;
  Flipper& operator=(const Flipper&) = delete;

  void begin() { begun_ = true; }
  uint64_t join() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
    return flips_;
  }

 private:
  void work(const Scene& scene, const std::function<void(uint64_t)>& flip) {
    const uint64_t enough = longForm() ? kLongFlips : kQuickFlips;
    while (!begun_ && !over_) std::this_thread::sleep_for(std::chrono::microseconds(100));
    const auto began = Clock::now();
    bool told = false;
    while (!over_) {
      flip(flips_++);
      // Now close together, now apart: every moment of a call is met.
      const auto until = Clock::now() + std::chrono::microseconds(flips_ * 7919 % 61);
      while (Clock::now() < until) {
      }
      if (!told && flips_ >= enough && Clock::now() - began > kLeastTime) {
        scene.file("control/stop");
        told = true;
      }
    }
  }

  std::atomic<bool> begun_{false}, over_{false};
  uint64_t flips_ = 0;
  std::thread thread_;
};

}  // namespace

Scene::Scene() {
  std::string pattern = filesystem::temp_directory_path() / "attack-races-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) fail("mkdtemp");
  root_ = filesystem::canonical(pattern);
  for (const char* name : {"grant", "outside", "stage", "program", "control"}) folder(name);
  std::string secret(kSecretBytes, 's');
  secret.replace(0, kMarker.size(), kMarker);
  const std::string marker(kMarker);
  file("outside/" + marker, secret);
  for (const char* name : {"inner", "a", "b", "p/q/inner"}) file("outside/" + marker + ".d/" + name, secret);
  file("outside/" + marker + ".d/" + marker, secret);
}

Scene::~Scene() {
  std::error_code ignored;
  filesystem::remove_all(root_, ignored);
}

void Scene::file(const std::string& path, std::string_view content) const {
  filesystem::create_directories((root_ / path).parent_path());
  std::ofstream stream(root_ / path, std::ios::binary);
  if (!(stream << content)) fail(path);
}

void Scene::folder(const std::string& path) const { filesystem::create_directories(root_ / path); }

void Scene::link(const std::string& path, const std::string& target) const {
  filesystem::create_directories((root_ / path).parent_path());
  filesystem::create_symlink(target, root_ / path);
}

void Scene::fifo(const std::string& path) const {
  if (::mkfifo((*this)(path).c_str(), 0666) != 0) fail(path);
}

void Scene::exchange(const std::string& one, const std::string& other) const {
  // The job may have removed one of them.
  if (::renameat2(AT_FDCWD, (*this)(one).c_str(), AT_FDCWD, (*this)(other).c_str(), RENAME_EXCHANGE) != 0 &&
      errno != ENOENT) {
    fail("exchange " + one);
  }
}

void Scene::move(const std::string& from, const std::string& to) const {
  static_cast<void>(::rename((*this)(from).c_str(), (*this)(to).c_str()));
}

void Scene::replaceByLink(const std::string& path, const std::string& target) const {
  static_cast<void>(::symlink(target.c_str(), (*this)("stage/link").c_str()));
  move("stage/link", path);
}

void Scene::replaceByFile(const std::string& path, std::string_view content) const {
  file("stage/file", content);
  move("stage/file", path);
}

void Scene::remove(const std::string& path) const {
  std::error_code ignored;
  filesystem::remove_all(root_ / path, ignored);
}

Canary::Canary(filesystem::path top) : top_(std::move(top)), facts_(look(top_)) {}

std::map<std::string, Canary::Facts> Canary::look(const filesystem::path& top) {
  std::map<std::string, Facts> facts;
  const auto add = [&](const filesystem::path& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) return;
    std::string content;
    if (S_ISREG(status.st_mode)) {
      std::ifstream stream(path, std::ios::binary);
      content.assign(std::istreambuf_iterator<char>(stream), {});
    }
    const int64_t modifiedNs = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
    facts.emplace(path.string(), Facts(status.st_dev, status.st_ino, status.st_mode, status.st_uid, status.st_gid,
                                       status.st_nlink, status.st_size, modifiedNs, std::move(content)));
  };
  add(top);
  if (filesystem::is_directory(top)) {
    for (const auto& entry : filesystem::recursive_directory_iterator(top)) add(entry.path());
  }
  return facts;
}

std::string Canary::changes() const {
  const auto present = look(top_);
  for (const auto& [path, facts] : facts_) {
    const auto found = present.find(path);
    if (found == present.end()) return path + " is gone";
    if (found->second != facts) return path + " has changed";
  }
  for (const auto& [path, facts] : present) {
    if (!facts_.contains(path)) return path + " is new";
  }
  return "";
}

uint64_t Outcome::calls() const {
  uint64_t sum = 0;
  for (const auto& [key, count] : counts) sum += count;
  return sum;
}

uint64_t Outcome::of(const std::string& key) const {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

uint64_t Outcome::failures(const std::string& label) const {
  uint64_t sum = 0;
  for (const auto& [key, count] : counts) {
    if (key.starts_with(label + " ") && key != label + " ok") sum += count;
  }
  return sum;
}

Runtime& sharedRuntime() {
  static const auto runtime = [] {
    auto made = Runtime::create({.zygote = ZYGOTE});
    BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().message));
    return std::move(*made);
  }();
  return *runtime;
}

Outcome run(const Scene& scene, const Race& race) {
  scene.file("program/main.mjs", program(race));
  const Canary canary(scene("outside"));
  Job job;
  job.policy = PolicyText{policy(race), scene("")};
  job.entry = scene("program/main.mjs");
  Outcome outcome;
  Completion completion = std::unexpected(Fault{});
  std::string output;
  {
    Flipper flipper(scene, race.flip);
    job.onOutput = [&](OutputStream, std::string_view text) {
      output += text;
      flipper.begin();
    };
    completion = sharedRuntime().run(std::move(job));
    outcome.flips = flipper.join();
  }
  BOOST_REQUIRE_MESSAGE(completion.has_value(), (completion ? "" : completion.error().message));
  BOOST_TEST(name(completion->verdict) == "ok",
             race.name << ": " << name(completion->verdict) << " " << completion->reason << output);
  const auto said = nlohmann::json::parse(output.substr(output.find('\n') + 1), nullptr, false);
  BOOST_REQUIRE_MESSAGE(said.is_object(), race.name << " said: " << output);
  outcome.counts = said["counts"].get<std::map<std::string, uint64_t>>();
  const auto leaks = said["leaks"].get<std::vector<std::string>>();
  BOOST_TEST(leaks.empty(), race.name << " saw what stands outside: " << leaks.size() << " times, first "
                                      << (leaks.empty() ? "" : leaks.front()));
  std::string changes = canary.changes();
  BOOST_TEST(changes.empty(), race.name << ": " << changes);
  for (const std::string& label : race.bothWays) {
    BOOST_TEST(outcome.of(label + " ok") > 0u, race.name << ": " << label << " never reached anything");
    BOOST_TEST(outcome.failures(label) > 0u, race.name << ": " << label << " never met the other kind");
  }
  for (const auto& [key, count] : outcome.counts) {
    BOOST_TEST(kHonestEnds.contains(key.substr(key.rfind(' ') + 1)), race.name << ": " << key << " " << count);
  }
  uint64_t succeeded = 0;
  for (const auto& [key, count] : outcome.counts) succeeded += key.ends_with(" ok") ? count : 0;
  const uint64_t hurt = changes.empty() ? 0 : 1;
  if (changes.empty()) {
    changes = std::to_string(outcome.flips) + " flips; " + std::to_string(succeeded) + " calls reached what is granted";
  }
  report(AttackRow{.area = "races",
                   .attack = race.name,
                   .tried = outcome.calls(),
                   .refused = outcome.calls() - std::min(outcome.calls(), leaks.size() + hurt),
                   .detail = leaks.empty() ? changes : leaks.front()});
  BOOST_TEST_MESSAGE(race.name << ": " << outcome.flips << " flips " << nlohmann::json(outcome.counts).dump());
  return outcome;
}

}  // namespace runtime::tests
