#include "supervisor/serve/exchange.h"

#include <kj/compat/url.h>
#include <kj/debug.h>

#include <algorithm>

#include "supervisor/serve/strict_json.h"

namespace runtime::serve {
namespace {

constexpr size_t kPieceBytes = 64 << 10;
constexpr auto kBodyTimeout = 30 * kj::SECONDS;
constexpr auto kWriteTimeout = 30 * kj::SECONDS;

kj::StringPtr asKj(const std::string& text) { return kj::StringPtr(text.c_str(), text.size()); }

}  // namespace

HeaderTable::HeaderTable() {
  kj::HttpHeaderTable::Builder builder;
  ids.authorization = builder.add("Authorization");
  ids.origin = builder.add("Origin");
  ids.lastEventId = builder.add("Last-Event-ID");
  ids.allow = builder.add("Allow");
  ids.retryAfter = builder.add("Retry-After");
  ids.cacheControl = builder.add("Cache-Control");
  ids.contentTypeOptions = builder.add("X-Content-Type-Options");
  ids.wwwAuthenticate = builder.add("WWW-Authenticate");
  table = builder.build();
}

std::string_view statusText(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

HttpAnswer answerOf(const ApiFault& fault) {
  HttpAnswer answer;
  answer.status = fault.status;
  answer.body = dumped({{"error", {{"code", fault.code}, {"message", fault.message}, {"where", fault.where}}}}) + "\n";
  if (fault.retryAfterSeconds) answer.headers.emplace_back("Retry-After", std::to_string(*fault.retryAfterSeconds));
  if (fault.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  return answer;
}

Exchange::Exchange(const HeaderTable& headers, kj::Timer& timer, std::shared_ptr<BodyBudget> budget,
                   kj::HttpMethod wanted, kj::StringPtr url, const kj::HttpHeaders& given, kj::AsyncInputStream& body,
                   kj::HttpService::Response& response)
    : method(wanted),
      headers_(headers),
      timer_(timer),
      budget_(std::move(budget)),
      given_(given),
      body_(body),
      response_(response) {
  KJ_IF_MAYBE (parsed, kj::Url::tryParse(url, kj::Url::HTTP_REQUEST)) {
    isUrl = true;
    for (const kj::String& part : parsed->path) path.emplace_back(part.cStr(), part.size());
    if (parsed->hasTrailingSlash) path.emplace_back();
    for (const auto& [name, value] : parsed->query) {
      isUrl = isUrl && query.emplace(name.cStr(), std::string(value.cStr(), value.size())).second;
    }
  }
}

std::string Exchange::header(kj::HttpHeaderId id) const {
  KJ_IF_MAYBE (value, given_.get(id)) return {value->cStr(), value->size()};
  return {};
}

kj::Promise<std::expected<Body, ApiFault>> Exchange::readBody(size_t most) {
  const ApiFault tooLarge{413, "body-too-large", "the body is larger than " + std::to_string(most) + " bytes", "", {}};
  const ApiFault overloaded{503, "overloaded", "the service reads as many bodies at once as it may; try again", "", 1};
  Body body(budget_);
  std::string& bytes = body.text;
  auto patience = timer_.afterDelay(kBodyTimeout).fork();
  KJ_IF_MAYBE (length, body_.tryGetLength()) {
    if (*length > most) co_return std::unexpected(tooLarge);
    if (!body.makeRoom(*length)) co_return std::unexpected(overloaded);
    bytes.reserve(*length);
  }
  std::string piece(kPieceBytes, '\0');
  while (true) {
    const kj::Maybe<size_t> read = co_await body_.tryRead(piece.data(), 1, piece.size())
                                       .then([](size_t count) { return kj::Maybe<size_t>(count); })
                                       .exclusiveJoin(patience.addBranch().then([] { return kj::Maybe<size_t>(); }));
    KJ_IF_MAYBE (count, read) {
      if (*count == 0) co_return kj::mv(body);
      if (bytes.size() + *count > most) co_return std::unexpected(tooLarge);
      if (!body.makeRoom(bytes.size() + *count)) co_return std::unexpected(overloaded);
      bytes.append(piece, 0, *count);
    } else {
      co_return std::unexpected(ApiFault{408, "body-too-slow", "the body did not come within 30 seconds", "", {}});
    }
  }
}

kj::Promise<void> Exchange::answer(HttpAnswer answer) {
  kj::HttpHeaders headers(*headers_.table);
  if (answer.status != 204)
    headers.set(kj::HttpHeaderId::CONTENT_TYPE, kj::heapString(answer.contentType.data(), answer.contentType.size()));
  headers.set(headers_.ids.cacheControl, kj::StringPtr("no-store"));
  headers.set(headers_.ids.contentTypeOptions, kj::StringPtr("nosniff"));
  for (const auto& [name, value] : answer.headers) headers.add(asKj(name), asKj(value));
  const std::string text(statusText(answer.status));
  auto stream = response_.send(answer.status, asKj(text), headers, answer.body.size());
  if (!answer.body.empty() && method != kj::HttpMethod::HEAD)
    co_await writeInTime(*stream, std::move(answer.body), timer_);
}

kj::Own<kj::AsyncOutputStream> Exchange::stream(std::string_view contentType, std::optional<uint64_t> size) {
  kj::HttpHeaders headers(*headers_.table);
  headers.set(kj::HttpHeaderId::CONTENT_TYPE, kj::heapString(contentType.data(), contentType.size()));
  headers.set(headers_.ids.cacheControl, kj::StringPtr("no-store"));
  headers.set(headers_.ids.contentTypeOptions, kj::StringPtr("nosniff"));
  return response_.send(200, "OK", headers, size ? kj::Maybe<uint64_t>(*size) : nullptr);
}

kj::Promise<void> writeInTime(kj::AsyncOutputStream& stream, std::string bytes, kj::Timer& timer) {
  for (size_t at = 0; at < bytes.size(); at += kPieceBytes) {
    const size_t size = std::min(kPieceBytes, bytes.size() - at);
    co_await stream.write(bytes.data() + at, size).exclusiveJoin(timer.afterDelay(kWriteTimeout).then([] {
      kj::throwFatalException(KJ_EXCEPTION(DISCONNECTED, "the client takes nothing"));
    }));
  }
}

}  // namespace runtime::serve
