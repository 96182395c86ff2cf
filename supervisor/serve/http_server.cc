#include "supervisor/serve/http_server.h"

#include <kj/debug.h>

#include <algorithm>

#include "supervisor/serve/log.h"

namespace runtime::serve {
namespace {

constexpr size_t kBodyBudgetBytes = 64 << 20;
constexpr auto kAcceptAgain = 20 * kj::MILLISECONDS;

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

}  // namespace

struct HttpListener::Connection final : kj::HttpService {
  Connection(HttpListener& owner, kj::AsyncIoStream& connected, Peer who)
      : listener(owner),
        stream(connected),
        peer(std::move(who)),
        server(owner.timer_, *owner.headers_.table, *this, settingsWith(owner)) {}

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

  HttpListener& listener;
  kj::AsyncIoStream& stream;
  const Peer peer;
  kj::HttpServer server;
  uint64_t lastUsed = 0;
  unsigned requests = 0;  // under way
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
  connection->life = connection->server.listenHttp(kj::mv(stream))
                         .attach(kj::mv(removed))
                         .eagerlyEvaluate([](kj::Exception&& exception) {
                           if (exception.getType() == kj::Exception::Type::DISCONNECTED) return;
                           log(Level::kInfo, "connection", {{"message", exception.getDescription().cStr()}});
                         });
}

kj::Promise<void> HttpListener::drain() {
  draining_ = true;
  auto all = kj::heapArrayBuilder<kj::Promise<void>>(connections_.size());
  for (const auto& each : connections_) {
    all.add(each->server.drain().attach(kj::heap(each)).catch_([](kj::Exception&&) {}));
  }
  return kj::joinPromises(all.finish());
}

kj::Promise<void> HttpListener::handleClientProtocolError(kj::HttpHeaders::ProtocolError error,
                                                          kj::HttpService::Response& response) {
  ApiFault fault{error.statusCode, "bad-request", "this is no request of HTTP/1.1", "", {}};
  if (error.statusCode == 431) {
    fault = {431, "headers-too-large", "the headers of the request are too large", "", {}};
  } else if (error.statusCode == 408) {
    fault = {408, "headers-too-slow", "the request did not come in time", "", {}};
  } else if (error.statusCode >= 500) {
    fault = {error.statusCode, "internal-error", "the service has failed at this; its operator's log says why", "", {}};
  }
  const HttpAnswer answer = serve::answerOf(fault);
  kj::HttpHeaders headers(*headers_.table);
  headers.set(kj::HttpHeaderId::CONTENT_TYPE, kj::StringPtr("application/json"));
  auto body = kj::heapString(answer.body.data(), answer.body.size());
  auto stream = response.send(error.statusCode, error.statusMessage, headers, body.size());
  auto written = stream->write(body.begin(), body.size());
  return written.attach(kj::mv(stream), kj::mv(body));
}

kj::Promise<void> HttpListener::handleApplicationError(kj::Exception exception,
                                                       kj::Maybe<kj::HttpService::Response&> response) {
  if (exception.getType() == kj::Exception::Type::DISCONNECTED) return kj::READY_NOW;
  log(Level::kError, "internal-error", {{"message", exception.getDescription().cStr()}});
  KJ_IF_MAYBE (open, response) {
    return handleClientProtocolError({500, "Internal Server Error", "", nullptr}, *open);
  }
  return kj::READY_NOW;
}

kj::Promise<void> HttpListener::handleNoResponse(kj::HttpService::Response& response) {
  return handleClientProtocolError({500, "Internal Server Error", "", nullptr}, response);
}

}  // namespace runtime::serve
