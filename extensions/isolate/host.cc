#include "extensions/isolate/host.h"

#include <kj/common.h>

#include <cerrno>
#include <stdexcept>

#include "capabilities/view.h"
#include "extensions/isolate/isolate.capnp.h"
#include "extensions/isolate/workers.h"

namespace runtime::extensions::isolate {
namespace {

using capabilities::View;

constexpr unsigned char kFace[] = {
#embed "message.js"
    ,
#embed "message_writer.js"
    ,
#embed "message_reader.js"
    ,
#embed "isolate.js"
};

constexpr size_t kMaxNameBytes = 256;  // of a grant

std::unexpected<ipc::WireError> fail(int error) { return std::unexpected(ipc::fromErrno(error, "")); }
std::unexpected<ipc::WireError> fail(std::string code, std::string message) {
  return std::unexpected(ipc::WireError{std::move(code), "", "", "", std::move(message)});
}

Workers& workersOf(Call& call) {
  if (Workers* workers = call.job().workers()) return *workers;
  throw std::logic_error("a job whose workers know of no others has no runtime:isolate");
}

void set(ipc::Token::Builder builder, const capabilities::Token& token) {
  builder.setHigh(token.high);
  builder.setLow(token.low);
}

std::shared_ptr<Peer> peerOf(const Call& call) { return std::dynamic_pointer_cast<Peer>(call.argument(0).object); }

// The tokens of the arguments from the second on, all of them folders: nothing else crosses. EINVAL where one is not.
std::expected<std::vector<capabilities::Token>, ipc::WireError> foldersOf(const Call& call) {
  std::vector<capabilities::Token> tokens;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    const auto* view = dynamic_cast<const View*>(call.argument(i).object.get());
    if (view == nullptr || !view->isFolder()) return fail("EINVAL", "only folders of runtime:fs can be handed on");
    tokens.push_back(call.argument(i).token);
  }
  return tokens;
}

kj::Promise<Outcome> spawn(Call& call) {
  const auto params = call.as<Isolate::SpawnParams>();
  const auto* view = dynamic_cast<const View*>(call.argument(0).object.get());
  if (view == nullptr || view->isFolder()) co_return fail(EBADF);
  const auto folders = foldersOf(call);
  if (!folders) co_return std::unexpected(folders.error());
  const auto names = params.getNames();
  if (names.size() != folders->size()) co_return fail(EINVAL);
  Wanted wanted;
  wanted.module = view->module();
  wanted.specifier = std::string(params.getSpecifier().begin(), params.getSpecifier().size());
  for (unsigned i = 0; i < names.size(); ++i) {
    if (names[i].size() > kMaxNameBytes) co_return fail("EINVAL", "the name of a grant has at most 256 bytes");
    wanted.grants.push_back({std::string(names[i].begin(), names[i].size()), (*folders)[i]});
  }
  wanted.wallNs = params.getWallNs();
  wanted.cpuNs = params.getCpuNs();
  wanted.memoryBytes = params.getMemoryBytes();
  const auto child = co_await workersOf(call).spawn(std::move(wanted));
  if (!child) co_return std::unexpected(child.error());
  const auto token = call.job().table().mint(*child);
  if (!token) {
    workersOf(call).terminate(**child);
    co_return fail("EMFILE", "this job has been given too many capabilities");
  }
  set(call.results(16).initAs<Isolate::SpawnResults>().initChild(), *token);
  co_return Outcome();
}

kj::Promise<Outcome> send(Call& call) {
  const auto peer = peerOf(call);
  if (peer == nullptr) co_return fail(EBADF);
  const auto bytes = call.as<Isolate::SendParams>().getBytes();
  auto folders = foldersOf(call);
  if (!folders) co_return std::unexpected(folders.error());
  if (bytes.size() > Queue::kMaxMessageBytes || folders->size() > Queue::kMaxCapabilities) co_return fail(EMSGSIZE);
  Queue& queue = peer->outgoing();
  if (queue.sending) co_return fail(EBUSY);
  queue.sending = true;
  KJ_DEFER(queue.sending = false);
  while (!queue.closed() && !queue.hasRoomFor(bytes.size())) co_await call.aside(queue.awaitRoom());
  if (queue.closed()) co_return fail(EPIPE);
  queue.put({std::string(reinterpret_cast<const char*>(bytes.begin()), bytes.size()), std::move(*folders)});
  co_return Outcome();
}

kj::Promise<Outcome> receive(Call& call) {
  const auto peer = peerOf(call);
  if (peer == nullptr) co_return fail(EBADF);
  Queue& queue = peer->incoming();
  if (queue.receiving) co_return fail(EBUSY);
  queue.receiving = true;
  KJ_DEFER(queue.receiving = false);
  while (!queue.closed() && queue.empty()) co_await call.aside(queue.awaitMessage());
  if (queue.empty()) {
    call.results(16).initAs<Isolate::ReceiveResults>().setEnded(true);
    co_return Outcome();
  }
  const Message message = queue.take();
  auto results = call.results(message.bytes.size() / sizeof(capnp::word) + 3 * message.capabilities.size() + 16)
                     .initAs<Isolate::ReceiveResults>();
  results.setBytes(kj::arrayPtr(reinterpret_cast<const kj::byte*>(message.bytes.data()), message.bytes.size()));
  auto tokens = results.initCapabilities(static_cast<unsigned>(message.capabilities.size()));
  for (unsigned i = 0; i < tokens.size(); ++i) {
    const auto token =
        peer->channel()->handover->pass(peer->sender(), message.capabilities[i], workersOf(call).sharedTable());
    if (!token) co_return fail("EMFILE", "this job has been given too many capabilities");
    set(tokens[i], *token);
  }
  co_return Outcome();
}

kj::Promise<Outcome> ended(Call& call) {
  const auto peer = peerOf(call);
  if (peer == nullptr || peer->side() != Peer::Side::kParent) co_return fail(EBADF);
  co_await call.aside(peer->channel()->ended.addBranch().ignoreResult());
  const auto end = co_await peer->channel()->ended.addBranch();
  uint64_t words = 64 + end->verdict.size() / sizeof(capnp::word);
  if (end->exception) {
    words += (end->exception->name.size() + end->exception->message.size() + end->exception->stack.size()) /
             sizeof(capnp::word);
  }
  auto results = call.results(words).initAs<Isolate::EndedResults>().initEnd();
  results.setVerdict(end->verdict);
  results.setExitCode(end->exitCode);
  if (end->exception) {
    auto exception = results.initException();
    exception.setName(end->exception->name);
    exception.setMessage(end->exception->message);
    exception.setStack(end->exception->stack);
  }
  auto usage = results.initUsage();
  usage.setWallNs(end->wallNs);
  usage.setCpuNs(end->cpuNs);
  usage.setPeakMemoryBytes(end->peakMemoryBytes);
  usage.setCalls(end->calls);
  usage.setDeniedCalls(end->deniedCalls);
  usage.setBytesRead(end->bytesRead);
  usage.setBytesWritten(end->bytesWritten);
  co_return Outcome();
}

kj::Promise<Outcome> terminate(Call& call) {
  const auto peer = peerOf(call);
  if (peer == nullptr || peer->side() != Peer::Side::kParent) return Outcome(fail(EBADF));
  workersOf(call).terminate(*peer);
  return Outcome();
}

kj::Promise<Outcome> parent(Call& call) {
  const auto* view = dynamic_cast<const View*>(call.argument(0).object.get());
  if (view == nullptr || view->isFolder()) return Outcome(fail(EBADF));
  const auto inheritance = workersOf(call).inheritanceOf(view->module());
  if (!inheritance) return Outcome(std::unexpected(inheritance.error()));
  auto results = call.results(64).initAs<Isolate::ParentResults>();
  if (!*inheritance) return Outcome();
  set(results.initPeer(), (*inheritance)->peer);
  const auto& grants = (*inheritance)->grants;
  auto names = results.initNames(static_cast<unsigned>(grants.size()));
  auto tokens = results.initGrants(static_cast<unsigned>(grants.size()));
  for (unsigned i = 0; i < grants.size(); ++i) {
    names.set(i, grants[i].name);
    set(tokens[i], grants[i].token);
  }
  return Outcome();
}

class IsolateExtension final : public Extension {
 public:
  std::string_view name() const override { return "isolate"; }
  std::vector<std::string_view> specifiers() const override { return {"runtime:isolate"}; }
  capnp::InterfaceSchema schema() const override { return capnp::Schema::from<Isolate>(); }
  std::string_view face() const override { return {reinterpret_cast<const char*>(kFace), sizeof kFace}; }

  kj::Promise<Outcome> invoke(uint16_t method, Call& call) override {
    switch (method) {
      case 0:
        return spawn(call);
      case 1:
        return send(call);
      case 2:
        return receive(call);
      case 3:
        return ended(call);
      case 4:
        return terminate(call);
      case 5:
        return parent(call);
      default:
        throw std::out_of_range("runtime:isolate has no such method");
    }
  }
};

}  // namespace

std::unique_ptr<Extension> makeExtension() { return std::make_unique<IsolateExtension>(); }

}  // namespace runtime::extensions::isolate
