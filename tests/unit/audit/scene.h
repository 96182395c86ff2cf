#pragma once
// A folder with logs, written as runs write them.
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "supervisor/audit/file.h"
#include "supervisor/audit/verify.h"

namespace runtime::audit {

inline const Key kKey{"0123456789abcdef0123456789abcdef"};
inline const Key kOtherKey{"fedcba9876543210fedcba9876543210"};

class Scene {
 public:
  Scene() {
    std::string pattern = (std::filesystem::temp_directory_path() / "audit-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder");
    folder_ = pattern;
  }
  ~Scene() { std::filesystem::remove_all(folder_); }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  std::string path(const std::string& name = "log") const { return folder_ / name; }
  std::string read(const std::string& name = "log") const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(std::string_view text, const std::string& name = "log") const {
    std::ofstream(path(name), std::ios::binary | std::ios::trunc) << text;
  }
  std::vector<std::string> lines(const std::string& name = "log") const {
    std::ifstream file(path(name), std::ios::binary);
    std::vector<std::string> all;
    for (std::string line; std::getline(file, line);) all.push_back(line);
    return all;
  }
  void writeLines(const std::vector<std::string>& lines, const std::string& name = "log") const {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    write(text, name);
  }

  static std::string call(size_t number) {
    Record record;
    record.module = "main.mjs";
    record.capability = "fs";
    record.right = "read";
    record.resource = std::format("/docs/{}", number);
    record.rule = "a.policy.toml:7";
    record.bytes = number;
    record.timeMs = 1'700'000'000'000 + number;
    return body(record, {"1", 1, "abc"});
  }
  static std::string begin(const File& file) {
    Record record = beginning("/main.mjs");
    record.previous = file.previous();
    record.torn = file.torn();
    return body(record, {"1", 1, "abc"});
  }
  static std::string end() { return body(seal("ok"), {"1", 1, "abc"}); }

  enum class Ends : uint8_t { kSealed, kCutShort };
  // A run of `calls` records between its first and its seal; returns the head.
  std::string run(size_t calls, FileSettings settings, Ends ends = Ends::kSealed) const {
    auto file = File::open(std::move(settings));
    if (!file) throw std::runtime_error(file.error());
    bool written = (*file)->append({begin(**file)});
    for (size_t i = 0; i < calls; ++i) written = written && (*file)->append({call(i)});
    if (ends == Ends::kSealed) written = written && (*file)->append({end()}) && (*file)->sync();
    if (!written) throw std::runtime_error("the log could not be written");
    return std::string((*file)->head());
  }
  std::string run(size_t calls, Ends ends = Ends::kSealed) const { return run(calls, {.path = path()}, ends); }

  Answer judge(Question question) const {
    if (question.files.empty()) question.files = {path()};
    auto answer = verify(question);
    if (!answer) throw std::runtime_error(answer.error());
    return *answer;
  }
  Answer judge() const { return judge(Question{}); }

 private:
  std::filesystem::path folder_;
};

}  // namespace runtime::audit
