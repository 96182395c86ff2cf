#pragma once
// One request and its answer. The service's thread.
#include <kj/compat/http.h>
#include <kj/timer.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "supervisor/serve/api_fault.h"
#include "supervisor/serve/tenants.h"

namespace runtime::serve {

// The headers that we read or write.
struct HeaderIds {
  kj::HttpHeaderId authorization, origin, lastEventId, allow, retryAfter, cacheControl, contentTypeOptions,
      wwwAuthenticate;
};
struct HeaderTable {
  HeaderTable();
  HeaderIds ids;
  kj::Own<kj::HttpHeaderTable> table;
};

struct HttpAnswer {
  unsigned status = 200;
  std::string body;
  std::string_view contentType = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
};
// {"error":{"code","message","where"}}
HttpAnswer answerOf(const ApiFault& fault);
std::string_view statusText(unsigned status);

// Memory that bodies of requests under way may take together. Any thread: a body may end on another than it began on.
class BodyBudget {
 public:
  explicit BodyBudget(size_t bytes) : left_(bytes) {}
  bool take(size_t bytes) {
    size_t left = left_;
    while (bytes <= left) {
      if (left_.compare_exchange_weak(left, left - bytes)) return true;
    }
    return false;
  }
  void give(size_t bytes) { left_ += bytes; }

 private:
  std::atomic<size_t> left_;
};

// A body and its part of the budget, for as long as it is kept.
class Body {
 public:
  explicit Body(std::shared_ptr<BodyBudget> budget) : budget_(std::move(budget)) {}
  Body(Body&& other) noexcept
      : text(std::move(other.text)), budget_(std::move(other.budget_)), taken_(std::exchange(other.taken_, 0)) {}
  Body& operator=(Body&&) = delete;
  ~Body() {
    if (budget_ != nullptr) budget_->give(taken_);
  }
  // False where all bodies together would be too many.
  bool makeRoom(size_t bytes) {
    if (bytes <= taken_) return true;
    if (!budget_->take(bytes - taken_)) return false;
    taken_ = bytes;
    return true;
  }

  std::string text;

 private:
  std::shared_ptr<BodyBudget> budget_;
  size_t taken_ = 0;
};

// Who is at the other end of the connection, as far as the kernel says.
struct Peer {
  std::optional<uid_t> uid;  // of a Unix socket
  std::string address;       // of TCP, without its port
  bool operator<(const Peer& other) const { return std::tie(uid, address) < std::tie(other.uid, other.address); }
};

class Exchange {
 public:
  Exchange(const HeaderTable& headers, kj::Timer& timer, std::shared_ptr<BodyBudget> budget, kj::HttpMethod method,
           kj::StringPtr url, const kj::HttpHeaders& given, kj::AsyncInputStream& body,
           kj::HttpService::Response& response);

  kj::HttpMethod method;
  bool isUrl = false;  // what was asked for could be read
  std::vector<std::string> path;
  std::map<std::string, std::string, std::less<>> query;
  std::map<std::string, std::string, std::less<>> parameters;  // of the route: "{id}"
  std::shared_ptr<const Tenant> tenant;                        // null: nobody, on a route for all

  // Empty where it is not given.
  std::string header(kj::HttpHeaderId id) const;
  const HeaderIds& ids() const { return headers_.ids; }
  kj::Timer& timer() { return timer_; }

  // All of the body, at most `most` bytes: 413, 408 where it does not come in time, 503 where all bodies together are
  // too many.
  kj::Promise<std::expected<Body, ApiFault>> readBody(size_t most);

  // Once.
  kj::Promise<void> answer(HttpAnswer answer);
  kj::Promise<void> refuse(const ApiFault& fault) { return answer(answerOf(fault)); }
  // Once, for a body that comes piece by piece; of `size` bytes where that is known.
  kj::Own<kj::AsyncOutputStream> stream(std::string_view contentType, std::optional<uint64_t> size);

 private:
  const HeaderTable& headers_;
  kj::Timer& timer_;
  const std::shared_ptr<BodyBudget> budget_;
  const kj::HttpHeaders& given_;
  kj::AsyncInputStream& body_;
  kj::HttpService::Response& response_;
};

// Throws DISCONNECTED where the other end takes nothing for so long that it is given up.
kj::Promise<void> writeInTime(kj::AsyncOutputStream& stream, std::string bytes, kj::Timer& timer);

}  // namespace runtime::serve
