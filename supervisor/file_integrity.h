#pragma once
// The digests of what one job loads, and what its policy says they must be. All workers of the job share it. Made on
// the loop; any thread after that.
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "loader/integrity.h"

namespace runtime::supervisor {

// One hash function over what comes in pieces. One thread at a time.
class Digest {
 public:
  explicit Digest(loader::Integrity::Algorithm algorithm);
  ~Digest();
  Digest(Digest&&) noexcept;
  void add(std::string_view bytes);
  // Once, last: the digest's own bytes.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct FileDigests {
  std::string sha256;  // bytes
  std::string sha384;  // empty where no rule asks for one
  std::string sha256Hex() const;
};

class FileIntegrity {
 public:
  static constexpr size_t kMaxFiles = 50'000;
  static constexpr size_t kMaxPathBytes = 16 << 20;

  // Told once of every file that passed, by its real path under root.
  using OnPassed = std::function<void(const std::string& path, const FileDigests& digests)>;
  // `rules`: by path under root.
  explicit FileIntegrity(std::multimap<std::string, loader::Integrity::Entry> rules, OnPassed onPassed = {});

  // One file, as it is read.
  class Reading {
   public:
    explicit Reading(bool withSha384);
    void add(std::string_view bytes);
    FileDigests finish();

   private:
    Digest sha256_;
    std::optional<Digest> sha384_;
  };
  Reading begin() const { return Reading(needsSha384_); }
  FileDigests of(std::string_view bytes) const;

  // Why the job may not have what was read at the real path `real` under the name `named`; nothing where it may: it is
  // what the policy says of both, and what the job had there before. A sentence.
  std::optional<std::string> refuse(const std::string& named, const std::string& real, const FileDigests& digests);

 private:
  bool holds(const std::string& path, const FileDigests& digests) const;

  const std::multimap<std::string, loader::Integrity::Entry> rules_;
  const OnPassed onPassed_;
  bool needsSha384_ = false;
  std::mutex mutex_;
  std::map<std::string, std::string> passed_;  // SHA-256 by real path; under mutex_
  size_t pathBytes_ = 0;                       // under mutex_
};

}  // namespace runtime::supervisor
