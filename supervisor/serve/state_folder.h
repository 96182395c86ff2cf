#pragma once
// The folder of [state]: locked, private, with its parts. Blocks on the file system; any thread.
#include <expected>
#include <string>

#include "ipc/os/unique_fd.h"

namespace runtime::serve {

class StateFolder {
 public:
  // Makes what is missing, mode 0700, and takes the lock; removes the job folders that an earlier process left. The
  // error is for the operator: another service has it, it is another user's, it cannot be written.
  static std::expected<StateFolder, std::string> open(const std::string& path);

  const std::string& path() const { return path_; }  // canonical
  std::string jobs() const { return path_ + "/jobs"; }
  std::string artifacts() const { return path_ + "/artifacts"; }

 private:
  StateFolder(std::string path, os::UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string path_;
  os::UniqueFd lock_;
};

}  // namespace runtime::serve
