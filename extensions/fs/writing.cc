// Operations that write by path: writeFile, appendFile, truncate, utimes, copyFile.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "extensions/fs/accounting.h"
#include "extensions/fs/creation.h"
#include "extensions/fs/fs.capnp.h"
#include "extensions/fs/operation.h"
#include "extensions/fs/status.h"

namespace runtime::extensions::fs {
namespace {

Result<void> writeWhole(const Lookup& lookup, const Intent& intent, std::span<const unsigned char> bytes,
                        const capabilities::StopSign& stop) {
  auto file = openForWriting(lookup, intent);
  if (!file) return std::unexpected(std::move(file.error()));
  if (auto written = writeAll(file->fd.get(), bytes, -1); !written) return written;
  return giveName(*file, stop);
}

kj::Promise<Outcome> writeBytes(Operation operation, Intent intent, capnp::Data::Reader data) {
  if (data.size() > kMaxPieceBytes) return answer(operation, Failure{.error = EINVAL});
  intent.storage = data.size();
  return onLane(
      operation,
      [lookup = operation.lookup(0), intent, bytes = kj::heapArray<kj::byte>(data), stop = operation.stopSign()] {
        return writeWhole(lookup, intent, {bytes.begin(), bytes.size()}, stop);
      },
      [operation, size = data.size()]() mutable -> Result<void> {
        operation.call().bytesWritten += size;
        return {};
      });
}

struct Copy {
  Lookup from;
  Lookup to;
  IfPresent ifPresent;
  capabilities::StopSign stop;
  // Of `from` what is read, of `to` what is written, both where they are the same; null: not limited.
  std::shared_ptr<capabilities::Budget> fromBudget;
  std::shared_ptr<capabilities::Budget> toBudget;

  Result<uint64_t> perform() const {
    auto source = capabilities::reach(from, FinalLink::kFollow, Wait::kMay);
    if (!source) return std::unexpected(std::move(source.error()));
    if (source->status.isFolder()) return failed(EISDIR);
    auto in = capabilities::reopen(source->fd.get(), O_RDONLY, Wait::kMay);
    if (!in) return std::unexpected(std::move(in.error()));
    auto copied = fill(*source, in->get());
    if (!copied && copied.error().reason.empty()) copied.error().subject = 1;
    return copied;
  }

  // Before anything of it is written.
  Result<void> pay(uint64_t bytes) const {
    const auto now = capabilities::Clock::now();
    const uint64_t ofFrom = fromBudget == toBudget ? 2 * bytes : bytes;
    if (fromBudget != nullptr) {
      if (const auto lack = fromBudget->spend({.bytes = ofFrom}, now)) return capabilities::usedUp(Right::kRead, *lack);
    }
    if (toBudget == nullptr || toBudget == fromBudget) return {};
    const auto lack = toBudget->spend({.bytes = bytes}, now);
    if (!lack) return {};
    auto refusal = capabilities::usedUp(Right::kWrite, *lack);
    refusal.error().subject = 1;
    return refusal;
  }

