#include "tests/sandbox/channel/scene.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <utility>

namespace runtime::tests {
namespace {

using namespace std::chrono_literals;

constexpr uint64_t kKnownBytes = 12'345;
constexpr uint64_t kAttackerOutputBytes = 256 << 10;

constexpr std::string_view kPolicy = R"(version = 1
[limits]
wall = "10m"
cpu = "10m"
output = "1GiB"
storage = "64GiB"
entries = 1000000
[[grant]]
to = "**"
fs = [{ path = "data", at = "/data", rights = ["read", "list", "write", "append", "create", "delete"] }]
)";

std::filesystem::path makeFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "runtime-channel-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for the scene");
  // The zygote is executed through a link in it, by another user.
  std::filesystem::permissions(pattern, std::filesystem::perms(0755));
  return pattern;
}

std::unique_ptr<Runtime> makeRuntime(const std::string& zygote) {
  auto runtime = Runtime::create({.zygote = zygote});
  if (!runtime) throw std::runtime_error(runtime.error().message);
  return std::move(*runtime);
}

double nowNs() { return static_cast<double>(std::chrono::steady_clock::now().time_since_epoch() / 1ns); }

std::optional<double> announcedNs(const std::string& output) {
  constexpr std::string_view kLabel = "offence at ";
  const size_t at = output.rfind(kLabel);
  if (at == std::string::npos) return std::nullopt;
  return std::stod(output.substr(at + kLabel.size()));
}

}  // namespace

MemoryPeak::MemoryPeak()
    : thread_([this] {
        while (!ended_) {
          peak_ = std::max(peak_.load(), residentMib());
          std::this_thread::sleep_for(2ms);
        }
      }) {}

MemoryPeak::~MemoryPeak() {
  ended_ = true;
  thread_.join();
}

double MemoryPeak::residentMib() {
  std::ifstream statm("/proc/self/statm");
  uint64_t size = 0, resident = 0;
  statm >> size >> resident;
  return static_cast<double>(resident * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE))) / (1 << 20);
}

double MemoryPeak::takeMib() { return std::max(residentMib(), peak_.exchange(0)); }

Neighbour::Neighbour(Runtime& runtime, Job job, std::filesystem::path stop) : stop_(std::move(stop)) {
  job.onOutput = [this](OutputStream, std::string_view text) { hear(text); };
  runtime.start(std::move(job), [this](Completion completion) { ended_.set_value(std::move(completion)); });
}

void Neighbour::hear(std::string_view text) {
  const std::lock_guard lock(mutex_);
  line_ += text;
  for (size_t end; (end = line_.find('\n')) != std::string::npos; line_.erase(0, end + 1)) {
    auto& calls = calls_[what_];
    for (const char* at = line_.data(); at < line_.data() + end;) {
      char* next = nullptr;
      calls.push_back(::strtod(at, &next));
      at = next + 1;
    }
    ++rows_;
  }
  changed_.notify_all();
}

void Neighbour::meanwhile(const std::string& what) {
  const std::lock_guard lock(mutex_);
  what_ = what;
}

bool Neighbour::works() {
  std::unique_lock lock(mutex_);
  const uint64_t before = rows_;
  // Two: the first may have been on its way.
  return changed_.wait_for(lock, 30s, [&] { return rows_ >= before + 2; });
}

Completion Neighbour::end() {
  std::ofstream(stop_) << "";
  return ended_.get_future().get();
}

std::map<std::string, std::vector<double>> Neighbour::callsNs() {
  const std::lock_guard lock(mutex_);
  return calls_;
}

Scene::Scene() : folder_(makeFolder()) {
  // As the command line has it.
  ::mallopt(M_MMAP_THRESHOLD, 8 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
  std::filesystem::create_directory(folder_ / "data");
  std::ofstream(folder_ / "main.mjs") << "1\n";
  std::ofstream(folder_ / "data/known") << std::string(kKnownBytes, 'k');
  std::ofstream(folder_ / "data/large") << std::string(256 << 10, 'l');
  std::filesystem::create_directory_symlink(".", folder_ / "here");
  std::filesystem::create_directory_symlink(".", folder_ / "there");
  runtime_ = makeRuntime(HOSTILE_ZYGOTE);
  neighbour_ =
      std::make_unique<Neighbour>(*runtime_, job({"neighbour", std::to_string(kKnownBytes)}), folder_ / "data/stop");
  if (!neighbour_->works()) throw std::runtime_error("the neighbour does not work");
  neighbour_->meanwhile("quiet");
  std::this_thread::sleep_for(500ms);
  neighbour_->meanwhile("offences");
  memory_.takeMib();
  idleMib_ = MemoryPeak::residentMib();
}

Scene::~Scene() {
  runtime_ = nullptr;
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Job Scene::job(Arguments arguments) const {
  Job job;
  job.policy = PolicyText{std::string(kPolicy), folder_.string()};
  job.entry = folder_ / "main.mjs";
  job.arguments = std::move(arguments);
  return job;
}

std::future<Ran> Scene::start(Runtime& runtime, Job job) {
  auto promise = std::make_shared<std::promise<Ran>>();
  runtime.start(std::move(job), [promise](Completion completion) {
    const double endedNs = nowNs();
    std::optional<double> deathMs;
    if (completion) {
      if (const auto announced = announcedNs(completion->standardOutput)) deathMs = (endedNs - *announced) / 1e6;
    }
    promise->set_value({std::move(completion), deathMs});
  });
  return promise->get_future();
}

std::future<Ran> Scene::start(Arguments attack, std::chrono::milliseconds wall) {
  Job attacker = job(std::move(attack));
  attacker.limits.wall = wall;
  attacker.limits.outputBytes = kAttackerOutputBytes;
  return start(*runtime_, std::move(attacker));
}

std::future<Ran> Scene::start(Arguments attack, std::function<void(std::string_view)> said) {
  Job attacker = job(std::move(attack));
  attacker.onOutput = [said = std::move(said), first = true](OutputStream, std::string_view text) mutable {
    if (std::exchange(first, false)) said(text);
  };
  return start(*runtime_, std::move(attacker));
}

Ran Scene::runAudited(Arguments attack) {
  Job attacker = job(std::move(attack));
  std::string policy(kPolicy);
  policy.insert(policy.find("[[grant]]"), "audit = \"1MiB\"\n");
  policy += "[[deny]]\nto = \"**\"\nfs = [{ at = \"/data/private/**\" }]\n";
  attacker.policy = PolicyText{std::move(policy), folder_.string()};
  attacker.auditFile = folder_ / "audit.jsonl";
  return start(*runtime_, std::move(attacker)).get();
}

Ran Scene::runEarly(const std::string& attack) {
  // The engine is told by the name of its executable: there is no other word to it before begin().
  const std::filesystem::path zygote = folder_ / attack;
  std::filesystem::create_symlink(HOSTILE_ZYGOTE, zygote);
  const auto runtime = makeRuntime(zygote);
  return start(*runtime, job({"none"})).get();
}

}  // namespace runtime::tests
