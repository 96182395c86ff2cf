#pragma once
// One call of fs as its handler sees it, and the ways to answer it: at once, on the lane, or tried at once and then on
// the lane. Loop thread; the work itself gets values and descriptors only.
#include <cerrno>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "capabilities/walk.h"
#include "extensions/extension.h"

namespace runtime::extensions::fs {

using capabilities::failed;
using capabilities::Failure;
using capabilities::FinalLink;
using capabilities::Lookup;
using capabilities::Needs;
using capabilities::Result;
using capabilities::Right;
using capabilities::RightSet;
using capabilities::Wait;

// What one call carries at most, in either direction.
inline constexpr size_t kMaxPieceBytes = 256 * 1024;

ipc::WireError toWire(const Failure& failure, const std::vector<std::string>& guests);

class Operation {
 public:
  Operation(Call& call, std::span<const Needs> needs) : call_(call), needs_(needs) {}

  Call& call() { return call_; }
  const Argument& argument(size_t index) const { return call_.argument(index); }
  Lookup lookup(size_t index) const { return {call_.argument(index).path.value(), needs_[index]}; }
  // Null where the token names something else.
  template <typename T>
  std::shared_ptr<T> object(size_t index) const {
    return std::dynamic_pointer_cast<T>(call_.argument(index).object);
  }
  template <typename Method>
  auto params() {
    return call_.as<Method>();
  }
  template <typename Results>
  typename Results::Builder results(uint64_t words) {
    return call_.results(words).template initAs<Results>();
  }
  // A token for `object`, which ends with the view or file that the first argument names. EMFILE where the job has used
  // up its tokens.
  Result<capabilities::Token> mint(std::shared_ptr<capabilities::Object> object, capabilities::Attenuation added = {});
  // For work on the lane.
  capabilities::StopSign stopSign();
  // What errors name: the guest paths of the arguments.
  std::vector<std::string> guests() const;

 private:
  Call& call_;
  std::span<const Needs> needs_;
};

inline kj::Promise<Outcome> answer(Operation operation, const Failure& failure) {
  return Outcome(std::unexpected(toWire(failure, operation.guests())));
}

// `finish` gets the value of a success (nothing for Result<void>) on the loop thread and returns Result<void>.
template <typename T, typename Finish>
Outcome conclude(Operation& operation, Result<T> result, Finish& finish) {
  if (!result) return std::unexpected(toWire(result.error(), operation.guests()));
  Result<void> finished;
  if constexpr (std::is_void_v<T>) {
    finished = finish();
  } else {
    finished = finish(std::move(*result));
  }
  if (!finished) return std::unexpected(toWire(finished.error(), operation.guests()));
  return {};
}

// `work() -> Result<T>` on the lane; not begun where what the call came by has ended meanwhile.
template <typename Work, typename Finish>
kj::Promise<Outcome> onLane(Operation operation, Work work, Finish finish) {
  return operation.call()
      .job()
      .lane()
      .run([sign = operation.stopSign(), work = std::move(work)]() mutable -> decltype(work()) {
        if (sign.isUp()) return failed(ECANCELED);
        return work();
      })
      .then([operation, finish = std::move(finish)](auto result) mutable -> Outcome {
        return conclude(operation, std::move(result), finish);
      });
}

// `work(Wait) -> Result<T>`, first here without waiting; what answers EAGAIN is done on the lane.
template <typename Work, typename Finish>
kj::Promise<Outcome> attempt(Operation operation, Work work, Finish finish) {
  auto quick = work(Wait::kNever);
  if (quick || quick.error().error != EAGAIN) return conclude(operation, std::move(quick), finish);
  return onLane(operation, [work = std::move(work)]() mutable { return work(Wait::kMay); }, std::move(finish));
}

inline auto nothing() {
  return [] { return Result<void>(); };
}

using Handler = kj::Promise<Outcome> (*)(Operation operation);

// reading.cc
kj::Promise<Outcome> readFile(Operation operation);
kj::Promise<Outcome> stat(Operation operation);
kj::Promise<Outcome> lstat(Operation operation);
kj::Promise<Outcome> access(Operation operation);
kj::Promise<Outcome> readlink(Operation operation);
kj::Promise<Outcome> realpath(Operation operation);
// listing.cc
kj::Promise<Outcome> readdir(Operation operation);
kj::Promise<Outcome> readdirMore(Operation operation);
// opening.cc
kj::Promise<Outcome> openRead(Operation operation);
kj::Promise<Outcome> openReadWrite(Operation operation);
kj::Promise<Outcome> openWrite(Operation operation);
kj::Promise<Outcome> openWriteRead(Operation operation);
kj::Promise<Outcome> openAppend(Operation operation);
kj::Promise<Outcome> openAppendRead(Operation operation);
kj::Promise<Outcome> beginWrite(Operation operation);
kj::Promise<Outcome> commit(Operation operation);
kj::Promise<Outcome> close(Operation operation);
// open_files.cc
kj::Promise<Outcome> read(Operation operation);
kj::Promise<Outcome> write(Operation operation);
kj::Promise<Outcome> fileStat(Operation operation);
kj::Promise<Outcome> fileTruncate(Operation operation);
kj::Promise<Outcome> fileUtimes(Operation operation);
kj::Promise<Outcome> sync(Operation operation);
kj::Promise<Outcome> datasync(Operation operation);
// writing.cc
kj::Promise<Outcome> writeFile(Operation operation);
kj::Promise<Outcome> appendFile(Operation operation);
kj::Promise<Outcome> truncate(Operation operation);
kj::Promise<Outcome> utimes(Operation operation);
kj::Promise<Outcome> copyFile(Operation operation);
// naming.cc
kj::Promise<Outcome> mkdir(Operation operation);
kj::Promise<Outcome> mkdtemp(Operation operation);
kj::Promise<Outcome> unlink(Operation operation);
kj::Promise<Outcome> rmdir(Operation operation);
kj::Promise<Outcome> rename(Operation operation);
// removal.cc
kj::Promise<Outcome> rm(Operation operation);
// authority.cc
kj::Promise<Outcome> dir(Operation operation);
kj::Promise<Outcome> only(Operation operation);
kj::Promise<Outcome> readOnly(Operation operation);
kj::Promise<Outcome> until(Operation operation);
kj::Promise<Outcome> budget(Operation operation);
kj::Promise<Outcome> rights(Operation operation);
kj::Promise<Outcome> revoke(Operation operation);

}  // namespace runtime::extensions::fs
