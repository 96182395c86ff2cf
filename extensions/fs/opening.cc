// Operations that open and close files.
#include <fcntl.h>

#include <limits>

#include "extensions/fs/fs.capnp.h"
#include "extensions/fs/listing.h"
#include "extensions/fs/open_file.h"
#include "extensions/fs/operation.h"
#include "extensions/fs/tokens.h"

namespace runtime::extensions::fs {
namespace {

using Files = Result<OpenedFile>;

// Mints the token of a file that was opened and answers with it; all open methods have this one result.
template <typename Results>
auto hand(Operation operation, RightSet rights, Writes writes, std::shared_ptr<capabilities::HandleSlot> slot) {
  return [operation, rights, writes, slot = std::move(slot)](OpenedFile file) mutable -> Result<void> {
    const RightSet carried = rights & file.held;
    const uint64_t continued = file.staged ? std::numeric_limits<uint64_t>::max() : 0;
    auto state =
        std::make_shared<FileState>(FileState{*operation.argument(0).path, std::move(file), writes, std::move(slot)});
    const auto token = operation.mint(std::make_shared<OpenFile>(carried, std::move(state), continued));
    if (!token) return std::unexpected(token.error());
    set(operation.results<Results>(16).initFile(), *token);
    return {};
  };
}

template <typename Results>
kj::Promise<Outcome> openExisting(Operation operation, int access, RightSet rights, Writes writes) {
  auto slot = capabilities::HandleSlot::acquire(operation.argument(0).path->authority->meters);
  if (slot == nullptr) return answer(operation, Failure{.error = EMFILE});
  const auto work = [lookup = operation.lookup(0), access](Wait wait) -> Files {
    auto reached = capabilities::reach(lookup, FinalLink::kFollow, wait);
    if (!reached) return std::unexpected(std::move(reached.error()));
    if (reached->status.isFolder()) return failed(EISDIR);
    auto fd = capabilities::reopen(reached->fd.get(), access, wait);
    if (!fd) return std::unexpected(std::move(fd.error()));
    return OpenedFile{std::move(*fd), std::nullopt, false, reached->rights};
  };
  return attempt(operation, work, hand<Results>(operation, rights, writes, std::move(slot)));
}

template <typename Method, typename Results>
kj::Promise<Outcome> openOrMake(Operation operation, Intent intent, RightSet rights, Writes writes) {
  auto slot = capabilities::HandleSlot::acquire(operation.argument(0).path->authority->meters);
  if (slot == nullptr) return answer(operation, Failure{.error = EMFILE});
  const auto params = operation.params<Method>();
  if (params.getExclusive()) intent.ifPresent = IfPresent::kRefuse;
  intent.mode = params.getMode();
  return onLane(
      operation, [lookup = operation.lookup(0), intent] { return openForWriting(lookup, intent); },
      hand<Results>(operation, rights, writes, std::move(slot)));
}

constexpr RightSet kAppending{Right::kAppend, Right::kWrite};

}  // namespace

kj::Promise<Outcome> openRead(Operation operation) {
  return openExisting<Fs::OpenReadResults>(operation, O_RDONLY, {Right::kRead}, Writes::kNone);
}

kj::Promise<Outcome> openReadWrite(Operation operation) {
  return openExisting<Fs::OpenReadWriteResults>(operation, O_RDWR, {Right::kRead, Right::kWrite}, Writes::kAnywhere);
}

kj::Promise<Outcome> openWrite(Operation operation) {
  return openOrMake<Fs::OpenWriteParams, Fs::OpenWriteResults>(
      operation, {.access = O_WRONLY, .ifPresent = IfPresent::kTruncate}, {Right::kWrite}, Writes::kAnywhere);
}

kj::Promise<Outcome> openWriteRead(Operation operation) {
  return openOrMake<Fs::OpenWriteReadParams, Fs::OpenWriteReadResults>(
      operation, {.access = O_RDWR, .ifPresent = IfPresent::kTruncate}, {Right::kRead, Right::kWrite},
      Writes::kAnywhere);
}

kj::Promise<Outcome> openAppend(Operation operation) {
  return openOrMake<Fs::OpenAppendParams, Fs::OpenAppendResults>(operation, {.access = O_WRONLY | O_APPEND}, kAppending,
                                                                 Writes::kAtEnd);
}

kj::Promise<Outcome> openAppendRead(Operation operation) {
  return openOrMake<Fs::OpenAppendReadParams, Fs::OpenAppendReadResults>(
      operation, {.access = O_RDWR | O_APPEND}, kAppending | RightSet{Right::kRead}, Writes::kAtEnd);
}

kj::Promise<Outcome> beginWrite(Operation operation) {
  return openOrMake<Fs::BeginWriteParams, Fs::BeginWriteResults>(
      operation, {.access = O_WRONLY, .ifPresent = IfPresent::kTruncate, .naming = Naming::kWhenComplete},
      {Right::kWrite}, Writes::kAnywhere);
}

kj::Promise<Outcome> commit(Operation operation) {
  auto file = operation.object<OpenFile>(0);
  if (file == nullptr || !file->state()->file.staged) return answer(operation, Failure{.error = EBADF});
  operation.call().job().table().end(operation.argument(0).token);
  return onFile(
      operation, std::move(file),
      [stop = operation.stopSign()](FileState& state) {
        auto named = giveName(state.file, stop);
        state.file.fd.reset();
        state.slot.reset();
        return named;
      },
      nothing());
}

kj::Promise<Outcome> close(Operation operation) {
  const auto token = operation.argument(0).token;
  if (auto listing = operation.object<Listing>(0); listing != nullptr) {
    operation.call().job().table().end(token);
    return Outcome();
  }
  auto file = operation.object<OpenFile>(0);
  if (file == nullptr) return answer(operation, Failure{.error = EBADF});
  operation.call().job().table().end(token);
  const auto finish = [](FileState& state) -> Result<void> {
    state.file = OpenedFile();
    state.slot.reset();
    return {};
  };
  // Closing a file that was written may have to wait for the disk.
  if (file->onLane == 0 && file->state()->writes == Writes::kNone) {
    static_cast<void>(finish(*file->state()));
    return Outcome();
  }
  return onFile(operation, std::move(file), finish, nothing());
}

}  // namespace runtime::extensions::fs
