#pragma once
// A job that works in a granted folder while this process, an outside writer with rights of its own there, changes
// what stands beneath its feet; and what must never come of it. Around the scene's folders:
//
//   grant/    what the job may use, as /g     outside/   what it must neither see nor touch, full of kMarker
//   stage/    where the flips are made ready  program/, control/   the job's module, and how it is told to stop
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "supervisor/runtime.h"

namespace runtime::tests {

// Part of every name and every content outside: a job that shows it has seen what it must not.
inline constexpr std::string_view kMarker = "OUTSIDE-7f3a9c";

class Scene {
 public:
  Scene();
  ~Scene();
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  std::string operator()(const std::string& path) const { return root_ / path; }
  void file(const std::string& path, std::string_view content = "inside") const;
  void folder(const std::string& path) const;
  void link(const std::string& path, const std::string& target) const;
  void fifo(const std::string& path) const;
  // Both names, at once.
  void exchange(const std::string& one, const std::string& other) const;
  void move(const std::string& from, const std::string& to) const;
  // A link made ready in stage/ and put in the place of whatever file has the name.
  void replaceByLink(const std::string& path, const std::string& target) const;
  void replaceByFile(const std::string& path, std::string_view content = "inside") const;
  void remove(const std::string& path) const;

 private:
  std::filesystem::path root_;
};

// All that can be told of a tree without reading it, and its contents.
class Canary {
 public:
  explicit Canary(std::filesystem::path top);
  // What has changed since; empty where nothing has.
  std::string changes() const;

 private:
  using Facts = std::tuple<dev_t, ino_t, mode_t, uid_t, gid_t, nlink_t, off_t, int64_t, std::string>;
  static std::map<std::string, Facts> look(const std::filesystem::path& top);

  std::filesystem::path top_;
  std::map<std::string, Facts> facts_;
};

struct Race {
  std::string name = {};                    // the row's
  std::string body = {};                    // JavaScript: one round of the job's calls, with attempt(label, action)
  std::function<void(uint64_t)> flip = {};  // one change from outside; called until enough were made
  std::string denies = {};                  // in the notation of a policy
  std::string rights = R"("read", "list", "write", "append", "create", "delete")";
  // Labels of calls that must have succeeded, and been refused or failed, before the job may stop: the race was on.
  std::vector<std::string> bothWays = {};
};

struct Outcome {
  std::map<std::string, uint64_t> counts;  // "label ok", "label EACCES"
  uint64_t flips = 0;
  uint64_t calls() const;
  uint64_t of(const std::string& key) const;
  uint64_t failures(const std::string& label) const;
};

// Runs the job against the flips, checks that it ended well, showed nothing from outside, and that outside/ is as it
// was, and reports the row.
Outcome run(const Scene& scene, const Race& race);
Runtime& sharedRuntime();
// Whether this process may mount: it is root, in a mount namespace of its own.
bool mayMount();

}  // namespace runtime::tests
