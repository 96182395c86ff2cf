// Operations that look at files: readFile, stat, lstat, access, readlink, realpath.
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>

#include "capabilities/beneath.h"
#include "capabilities/guest_path.h"
#include "extensions/fs/fs.capnp.h"
#include "extensions/fs/open_file.h"
#include "extensions/fs/operation.h"
#include "extensions/fs/pieces.h"
#include "extensions/fs/status.h"
#include "extensions/fs/tokens.h"

namespace runtime::extensions::fs {
namespace {

struct Content {
  kj::Array<kj::byte> bytes;
  uint64_t size = 0;
  os::UniqueFd fd;
};

Result<Content> readWhole(const Lookup& lookup, Wait wait) {
  auto reached = capabilities::reach(lookup, FinalLink::kFollow, wait);
  if (!reached) return std::unexpected(std::move(reached.error()));
  if (reached->status.isFolder()) return failed(EISDIR);
  auto fd = capabilities::reopen(reached->fd.get(), O_RDONLY, wait);
  if (!fd) return std::unexpected(std::move(fd.error()));
  Content content;
  content.size = reached->status.size();
  auto bytes = readPiece(fd->get(), std::min<uint64_t>(content.size, kMaxPieceBytes), 0, wait);
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  content.bytes = kj::mv(*bytes);
  content.fd = std::move(*fd);
  return content;
}

kj::Promise<Outcome> tellStatus(Operation operation, FinalLink link) {
  return attempt(
      operation,
      [lookup = operation.lookup(0), link](Wait wait) -> Result<capabilities::FileStatus> {
        auto reached = capabilities::reach(lookup, link, wait);
        if (!reached) return std::unexpected(std::move(reached.error()));
        return reached->status;
      },
      [operation](const capabilities::FileStatus& status) mutable -> Result<void> {
        fill(operation.results<Fs::StatResults>(32).initStat(), status, *operation.argument(0).path->authority->meters);
        return {};
      });
}

Result<void> tryAccess(Lookup lookup, uint8_t mode, Wait wait) {
  if (mode > 7) return failed(EINVAL);
  if ((mode & W_OK) != 0) {
    lookup.needs.any = {Right::kWrite, Right::kAppend};
    lookup.needs.firstOfAny = Right::kWrite;
  }
  auto reached = capabilities::reach(lookup, FinalLink::kFollow, wait);
  if (!reached) return std::unexpected(std::move(reached.error()));
  if (::faccessat(reached->fd.get(), "", mode, AT_EMPTY_PATH | AT_EACCESS) != 0) return failed();
  return {};
}

Result<std::string> linkTarget(const Lookup& lookup, Wait wait) {
  auto reached = capabilities::reach(lookup, FinalLink::kKeep, wait);
  if (!reached) return std::unexpected(std::move(reached.error()));
  if (!reached->status.isLink()) return failed(EINVAL);
  auto target = capabilities::readLink(reached->fd.get(), "");
  if (!target) return target;
  // What leads outside is not told. It is the text itself that is walked: the name may be another link by now.
  const std::string& path = lookup.path.relative;
  const std::string text = capabilities::join(path.substr(0, path.find_last_of('/') + 1), *target);
  const auto through = capabilities::openBeneath(lookup.path.mount->root.get(), text, O_PATH, wait);
  if (!through && through.error().error == EAGAIN) return std::unexpected(through.error());
  const bool outside = target->starts_with('/') || (!through && through.error().error == EXDEV);
  if (outside) return capabilities::refused(lookup.needs.first(), "it leads outside its entry");
  return target;
}

}  // namespace

kj::Promise<Outcome> readFile(Operation operation) {
  return attempt(
      operation, [lookup = operation.lookup(0)](Wait wait) { return readWhole(lookup, wait); },
      [operation](Content content) mutable -> Result<void> {
        // A file is read whole, or nothing of it is charged.
        if (content.size > operation.call().budgetBytesLeft()) {
          return capabilities::usedUp(Right::kRead, capabilities::Budget::Lack::kBytes);
        }
        std::shared_ptr<OpenFile> rest;
        capabilities::Token token;
        if (content.bytes.size() < content.size && content.bytes.size() == kMaxPieceBytes) {
          const auto& path = *operation.argument(0).path;
          auto slot = capabilities::HandleSlot::acquire(path.authority->meters);
          if (slot == nullptr) return failed(EMFILE);
          auto state = std::make_shared<FileState>(
              FileState{path, OpenedFile{std::move(content.fd), std::nullopt, false, {Right::kRead}}, Writes::kNone,
                        std::move(slot)});
          auto minted = operation.mint(std::make_shared<OpenFile>(RightSet{Right::kRead}, std::move(state),
                                                                  content.size - content.bytes.size()));
          if (!minted) return std::unexpected(std::move(minted.error()));
          token = *minted;
        }
        auto results = operation.results<Fs::ReadFileResults>(content.bytes.size() / sizeof(capnp::word) + 16);
        results.setBytes(content.bytes);
        results.setSize(content.size);
        if (token != capabilities::Token{}) set(results.initRest(), token);
        operation.call().bytesRead += content.bytes.size();
        return {};
      });
}

kj::Promise<Outcome> stat(Operation operation) { return tellStatus(operation, FinalLink::kFollow); }

kj::Promise<Outcome> lstat(Operation operation) { return tellStatus(operation, FinalLink::kKeep); }

kj::Promise<Outcome> access(Operation operation) {
  const uint8_t mode = operation.params<Fs::AccessParams>().getMode();
  return attempt(
      operation, [lookup = operation.lookup(0), mode](Wait wait) { return tryAccess(lookup, mode, wait); }, nothing());
}

kj::Promise<Outcome> readlink(Operation operation) {
  return attempt(
      operation, [lookup = operation.lookup(0)](Wait wait) { return linkTarget(lookup, wait); },
      [operation](const std::string& target) mutable -> Result<void> {
        operation.results<Fs::ReadlinkResults>(target.size() / sizeof(capnp::word) + 8).setTarget(validUtf8(target));
        return {};
      });
}

kj::Promise<Outcome> realpath(Operation operation) {
  return attempt(
      operation,
      [lookup = operation.lookup(0)](Wait wait) -> Result<std::string> {
        auto reached = capabilities::reach(lookup, FinalLink::kFollow, wait);
        if (!reached) return std::unexpected(std::move(reached.error()));
        return capabilities::guestPathOf(lookup, reached->fd.get());
      },
      [operation](const std::string& guest) mutable -> Result<void> {
        const std::string path = operation.object<capabilities::View>(0)->nameOf(guest);
        operation.results<Fs::RealpathResults>(path.size() / sizeof(capnp::word) + 8).setPath(validUtf8(path));
        return {};
      });
}

}  // namespace runtime::extensions::fs
