#include "extensions/fs/listing.h"

#include <fcntl.h>

#include <algorithm>

#include "capabilities/canonical.h"
#include "capabilities/guest_path.h"
#include "extensions/fs/fs.capnp.h"
#include "extensions/fs/pieces.h"
#include "extensions/fs/tokens.h"

namespace runtime::extensions::fs {
namespace {

constexpr size_t kMaxSortedBytes = 1024 * 1024;       // names sorted at a time
constexpr size_t kMaxWaitingBytes = 4 * 1024 * 1024;  // names of folders still to be listed
constexpr size_t kMaxAnswerBytes = 128 * 1024;
constexpr size_t kEntryOverheadBytes = 32;

struct Piece {
  std::vector<FolderEntry> entries;
  std::shared_ptr<Listing::State> rest;  // null where this was all
};

void fillEntries(capnp::List<Entry>::Builder list, const std::vector<FolderEntry>& entries) {
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setName(validUtf8(entries[i].name));
    list[i].setType(entries[i].type);
  }
}

uint64_t sizeHint(const std::vector<FolderEntry>& entries) {
  uint64_t bytes = 256;
  for (const auto& entry : entries) bytes += entry.name.size() + kEntryOverheadBytes;
  return bytes / sizeof(capnp::word);
}

}  // namespace

Result<FolderWalk> FolderWalk::begin(const Lookup& lookup, Depth depth) {
  auto reached = capabilities::reach(lookup, FinalLink::kFollow, Wait::kMay);
  if (!reached) return std::unexpected(std::move(reached.error()));
  if (!reached->status.isFolder()) return failed(ENOTDIR);
  auto folder = capabilities::reopen(reached->fd.get(), O_RDONLY | O_DIRECTORY, Wait::kMay);
  if (!folder) return std::unexpected(std::move(folder.error()));
  if (depth == Depth::kAllBeneath) capabilities::tellAllBeneath(lookup, reached->fd.get());
  FolderWalk walk;
  walk.lookup_ = lookup;
  walk.depth_ = depth;
  if (depth == Depth::kAllBeneath && capabilities::needsCanonicalName(*lookup.path.authority, *lookup.path.mount)) {
    auto host = capabilities::hostPathOf(reached->fd.get());
    if (!host) return std::unexpected(std::move(host.error()));
    walk.hostRoot_ = std::move(*host);
  }
  walk.root_ = std::move(reached->fd);
  auto stream = FolderStream::open(std::move(*folder));
  if (!stream) return std::unexpected(std::move(stream.error()));
  walk.stream_ = std::move(*stream);
  return walk;
}

Result<std::vector<FolderEntry>> FolderWalk::next(const capabilities::StopSign& stop) {
  std::vector<FolderEntry> piece;
  size_t bytes = 0;
  while (bytes < kMaxAnswerBytes) {
    if (sorted_.empty()) {
      if (auto more = refill(stop); !more) return std::unexpected(std::move(more.error()));
      if (sorted_.empty()) break;
    }
    bytes += sorted_.front().name.size() + kEntryOverheadBytes;
    piece.push_back(std::move(sorted_.front()));
    sorted_.pop_front();
  }
  // Looks ahead, so that atEnd() is right about an end that falls between two answers.
  if (sorted_.empty()) {
    if (auto more = refill(stop); !more) return std::unexpected(std::move(more.error()));
  }
  return piece;
}

// Reads names until there are some, or none are left.
Result<void> FolderWalk::refill(const capabilities::StopSign& stop) {
  while (sorted_.empty() && !atEnd()) {
    if (stop.isUp()) return failed(ECANCELED);
    if (!stream_) {
      if (auto opened = openNext(); !opened) return opened;
      continue;
    }
    size_t bytes = 0;
    while (bytes < kMaxSortedBytes) {
      if (stop.isUp()) return failed(ECANCELED);
      auto entry = stream_->next();
      if (!entry) return std::unexpected(std::move(entry.error()));
      if (!*entry) {
        stream_.reset();
        break;
      }
      FolderEntry& found = **entry;
      found.name = capabilities::join(current_, found.name);
      if (depth_ == Depth::kAllBeneath && !isShown(found.name)) continue;
      bytes += found.name.size() + kEntryOverheadBytes;
      sorted_.push_back(std::move(found));
    }
    std::ranges::sort(sorted_, {}, &FolderEntry::name);
    for (const auto& entry : sorted_) {
      if (auto queued = queue(entry); !queued) return queued;
    }
  }
  return {};
}

