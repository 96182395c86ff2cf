#pragma once
// Connections: takes them, knows who is at their other end, gives requests to the API, and keeps their number within
// what this process has descriptors for. The service's thread.
#include <kj/async-io.h>
#include <kj/compat/http.h>
#include <kj/timer.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>

#include "supervisor/serve/api.h"
#include "supervisor/serve/exchange.h"

namespace runtime::serve {

class HttpListener final : private kj::TaskSet::ErrorHandler {
 public:
  // At most `mostConnections`; where another comes, the longest idle one of the peer that has the most makes room.
  HttpListener(kj::Timer& timer, Api& api, size_t mostConnections);
  ~HttpListener() noexcept(false);

  // Never answers; throws where nothing can be accepted any more. `isUnix`: the peers' uids are known.
  kj::Promise<void> serve(kj::Own<kj::ConnectionReceiver> port, bool isUnix);
  // Ends idle connections at once and the others after their request. Answers when there is none.
  kj::Promise<void> drain();

  size_t connections() const { return connections_.size(); }

 private:
  struct Connection;
  void taskFailed(kj::Exception&& exception) override;
  void open(kj::Own<kj::AsyncIoStream> stream, Peer peer);
  kj::Promise<void> converse(Connection& connection, kj::Own<kj::AsyncIoStream> stream);
  bool makeRoom();

  kj::Timer& timer_;
  Api& api_;
  const size_t most_;
  const HeaderTable headers_;
  const std::shared_ptr<BodyBudget> budget_;
  std::list<std::shared_ptr<Connection>> connections_;
  std::map<Peer, size_t> ofPeer_;
  uint64_t clock_ = 0;  // of requests, to tell who was idle longest
  bool draining_ = false;
  kj::TaskSet tasks_;
};

}  // namespace runtime::serve
