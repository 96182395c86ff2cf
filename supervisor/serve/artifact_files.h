#pragma once
// Artifacts on the disk, each under the SHA-256 of its bytes. Blocks on the file system; any thread.
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "ipc/os/unique_fd.h"
#include "supervisor/serve/configuration.h"
#include "supervisor/serve/job_store.h"
#include "supervisor/serve/storage_fault.h"

namespace runtime::serve {

class ArtifactFiles {
 public:
  // `folder` is there.
  ArtifactFiles(std::string folder, Durability durability) : folder_(std::move(folder)), durability_(durability) {}

  // Keeps what it names from being removed, until a job that has it is stored.
  class Pins {
   public:
    explicit Pins(ArtifactFiles& files) : files_(files) {}
    ~Pins();
    Pins(const Pins&) = delete;
    Pins& operator=(const Pins&) = delete;

   private:
    friend class ArtifactFiles;
    ArtifactFiles& files_;
    std::vector<std::string> digests_;
  };

  struct Collected {
    std::vector<Artifact> artifacts;  // sorted by path
    uint64_t leftOut = 0;             // files that are not kept: too many, too large, too deep, of no text as a name
    std::unique_ptr<Pins> pins;
  };
  // Copies the regular files beneath `folder`/NAME for each name, at most `mostBytes` of them. It walks by descriptors
  // and follows no link, for what is there was made by hostile code.
  std::expected<Collected, StorageFault> collect(const std::string& folder, const std::vector<std::string>& names,
                                                 uint64_t mostBytes);

  // Open for reading. `digest` is 64 digits of lower-case hex.
  os::UniqueFd open(const std::string& digest) const;
  // Where no pin is on it.
  void remove(const std::string& digest);

 private:
  std::string pathOf(const std::string& digest) const;
  std::expected<Artifact, StorageFault> store(const os::UniqueFd& file, Pins& pins);
  void pin(const std::string& digest, Pins& pins);

  const std::string folder_;
  const Durability durability_;
  std::mutex mutex_;
  std::multiset<std::string> pinned_;
};

}  // namespace runtime::serve
