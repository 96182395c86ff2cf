#pragma once
// Many jobs of one Runtime, some at a time, whose output is known; and how they ended while something happened to
// their processes.
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "supervisor/runtime.h"

namespace runtime::tests {

// A temporary folder with the jobs' programs and a granted folder.
class Programs {
 public:
  Programs();
  ~Programs();
  Programs(const Programs&) = delete;
  Programs& operator=(const Programs&) = delete;

  // Of one kind after the other: nothing, calls, output, computing, waiting, writing files.
  Job job(size_t index) const;
  // What a job that is left alone prints.
  static std::string output(size_t index);
  std::string entry(size_t index) const;
  std::string policy() const { return folder_ / "policy.toml"; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

std::unique_ptr<Runtime> makeRuntime(std::string zygote = ZYGOTE);

struct Ends {
  size_t jobs = 0;
  size_t whole = 0;      // "ok", with the whole output
  size_t cutShort = 0;   // internal-error, for a process of it was killed; the output is the beginning of the whole
  size_t notBegun = 0;   // Fault 3: its zygote was killed before it was ready
  size_t cancelled = 0;  // by cancel()
  std::vector<std::string> wrong;  // anything else, and what completed twice or never
  std::string text() const;
};

// Runs `jobs` of them, `width` at once, while `disturb` is called again and again on a thread of its own.
Ends runCrowd(Runtime& runtime, const Programs& programs, size_t jobs, size_t width,
              const std::function<void()>& disturb);
// As above; `started` gets each job's id, on the thread that starts them.
Ends runCrowd(Runtime& runtime, const Programs& programs, size_t jobs, size_t width,
              const std::function<void()>& disturb, const std::function<void(JobId)>& started);

}  // namespace runtime::tests
