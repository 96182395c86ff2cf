#include "supervisor/serve/client.h"

#include <kj/async-io.h>
#include <kj/compat/http.h>
#include <kj/debug.h>

#include <format>
#include <memory>
#include <optional>

#include "supervisor/serve/strict_json.h"

namespace runtime::serve {
namespace {

constexpr int kMaxReconnects = 20;
constexpr auto kReconnectAfter = 500 * kj::MILLISECONDS;
constexpr size_t kPieceBytes = 64 << 10;

struct Reply {
  unsigned status = 0;
  std::string body;
};

class Client {
 public:
  explicit Client(const ClientRequest& request) : request_(request), io_(kj::setupAsyncIo()) {
    kj::HttpHeaderTable::Builder builder;
    authorization_ = builder.add("Authorization");
    lastEventId_ = builder.add("Last-Event-ID");
    table_ = builder.build();
  }

  std::expected<std::string, ClientFault> submit() {
    try {
      const Reply reply = post().wait(io_.waitScope);
      const Json json = Json::parse(reply.body, nullptr, false);
      if (reply.status == 202 && json.is_object()) return json.value("id", "");
      return std::unexpected(refusal(reply.status, json));
    } catch (const kj::Exception& exception) {
      return std::unexpected(ClientFault{1, unreachable(exception)});
    }
  }

  std::expected<std::string, ClientFault> follow(const std::string& id) {
    std::optional<std::string> result;
    for (int tries = 0; !result; ++tries) {
      std::string trouble;
      try {
        result = events(id).wait(io_.waitScope);
        if (!result) trouble = "the service ended the connection";
      } catch (const kj::Exception& exception) {
        trouble = unreachable(exception);
      }
      if (result) break;
      if (tries == kMaxReconnects) return std::unexpected(ClientFault{1, trouble + "; the job is " + id});
      io_.provider->getTimer().afterDelay(kReconnectAfter).wait(io_.waitScope);
    }
    return *result;
  }

 private:
  std::string unreachable(const kj::Exception& exception) const {
    const std::string_view what = exception.getDescription().cStr();
    const std::string name = request_.address.unixPath.empty() ? request_.address.host : request_.address.unixPath;
    return std::format("the service at {} cannot be reached: {}", name, what.substr(what.rfind("; ") + 1));
  }

  static ClientFault refusal(unsigned status, const Json& json) {
    if (!json.is_object() || !json.contains("error")) {
      return {1, std::format("the service answered with status {} and no reason", status)};
    }
    const Json& error = json["error"];
    const std::string where = error.value("where", "");
    return {status < 500 ? 2 : 1, std::format("{}{}: {}", where.empty() ? "" : where + ": ", error.value("code", ""),
                                              error.value("message", ""))};
  }

  kj::Promise<kj::Own<kj::HttpClient>> connect() {
    auto& network = io_.provider->getNetwork();
    const std::string& path = request_.address.unixPath;
    const std::string name = path.empty() ? request_.address.host : "unix:" + path;
    auto address = co_await network.parseAddress(kj::StringPtr(name.c_str(), name.size()));
    auto stream = co_await address->connect();
    auto& held = *stream;
    co_return kj::newHttpClient(*table_, held).attach(kj::mv(stream));
  }

  kj::HttpHeaders headers() const {
    kj::HttpHeaders headers(*table_);
    const std::string host = request_.address.unixPath.empty() ? request_.address.host : "localhost";
    headers.set(kj::HttpHeaderId::HOST, kj::heapString(host.data(), host.size()));
    if (!request_.token.empty()) {
      const std::string value = "Bearer " + request_.token;
      headers.set(authorization_, kj::heapString(value.data(), value.size()));
    }
    return headers;
  }

