#include "supervisor/serve/http_server.h"

#include <kj/debug.h>

#include <algorithm>
#include <format>

#include "supervisor/serve/log.h"

namespace runtime::serve {
namespace {

constexpr size_t kBodyBudgetBytes = 64 << 20;
constexpr auto kAcceptAgain = 20 * kj::MILLISECONDS;
// What a client may still send after its last answer: a connection that is closed with bytes unread is reset, and the
// answer is lost (RFC 9112, 9.6).
constexpr auto kLinger = 1 * kj::SECONDS;
constexpr size_t kLingerBytes = 1 << 20;

kj::HttpServerSettings settingsWith(kj::HttpServerErrorHandler& errors) {
  kj::HttpServerSettings settings;
  settings.headerTimeout = 10 * kj::SECONDS;
  settings.pipelineTimeout = 60 * kj::SECONDS;
  settings.errorHandler = errors;
  return settings;
}

// "127.0.0.1:4711" without the port.
std::string addressOf(kj::PeerIdentity& identity) {
  std::string text = identity.toString().cStr();
  return text.substr(0, text.rfind(':'));
}

kj::Promise<void> discard(kj::AsyncInputStream& stream) {
  std::string piece(16 << 10, '\0');
  for (size_t read = 0; read < kLingerBytes;) {
    const size_t count = co_await stream.tryRead(piece.data(), 1, piece.size());
    if (count == 0) co_return;
    read += count;
  }
}

}  // namespace

struct HttpListener::Connection final : kj::HttpService, kj::HttpServerErrorHandler {
  Connection(HttpListener& owner, kj::AsyncIoStream& connected, Peer who)
      : listener(owner),
        stream(connected),
        peer(std::move(who)),
        server(owner.timer_, *owner.headers_.table, *this, settingsWith(*this)) {}

  kj::Promise<void> request(kj::HttpMethod method, kj::StringPtr url, const kj::HttpHeaders& headers,
                            kj::AsyncInputStream& body, Response& response) override {
    lastUsed = ++listener.clock_;
    ++requests;
    auto exchange =
        kj::heap<Exchange>(listener.headers_, listener.timer_, listener.budget_, method, url, headers, body, response);
    auto handled = kj::evalNow([&] { return listener.api_.handle(*exchange, peer); });
    // Nobody reads the answer: whatever waits for it ends.
    auto gone = stream.whenWriteDisconnected().then(
        [] { kj::throwFatalException(KJ_EXCEPTION(DISCONNECTED, "the client has gone")); });
    return handled.exclusiveJoin(kj::mv(gone)).attach(kj::mv(exchange), kj::defer([this] { --requests; }));
  }

  // A request that could not be read, or one that failed.
  kj::Promise<void> refuse(const ApiFault& fault, Response& response) {
    const HttpAnswer answer = serve::answerOf(fault);
    kj::HttpHeaders headers(*listener.headers_.table);
    headers.set(kj::HttpHeaderId::CONTENT_TYPE, kj::StringPtr("application/json"));
    const std::string text(statusText(fault.status));
    auto body = kj::heapString(answer.body.data(), answer.body.size());
    auto out = response.send(fault.status, kj::StringPtr(text.c_str(), text.size()), headers, body.size());
    auto written = out->write(body.begin(), body.size());
    return written.attach(kj::mv(out), kj::mv(body));
  }
  kj::Promise<void> handleClientProtocolError(kj::HttpHeaders::ProtocolError error, Response& response) override {
    return refuse({error.statusCode, "bad-request", "this is no request of HTTP/1.1", "", {}}, response);
  }
  kj::Promise<void> handleApplicationError(kj::Exception exception, kj::Maybe<Response&> response) override {
    if (exception.getType() == kj::Exception::Type::DISCONNECTED) return kj::READY_NOW;
    const bool ours = requests > 0;
    if (ours) log(Level::kError, "internal-error", {{"message", exception.getDescription().cStr()}});
    KJ_IF_MAYBE (open, response) {
      if (ours) return refuse(internalError(), *open);
      return refuse({400, "bad-request", "this is no request of HTTP/1.1", "", {}}, *open);
    }
    // It read headers until it could keep no more of them, and cannot answer by itself.
    tooLarge = !ours;
    return kj::READY_NOW;
  }
  kj::Promise<void> handleNoResponse(Response& response) override { return refuse(internalError(), response); }
  static ApiFault internalError() {
    return {500, "internal-error", "the service has failed at this; its operator's log says why", "", {}};
  }

