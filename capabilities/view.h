#pragma once
// A view: the authority of one module (or of a directory capability derived from it) over the guest file system.
// Looking a path up decides everything that can be decided without touching the file system; walk.h does the rest.
#include <cstdint>
#include <atomic>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capabilities/object.h"
#include "ipc/os/unique_fd.h"

namespace runtime::capabilities {

// A budget that is spent and never refunded: storage bytes, entries. Any thread.
class Meter {
 public:
  explicit Meter(uint64_t limit) : limit_(limit) {}
  bool spend(uint64_t amount) {
    uint64_t spent = spent_.load(std::memory_order_relaxed);
    do {
      if (amount > limit_ - spent) return false;
    } while (!spent_.compare_exchange_weak(spent, spent + amount, std::memory_order_relaxed));
    return true;
  }
  uint64_t spent() const { return spent_.load(std::memory_order_relaxed); }
  uint64_t limit() const { return limit_; }

 private:
  const uint64_t limit_;
  std::atomic<uint64_t> spent_{0};
};

// Device and inode of something no grant reaches, whatever leads to it: policy files, the audit file, our own state.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

// One entry of a grant, opened. Immutable, shared by every view that shows it and by lanes.
struct Mount {
  os::UniqueFd root;     // O_PATH; a folder, or one regular file
  bool isFile = false;
  std::string hostPath;  // canonical host path of root; never crosses to a worker
  std::string at;        // guest path of root
  RightSet rights;
  std::string rule;      // "file:line" of the entry
  std::shared_ptr<Meter> storage;  // of this entry; null where only the job's holds
};

// What binds a module whatever led to a file. Built by the supervisor from the policy's denies.
class DenyRules {
 public:
  virtual ~DenyRules() = default;
  // The rights that are denied on the guest path `guest`, as some mount of the module shows it.
  virtual RightSet deniedAt(std::string_view guest) const = 0;
  // Whether a deny can match something beneath the folder `guest`, judged from the pattern.
  virtual bool couldDenyBeneath(std::string_view guest) const = 0;
  virtual bool empty() const = 0;
};

// The job-wide quotas that fs operations meet. Any thread.
struct JobMeters {
  Meter storage;
  Meter entries;
  std::atomic<uint64_t> liveHandles{0};
  uint64_t maxHandles = 64;
  uint64_t clockResolutionNs = 1'000'000;  // of file times; 0: they are shown as `frozenNs`
  uint64_t frozenNs = 0;
};

// What every view of one module shares.
struct Authority {
  std::string module;  // path under root
  std::vector<std::shared_ptr<const Mount>> mounts;
  std::shared_ptr<const DenyRules> denies;
  std::shared_ptr<const std::vector<FileIdentity>> untouchable;
  std::shared_ptr<JobMeters> meters;
};

// A guest path, decided: where its walk begins and what it may be used for. Values and shared immutables only, so it
// may be handed to a lane.
struct ResolvedPath {
  std::shared_ptr<const Authority> authority;
  std::shared_ptr<const Mount> mount;
  std::string relative;  // beneath mount->root, "" for the root itself; may hold ".." and cross symlinks: walk it
  std::string guest;     // as the job named it, made absolute; for errors and audit
  RightSet rights;       // of the mount, less the mask and the denies that bind the path as written
};

class View final : public Object {
 public:
  static std::shared_ptr<View> ofModule(std::shared_ptr<const Authority> authority);

  // ENOENT never comes from here. `std::nullopt` in the error's place is not used: no mount, no rights, that is all.
  // A path that no entry covers resolves to one with an empty RightSet and a null mount: the door refuses it.
  // EINVAL: an empty path is ENOENT as in Node; a NUL byte or more than 4,096 bytes are EINVAL and ENAMETOOLONG.
  std::expected<ResolvedPath, int> resolve(std::string_view path) const;

  // Narrowed copies: never widen.
  std::shared_ptr<View> only(RightSet rights) const;
  // A directory capability: `folder` is an opened folder of `path`, the root of the new view.
  std::shared_ptr<View> beneath(const ResolvedPath& path, std::shared_ptr<const Mount> folder) const;

  RightSet rights() const override { return mask_; }
  const std::string& resource() const override { return base_; }
  const std::string& module() const override { return authority_->module; }
  const std::string& rule() const override { return rule_; }

 private:
  std::shared_ptr<const Authority> authority_;
  std::vector<std::shared_ptr<const Mount>> mounts_;  // longest `at` first
  RightSet mask_ = RightSet::all();
  std::string base_ = "/";  // guest path that "/" of this view stands for
  std::string rule_;
};

}  // namespace runtime::capabilities
