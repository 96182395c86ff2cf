// Operations on open files.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "extensions/fs/accounting.h"
#include "extensions/fs/fs.capnp.h"
#include "extensions/fs/open_file.h"
#include "extensions/fs/operation.h"
#include "extensions/fs/pieces.h"
#include "extensions/fs/status.h"

namespace runtime::extensions::fs {
namespace {

// Refuses a token that names something else: `next` gets the file.
template <typename Next>
kj::Promise<Outcome> withFile(Operation operation, Next next) {
  auto file = operation.object<OpenFile>(0);
  if (file == nullptr) return answer(operation, Failure{.error = EBADF});
  return next(std::move(file));
}

Result<void> writePiece(FileState& state, std::span<const unsigned char> bytes, int64_t position) {
  const int fd = state.file.fd.get();
  if (state.writes == Writes::kNone) return failed(EBADF);
  uint64_t cost = bytes.size();
  off_t offset = -1;
  if (state.writes == Writes::kAnywhere) {
    const off_t at = position >= 0 ? position : ::lseek(fd, 0, SEEK_CUR);
    const auto status = capabilities::statusOf(fd);
    if (at < 0) return failed();
    if (!status) return std::unexpected(status.error());
    // A gap that the write leaves behind it is growth as by truncate.
    if (static_cast<uint64_t>(at) > status->size()) cost += static_cast<uint64_t>(at) - status->size();
    if (position >= 0) offset = at;
  }
  if (auto spent = spendStorage(state.path, cost); !spent) return spent;
  return writeAll(fd, bytes, offset);
}

kj::Promise<Outcome> synchronise(Operation operation, int (*call)(int)) {
  return withFile(operation, [operation, call](std::shared_ptr<OpenFile> file) {
    return onFile(
        operation, std::move(file),
        [call](FileState& state) -> Result<void> {
          if (call(state.file.fd.get()) != 0) return failed();
          return {};
        },
        nothing());
  });
}

}  // namespace

kj::Promise<Outcome> read(Operation operation) {
  const auto params = operation.params<Fs::ReadParams>();
  // Where no bytes are left, one more tells the end of the file from what there would be: that is refused.
  const uint64_t left = std::max<uint64_t>(operation.call().budgetBytesLeft(), 1);
  const size_t length = std::min<uint64_t>({params.getLength(), kMaxPieceBytes, left});
  const int64_t position = params.getPosition();
  return withFile(operation, [operation, length, position](std::shared_ptr<OpenFile> file) {
    file->moves(length);
    return attemptOnFile(
        operation, std::move(file),
        [length, position](FileState& state, Wait wait) {
          return readPiece(state.file.fd.get(), length, position, wait);
        },
        [operation](kj::Array<kj::byte> bytes) mutable -> Result<void> {
          operation.results<Fs::ReadResults>(bytes.size() / sizeof(capnp::word) + 8).setBytes(bytes);
          operation.call().bytesRead += bytes.size();
          return {};
        });
  });
}

kj::Promise<Outcome> write(Operation operation) {
  const auto params = operation.params<Fs::WriteParams>();
  if (params.getBytes().size() > kMaxPieceBytes) return answer(operation, Failure{.error = EINVAL});
  const int64_t position = params.getPosition();
  return withFile(operation, [operation, params, position](std::shared_ptr<OpenFile> file) {
    auto bytes = kj::heapArray<kj::byte>(params.getBytes());
    const size_t size = bytes.size();
    file->moves(size);
    return onFile(
        operation, std::move(file),
        [bytes = kj::mv(bytes), position](FileState& state) {
          return writePiece(state, {bytes.begin(), bytes.size()}, position);
        },
        [operation, size]() mutable -> Result<void> {
          operation.results<Fs::WriteResults>(8).setWritten(static_cast<uint32_t>(size));
          operation.call().bytesWritten += size;
          return {};
        });
  });
}

kj::Promise<Outcome> fileStat(Operation operation) {
  return withFile(operation, [operation](std::shared_ptr<OpenFile> file) {
    const auto meters = file->state()->path.authority->meters;
    return attemptOnFile(
        operation, std::move(file), [](FileState& state, Wait) { return capabilities::statusOf(state.file.fd.get()); },
        [operation, meters](const capabilities::FileStatus& status) mutable -> Result<void> {
          fill(operation.results<Fs::FileStatResults>(32).initStat(), status, *meters);
          return {};
        });
  });
}

kj::Promise<Outcome> fileTruncate(Operation operation) {
  const uint64_t length = operation.params<Fs::FileTruncateParams>().getLength();
  return withFile(operation, [operation, length](std::shared_ptr<OpenFile> file) {
    return onFile(
        operation, std::move(file),
        [length, budget = operation.argument(0).budget](FileState& state) {
          return resize(state.path, state.file.fd.get(), length, budget.get());
        },
        nothing());
  });
}

kj::Promise<Outcome> fileUtimes(Operation operation) {
  const auto params = operation.params<Fs::FileUtimesParams>();
  const auto accessed = toTimespec(params.getAccessedMs());
  const auto modified = toTimespec(params.getModifiedMs());
  if (!accessed || !modified) return answer(operation, Failure{.error = EINVAL});
  const std::array<timespec, 2> times{*accessed, *modified};
  return withFile(operation, [operation, times](std::shared_ptr<OpenFile> file) {
    return onFile(
        operation, std::move(file),
        [times](FileState& state) -> Result<void> {
          if (::futimens(state.file.fd.get(), times.data()) != 0) return failed();
          return {};
        },
        nothing());
  });
}

kj::Promise<Outcome> sync(Operation operation) { return synchronise(operation, ::fsync); }

kj::Promise<Outcome> datasync(Operation operation) { return synchronise(operation, ::fdatasync); }

}  // namespace runtime::extensions::fs