  HttpListener& listener;
  kj::AsyncIoStream& stream;
  const Peer peer;
  kj::HttpServer server;
  uint64_t lastUsed = 0;
  unsigned requests = 0;  // under way
  bool tooLarge = false;  // the headers that came last
  kj::Maybe<kj::Promise<void>> life;
};

HttpListener::HttpListener(kj::Timer& timer, Api& api, size_t mostConnections)
    : timer_(timer),
      api_(api),
      most_(mostConnections),
      budget_(std::make_shared<BodyBudget>(kBodyBudgetBytes)),
      tasks_(*this) {}

HttpListener::~HttpListener() noexcept(false) {
  while (!connections_.empty()) {
    const auto last = connections_.front();
    last->life = nullptr;  // which removes it
  }
}

void HttpListener::taskFailed(kj::Exception&& exception) {
  log(Level::kError, "internal-error", {{"message", exception.getDescription().cStr()}});
}

kj::Promise<void> HttpListener::serve(kj::Own<kj::ConnectionReceiver> port, bool isUnix) {
  while (true) {
    kj::Maybe<kj::AuthenticatedStream> accepted;
    try {
      accepted = co_await port->acceptAuthenticated();
    } catch (const kj::Exception&) {
      // The other end has gone again, or there is no descriptor left.
    }
    KJ_IF_MAYBE (connected, accepted) {
      Peer peer;
      if (isUnix) {
        KJ_IF_MAYBE (local, kj::dynamicDowncastIfAvailable<kj::LocalPeerIdentity>(*connected->peerIdentity)) {
          KJ_IF_MAYBE (uid, local->getCredentials().uid) peer.uid = *uid;
        }
      } else {
        peer.address = addressOf(*connected->peerIdentity);
      }
      open(kj::mv(connected->stream), std::move(peer));
      continue;
    }
    makeRoom();
    co_await timer_.afterDelay(kAcceptAgain);
  }
}

bool HttpListener::makeRoom() {
  std::shared_ptr<Connection> worst;
  for (const auto& each : connections_) {
    if (each->requests > 0) continue;
    const auto rank = [&](const Connection& one) {
      return std::pair(ofPeer_.at(one.peer), -static_cast<int64_t>(one.lastUsed));
    };
    if (worst == nullptr || rank(*each) > rank(*worst)) worst = each;
  }
  if (worst == nullptr) return false;
  worst->life = nullptr;  // which removes it
  return true;
}

void HttpListener::open(kj::Own<kj::AsyncIoStream> stream, Peer peer) {
  if (draining_) return;
  if (connections_.size() >= most_ && !makeRoom()) return;
  auto& held = *stream;
  auto connection = std::make_shared<Connection>(*this, held, std::move(peer));
  connection->lastUsed = ++clock_;
  const auto at = connections_.insert(connections_.end(), connection);
  ++ofPeer_[connection->peer];
  auto removed = kj::defer([this, at] {
    const auto count = ofPeer_.find((*at)->peer);
    if (--count->second == 0) ofPeer_.erase(count);
    // Its own promise may not be destroyed from within it.
    tasks_.add(kj::evalLater([gone = std::move(*at)]() mutable { gone.reset(); }));
    connections_.erase(at);
  });
  connection->life = converse(*connection, kj::mv(stream)).attach(kj::mv(removed)).eagerlyEvaluate(nullptr);
}

kj::Promise<void> HttpListener::converse(Connection& connection, kj::Own<kj::AsyncIoStream> stream) {
  try {
    co_await connection.server.listenHttpCleanDrain(*stream);
    if (connection.tooLarge) {
      const std::string body =
          serve::answerOf({431, "headers-too-large", "the headers of the request are too large", "", {}}).body;
      co_await writeInTime(*stream,
                           std::format("HTTP/1.1 431 {}\r\nConnection: close\r\nContent-Type: application/json\r\n"
                                       "Content-Length: {}\r\n\r\n{}",
                                       statusText(431), body.size(), body),
                           timer_);
    }
    stream->shutdownWrite();
    co_await discard(*stream).exclusiveJoin(timer_.afterDelay(kLinger));
  } catch (const kj::Exception& exception) {
    if (exception.getType() == kj::Exception::Type::DISCONNECTED) co_return;
    log(Level::kInfo, "connection", {{"message", exception.getDescription().cStr()}});
  }
}

kj::Promise<void> HttpListener::drain() {
  draining_ = true;
  auto all = kj::heapArrayBuilder<kj::Promise<void>>(connections_.size());
  for (const auto& each : connections_) {
    all.add(each->server.drain().attach(kj::heap(each)).catch_([](kj::Exception&&) {}));
  }
  return kj::joinPromises(all.finish());
}

}  // namespace runtime::serve