Result<void> FolderWalk::queue(const FolderEntry& entry) {
  if (depth_ != Depth::kAllBeneath || entry.type != FileType::DIRECTORY) return {};
  waitingBytes_ += entry.name.size() + kEntryOverheadBytes;
  if (waitingBytes_ > kMaxWaitingBytes) return capabilities::failedBecause(ENOMEM, "too many folders to list at once");
  waiting_.push_back(entry.name);
  return {};
}

// A folder that has gone meanwhile, or belongs to another file system, is passed over.
Result<void> FolderWalk::openNext() {
  current_ = std::move(waiting_.front());
  waiting_.pop_front();
  waitingBytes_ -= current_.size() + kEntryOverheadBytes;
  auto folder = capabilities::openBeneath(root_.get(), current_, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, Wait::kMay,
                                          capabilities::Links::kNone);
  if (!folder) {
    const int error = folder.error().error;
    const bool passed = error == ENOENT || error == ENOTDIR || error == ELOOP || error == EXDEV;
    return passed ? Result<void>() : std::unexpected(std::move(folder.error()));
  }
  auto stream = FolderStream::open(std::move(*folder));
  if (!stream) return std::unexpected(std::move(stream.error()));
  stream_ = std::move(*stream);
  return {};
}

bool FolderWalk::isShown(const std::string& relative) const {
  if (hostRoot_.empty()) return true;
  const auto& authority = *lookup_.path.authority;
  const auto& mount = *lookup_.path.mount;
  const std::string host = capabilities::join(hostRoot_, relative);
  const auto guest = capabilities::guestBy(mount, host);
  if (!guest || capabilities::belongsToInner(authority, mount, *guest)) return false;
  return !capabilities::deniedAtAny(authority, capabilities::guestsOf(authority, host)).has(Right::kList);
}

kj::Promise<Outcome> readdir(Operation operation) {
  const Depth depth = operation.params<Fs::ReaddirParams>().getRecursive() ? Depth::kAllBeneath : Depth::kOneFolder;
  return onLane(
      operation,
      [lookup = operation.lookup(0), depth, stop = operation.stopSign()]() -> Result<Piece> {
        auto walk = FolderWalk::begin(lookup, depth);
        if (!walk) return std::unexpected(std::move(walk.error()));
        auto entries = walk->next(stop);
        if (!entries) return std::unexpected(std::move(entries.error()));
        Piece piece{std::move(*entries), nullptr};
        if (!walk->atEnd()) {
          auto slot = capabilities::HandleSlot::acquire(lookup.path.authority->meters);
          if (slot == nullptr) return failed(EMFILE);
          piece.rest = std::make_shared<Listing::State>(Listing::State{std::move(*walk), std::move(slot)});
        }
        return piece;
      },
      [operation](Piece piece) mutable -> Result<void> {
        capabilities::Token token;
        if (piece.rest != nullptr) {
          const auto minted =
              operation.mint(std::make_shared<Listing>(*operation.argument(0).path, std::move(piece.rest)));
          if (!minted) return std::unexpected(minted.error());
          token = *minted;
        }
        auto results = operation.results<Fs::ReaddirResults>(sizeHint(piece.entries));
        fillEntries(results.initEntries(static_cast<unsigned>(piece.entries.size())), piece.entries);
        if (token != capabilities::Token{}) set(results.initRest(), token);
        return {};
      });
}

kj::Promise<Outcome> readdirMore(Operation operation) {
  auto listing = operation.object<Listing>(0);
  if (listing == nullptr) return answer(operation, Failure{.error = EBADF});
  if (listing->busy) return answer(operation, Failure{.error = EBUSY});
  listing->busy = true;
  return onLane(
             operation, [state = listing->state(), stop = operation.stopSign()] { return state->walk.next(stop); },
             [operation, listing](const std::vector<FolderEntry>& entries) mutable -> Result<void> {
               auto results = operation.results<Fs::ReaddirMoreResults>(sizeHint(entries));
               fillEntries(results.initEntries(static_cast<unsigned>(entries.size())), entries);
               const bool done = listing->state()->walk.atEnd();
               results.setDone(done);
               if (done) operation.call().job().table().end(operation.argument(0).token);
               return {};
             })
      .attach(kj::defer([listing] { listing->busy = false; }));
}

}  // namespace runtime::extensions::fs
