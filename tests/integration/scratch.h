#pragma once
// The copy of a case's folder that one run works in.
#include <sys/types.h>

#include <filesystem>

#include "tests/integration/case.h"

namespace runtime::integration {

// Whom the command runs as.
struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
};

// Made by the constructor, removed by the destructor, mounts that the case asked for with it. Throws
// std::runtime_error and std::filesystem::filesystem_error.
class Scratch {
 public:
  Scratch(const Case& testCase, Identity owner);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  void copy(const Case& testCase);
  void prepare(const Json& steps);
  void make(const Json& step);
  void give(Identity owner);

  std::filesystem::path path_;
  std::vector<std::filesystem::path> mounts_;
};

}  // namespace runtime::integration
