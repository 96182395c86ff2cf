#pragma once
// A folder's names on their way to a job, in pieces. The object belongs to the loop thread; the lane works on its
// state, one piece at a time.
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capabilities/walk.h"
#include "extensions/fs/folder_stream.h"
#include "extensions/fs/operation.h"

namespace runtime::extensions::fs {

enum class Depth : uint8_t { kOneFolder, kAllBeneath };

// Walks a folder, or all folders beneath it breadth first. Lane.
class FolderWalk {
 public:
  static Result<FolderWalk> begin(const Lookup& lookup, Depth depth);
  // The next entries, as many as fit into one answer; none at the end.
  Result<std::vector<FolderEntry>> next(const capabilities::StopSign& stop);
  bool atEnd() const { return sorted_.empty() && !stream_ && waiting_.empty(); }

 private:
  FolderWalk() = default;
  Result<void> refill(const capabilities::StopSign& stop);
  Result<void> openNext();
  bool isShown(const std::string& relative) const;
  Result<void> queue(const FolderEntry& entry);

  Lookup lookup_;
  Depth depth_ = Depth::kOneFolder;
  os::UniqueFd root_;     // O_PATH
  std::string hostRoot_;  // canonical; empty where no rule can ask
  std::string current_;   // the folder being read, relative to the root
  std::optional<FolderStream> stream_;
  std::deque<FolderEntry> sorted_;   // read and not yet given, names relative to the root
  std::deque<std::string> waiting_;  // folders to be read
  size_t waitingBytes_ = 0;
};

class Listing final : public capabilities::Object {
 public:
  struct State {
    FolderWalk walk;
    std::shared_ptr<capabilities::HandleSlot> slot;
  };
  Listing(capabilities::ResolvedPath path, std::shared_ptr<State> state)
      : path_(std::move(path)), state_(std::move(state)) {}
  RightSet rights() const override { return {Right::kList}; }
  const std::string& resource() const override { return path_.guest; }
  const std::string& module() const override { return path_.authority->module; }
  const std::string& rule() const override { return path_.mount->rule; }
  bool continues() const override { return true; }
  const std::shared_ptr<State>& state() const { return state_; }

  bool busy = false;  // a piece is being read

 private:
  capabilities::ResolvedPath path_;
  std::shared_ptr<State> state_;
};

}  // namespace runtime::extensions::fs
