#pragma once
// A view: the authority of one module (or of a directory capability derived from it) over the guest file system.
// Looking a path up decides everything that can be decided without touching the file system; walk.h does the rest.
#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
  uint64_t device = 0;  // st_dev
  uint64_t inode = 0;
  bool isFolder = false;  // binds all beneath it too
  bool operator==(const FileIdentity&) const = default;
};

struct JobMeters;
class Witness;

// One of a job's `handles`, from acquire() to its destruction. Any thread.
class HandleSlot {
 public:
  // Null where the job has all it may have: EMFILE.
  static std::shared_ptr<HandleSlot> acquire(std::shared_ptr<JobMeters> meters);
  ~HandleSlot();
  HandleSlot(const HandleSlot&) = delete;
  HandleSlot& operator=(const HandleSlot&) = delete;

 private:
  explicit HandleSlot(std::shared_ptr<JobMeters> meters) : meters_(std::move(meters)) {}
  std::shared_ptr<JobMeters> meters_;
};

// One entry of a grant, opened, or the folder of a directory capability. Immutable, shared by every view that shows it
// and by lanes.
struct Mount {
  os::UniqueFd root;  // O_PATH; a folder, or one regular file
  bool isFile = false;
  std::string hostPath;  // canonical host path of root; never crosses to a worker
  std::string at;        // guest path of root
  RightSet rights;
  std::string rule;                  // "file:line" of the entry
  std::shared_ptr<Meter> storage;    // of this entry; null where only the job's holds
  std::shared_ptr<HandleSlot> slot;  // of a directory capability, which is a live handle; null for an entry
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
  std::shared_ptr<Witness> witness = nullptr;  // null: nobody is told
};

// A guest path, decided: where its walk begins and what it may be used for. Values and shared immutables only, so it
// may be handed to a lane.
struct ResolvedPath {
  std::shared_ptr<const Authority> authority;
  std::shared_ptr<const Mount> mount;
  std::string relative;  // beneath mount->root, "" for the root itself; may hold ".." and cross symlinks: walk it.
                         // A slash at its end: it must be a folder.
  std::string guest;     // as the job named it, made absolute; for errors and audit
  RightSet rights;       // of the mount, less the mask and the denies that bind the path as written
};

class View final : public Object {
 public:
  static std::shared_ptr<View> ofModule(std::shared_ptr<const Authority> authority);

  // Decides without touching the file system. A path that no entry covers has a null mount and no rights: the door
  // refuses it. An empty path is ENOENT as in Node, one with a NUL byte EINVAL, one of more than 4,096 bytes
  // ENAMETOOLONG. "." and repeated slashes are dropped; ".." is left to the walk, and where there is one, so are the
  // denies.
  std::expected<ResolvedPath, int> resolve(std::string_view path) const;

  // A narrowed copy: never widens.
  std::shared_ptr<View> only(RightSet rights) const;
  // A directory capability: `folder` is an opened folder beneath one of this view's mounts, with its canonical guest
  // path as `at`; it is the "/" of the new view. Entries beneath it stay visible, with their own rights.
  std::shared_ptr<View> beneath(std::shared_ptr<const Mount> folder) const;

  // What is held at the view's "/"; for a module's own view, what any of its entries gives.
  RightSet rights() const override;
  // The guest path that "/" of this view stands for.
  const std::string& resource() const override { return reach_->base; }
  const std::string& module() const override { return reach_->authority->module; }
  const std::string& rule() const override { return reach_->rule; }
  // A directory capability; else it is what a module was given over all of its grants.
  bool isFolder() const { return reach_->isFolder; }
  const std::shared_ptr<const Authority>& authority() const { return reach_->authority; }
  // A guest path as this view names it: "/docs/a" is "/a" in the directory capability of "/docs".
  std::string nameOf(std::string_view guest) const;

 private:
  // What a view and its narrowed copies share: a worker may make tens of thousands of copies.
  struct Reach {
    std::shared_ptr<const Authority> authority;
    std::vector<std::shared_ptr<const Mount>> mounts;  // by `at`
    bool isFolder = false;                             // a directory capability
    std::string base = "/";
    std::string rule;
  };
  View(std::shared_ptr<const Reach> reach, RightSet mask) : reach_(std::move(reach)), mask_(mask) {}

  std::shared_ptr<const Reach> reach_;
  RightSet mask_;
};

}  // namespace runtime::capabilities