  kj::Promise<Reply> post() {
    auto client = co_await connect();
    auto given = headers();
    given.set(kj::HttpHeaderId::CONTENT_TYPE, kj::StringPtr("application/json"));
    auto sent = client->request(kj::HttpMethod::POST, "/v1/jobs", given, request_.body.size());
    // Where the answer comes before the whole body is taken, it is the answer that counts.
    auto writing = sent.body->write(request_.body.data(), request_.body.size())
                       .catch_([](kj::Exception&&) {})
                       .attach(kj::mv(sent.body))
                       .eagerlyEvaluate(nullptr);
    auto response = co_await sent.response;
    const auto body = co_await response.body->readAllText();
    co_return Reply{response.statusCode, std::string(body.cStr(), body.size())};
  }

  // The job, once it has ended; nothing where the stream ended before.
  kj::Promise<std::optional<std::string>> events(std::string id) {
    auto client = co_await connect();
    auto given = headers();
    if (!last_.empty()) given.set(lastEventId_, kj::heapString(last_.data(), last_.size()));
    const std::string url = "/v1/jobs/" + id + "/events";
    auto sent = client->request(kj::HttpMethod::GET, kj::StringPtr(url.c_str(), url.size()), given, uint64_t{0});
    auto response = co_await sent.response;
    if (response.statusCode != 200) co_return std::nullopt;
    std::string text, piece(kPieceBytes, '\0');
    while (true) {
      const size_t count = co_await response.body->tryRead(piece.data(), 1, piece.size());
      if (count == 0) co_return std::nullopt;
      text.append(piece, 0, count);
      size_t start = 0;
      for (size_t end; (end = text.find("\n\n", start)) != std::string::npos; start = end + 2) {
        if (auto result = onEvent(std::string_view(text).substr(start, end - start))) co_return result;
      }
      text.erase(0, start);
    }
  }

  std::optional<std::string> onEvent(std::string_view block) {
    std::string id, event, data;
    while (!block.empty()) {
      const size_t end = std::min(block.find('\n'), block.size());
      const std::string_view line = block.substr(0, end);
      block.remove_prefix(std::min(end + 1, block.size()));
      const auto value = [&](std::string_view name) -> std::optional<std::string> {
        if (!line.starts_with(name)) return std::nullopt;
        return std::string(line.substr(name.size()));
      };
      if (auto found = value("id: ")) id = std::move(*found);
      if (auto found = value("event: ")) event = std::move(*found);
      if (auto found = value("data: ")) data = std::move(*found);
    }
    if (event.empty()) return std::nullopt;
    last_ = id;
    if (event == "result") return data;
    const Json json = Json::parse(data, nullptr, false);
    if (!json.is_object() || !request_.onOutput) return std::nullopt;
    if (event == "stdout") request_.onOutput(OutputStream::kStdout, json.value("text", ""));
    if (event == "stderr") request_.onOutput(OutputStream::kStderr, json.value("text", ""));
    return std::nullopt;
  }

  const ClientRequest& request_;
  kj::AsyncIoContext io_;
  kj::HttpHeaderId authorization_, lastEventId_;
  kj::Own<kj::HttpHeaderTable> table_;
  std::string last_;  // event that was received
};

}  // namespace

std::expected<ServiceAddress, std::string> parseServiceAddress(std::string_view text) {
  constexpr std::string_view kUnix = "unix:", kHttp = "http://";
  if (text.starts_with(kUnix) && text.size() > kUnix.size()) {
    return ServiceAddress{std::string(text.substr(kUnix.size())), ""};
  }
  if (text.starts_with(kHttp)) {
    std::string host(text.substr(kHttp.size()));
    if (host.ends_with('/')) host.pop_back();
    if (!host.empty() && !host.contains('/')) return ServiceAddress{"", std::move(host)};
  }
  return std::unexpected("the address of a service is unix:/PATH or http://HOST:PORT");
}

std::expected<std::string, ClientFault> submitJob(const ClientRequest& request) { return Client(request).submit(); }

std::expected<std::string, ClientFault> submitAndFollow(const ClientRequest& request) {
  Client client(request);
  const auto id = client.submit();
  if (!id) return std::unexpected(id.error());
  return client.follow(*id);
}

}  // namespace runtime::serve