  Result<uint64_t> fill(const capabilities::Reached& source, int in) const {
    if (ifPresent == IfPresent::kTruncate) {
      auto target = capabilities::reachOrMissing(to, FinalLink::kFollow, Wait::kMay);
      if (!target) return std::unexpected(std::move(target.error()));
      const auto* present = std::get_if<capabilities::Reached>(&*target);
      const bool same = present != nullptr && present->status.inode() == source.status.inode() &&
                        present->status.device() == source.status.device();
      if (same) return 0;
    }
    if (auto paid = pay(source.status.size()); !paid) return std::unexpected(std::move(paid.error()));
    const mode_t mode = source.status.value.stx_mode & 0777;
    auto target = openForWriting(to, {.access = O_WRONLY,
                                      .ifPresent = ifPresent,
                                      .naming = Naming::kWhenComplete,
                                      .mode = mode,
                                      .storage = source.status.size()});
    if (!target) return std::unexpected(std::move(target.error()));
    const bool made = target->unnamed.has_value();

    std::array<unsigned char, 128 * 1024> buffer;
    uint64_t copied = 0;
    uint64_t paid = source.status.size();
    for (;;) {
      if (stop.isUp()) return failed(ECANCELED);
      const ssize_t size = ::read(in, buffer.data(), buffer.size());
      if (size < 0) return failed();
      if (size == 0) break;
      copied += static_cast<uint64_t>(size);
      if (copied > paid) {  // it has grown since
        if (auto spent = spendStorage(to.path, copied - paid); !spent) return std::unexpected(std::move(spent.error()));
        if (auto more = pay(copied - paid); !more) return std::unexpected(std::move(more.error()));
        paid = copied;
      }
      const auto piece = std::span(buffer).first(static_cast<size_t>(size));
      if (auto written = writeAll(target->fd.get(), piece, -1); !written) {
        return std::unexpected(std::move(written.error()));
      }
    }
    if (made && ::fchmod(target->fd.get(), mode) != 0) return failed();
    if (auto named = giveName(*target, stop); !named) return std::unexpected(std::move(named.error()));
    return copied;
  }
};

}  // namespace

kj::Promise<Outcome> writeFile(Operation operation) {
  const auto params = operation.params<Fs::WriteFileParams>();
  return writeBytes(operation,
                    {.access = O_WRONLY,
                     .ifPresent = params.getExclusive() ? IfPresent::kRefuse : IfPresent::kTruncate,
                     .naming = Naming::kWhenComplete,
                     .mode = params.getMode()},
                    params.getBytes());
}

kj::Promise<Outcome> appendFile(Operation operation) {
  const auto params = operation.params<Fs::AppendFileParams>();
  return writeBytes(operation, {.access = O_WRONLY | O_APPEND, .mode = params.getMode()}, params.getBytes());
}

kj::Promise<Outcome> truncate(Operation operation) {
  const uint64_t length = operation.params<Fs::TruncateParams>().getLength();
  return onLane(
      operation,
      [lookup = operation.lookup(0), length, budget = operation.argument(0).budget]() -> Result<void> {
        auto reached = capabilities::reach(lookup, FinalLink::kFollow, Wait::kMay);
        if (!reached) return std::unexpected(std::move(reached.error()));
        if (reached->status.isFolder()) return failed(EISDIR);
        auto fd = capabilities::reopen(reached->fd.get(), O_WRONLY, Wait::kMay);
        if (!fd) return std::unexpected(std::move(fd.error()));
        return resize(lookup.path, fd->get(), length, budget.get());
      },
      nothing());
}

kj::Promise<Outcome> utimes(Operation operation) {
  const auto params = operation.params<Fs::UtimesParams>();
  const auto accessed = toTimespec(params.getAccessedMs());
  const auto modified = toTimespec(params.getModifiedMs());
  if (!accessed || !modified) return answer(operation, Failure{.error = EINVAL});
  const std::array<timespec, 2> times{*accessed, *modified};
  return onLane(
      operation,
      [lookup = operation.lookup(0), times]() -> Result<void> {
        auto reached = capabilities::reach(lookup, FinalLink::kFollow, Wait::kMay);
        if (!reached) return std::unexpected(std::move(reached.error()));
        if (::utimensat(reached->fd.get(), "", times.data(), AT_EMPTY_PATH) != 0) return failed();
        return {};
      },
      nothing());
}

kj::Promise<Outcome> copyFile(Operation operation) {
  const bool exclusive = operation.params<Fs::CopyFileParams>().getExclusive();
  return onLane(
      operation,
      [copy = Copy{operation.lookup(0), operation.lookup(1), exclusive ? IfPresent::kRefuse : IfPresent::kTruncate,
                   operation.stopSign(), operation.argument(0).budget, operation.argument(1).budget}] {
        return copy.perform();
      },
      [operation](uint64_t copied) mutable -> Result<void> {
        operation.call().bytesRead += copied;
        operation.call().bytesWritten += copied;
        return {};
      });
}

}  // namespace runtime::extensions::fs
