#pragma once
// A file that a job has open. The object belongs to the loop thread; its state goes to the lane with each task.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "capabilities/walk.h"
#include "extensions/fs/creation.h"
#include "extensions/fs/operation.h"

namespace runtime::extensions::fs {

enum class Writes : uint8_t { kNone, kAnywhere, kAtEnd };

struct FileState {
  capabilities::ResolvedPath path;
  OpenedFile file;
  Writes writes = Writes::kNone;
  std::shared_ptr<capabilities::HandleSlot> slot;
};

class OpenFile final : public capabilities::Object {
 public:
  // `continued`: so many bytes that are moved first belong to the call that opened it.
  OpenFile(RightSet rights, std::shared_ptr<FileState> state, uint64_t continued = 0)
      : rights_(rights), state_(std::move(state)), continued_(continued) {}

  RightSet rights() const override { return rights_; }
  const std::string& resource() const override { return state_->path.guest; }
  const std::string& module() const override { return state_->path.authority->module; }
  const std::string& rule() const override { return state_->path.mount->rule; }
  bool continues() const override { return continued_ > 0; }
  // `bytes` are going to be moved; a use that moves none counts as one.
  void moves(uint64_t bytes) { continued_ -= std::min(continued_, std::max<uint64_t>(bytes, 1)); }
  const std::shared_ptr<FileState>& state() const { return state_; }

  // Calls that are on the lane: later ones follow them there, so that all act in order.
  size_t onLane = 0;

 private:
  RightSet rights_;
  std::shared_ptr<FileState> state_;
  uint64_t continued_;
};

// `work(FileState&) -> Result<T>` on the lane, after the calls on this file that are there.
template <typename Work, typename Finish>
kj::Promise<Outcome> onFile(Operation operation, std::shared_ptr<OpenFile> file, Work work, Finish finish) {
  ++file->onLane;
  return fs::onLane(
             operation, [state = file->state(), work = std::move(work)]() mutable { return work(*state); },
             std::move(finish))
      .attach(kj::defer([file] { --file->onLane; }));
}

// `work(FileState&, Wait) -> Result<T>`: at once where nothing waits before it, else on the lane.
template <typename Work, typename Finish>
kj::Promise<Outcome> attemptOnFile(Operation operation, std::shared_ptr<OpenFile> file, Work work, Finish finish) {
  if (file->onLane == 0) {
    auto quick = work(*file->state(), Wait::kNever);
    if (quick || quick.error().error != EAGAIN) return conclude(operation, std::move(quick), finish);
  }
  return onFile(
      operation, std::move(file),
      [work = std::move(work)](FileState& state) mutable { return work(state, Wait::kMay); }, std::move(finish));
}

}  // namespace runtime::extensions::fs
