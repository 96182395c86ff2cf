#include "supervisor/serve/api.h"

#include <kj/debug.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <format>

#include "supervisor/result_json.h"
#include "supervisor/serve/base64.h"
#include "supervisor/serve/events.h"
#include "supervisor/serve/notation.h"
#include "supervisor/serve/piston.h"
#include "supervisor/serve/strict_json.h"
#include "supervisor/serve/submission.h"

namespace runtime::serve {
namespace {

constexpr size_t kListedAtOnce = 100;
constexpr size_t kMostListed = 1000;
constexpr size_t kArtifactPieceBytes = 64 << 10;
// What Piston answers a caller with waits so long for its job's turn and end.
constexpr auto kPistonPatience = 120 * kj::SECONDS;

constexpr char kOpenApi[] = {
#embed "openapi.json"
    , '\0'};

ApiFault noSuchRoute() {
  return {404, "not-found", "there is nothing at this path; GET /openapi.json lists what there is", "", {}};
}

// Whether `path` is what the route's pattern says; fills in its parameters.
bool matches(std::string_view pattern, const std::vector<std::string>& path,
             std::map<std::string, std::string, std::less<>>& parameters) {
  parameters.clear();
  size_t at = 0;
  pattern.remove_prefix(1);
  while (true) {
    const std::string_view part = pattern.substr(0, pattern.find('/'));
    if (at == path.size()) return false;
    if (part.starts_with('{')) {
      if (path[at].empty()) return false;
      parameters.emplace(part.substr(1, part.size() - 2), path[at]);
    } else if (part != path[at]) {
      return false;
    }
    ++at;
    if (part.size() == pattern.size()) return at == path.size();
    pattern.remove_prefix(part.size() + 1);
  }
}

// "host:port" or "host", without the port; an IPv6 address without its brackets.
std::string_view hostOf(std::string_view authority) {
  const size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && !authority.ends_with(']')) authority = authority.substr(0, colon);
  if (authority.starts_with('[') && authority.ends_with(']')) return authority.substr(1, authority.size() - 2);
  return authority;
}

// Of "Bearer TOKEN" (RFC 6750), or of "Basic ..." (RFC 7617), whose password it is: for clients that can be told a URL
// and nothing else.
std::optional<std::string> tokenOf(std::string_view authorization) {
  const size_t space = authorization.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto isScheme = [scheme = authorization.substr(0, space)](std::string_view name) {
    return std::ranges::equal(scheme, name, {},
                              [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  };
  const std::string_view credentials = authorization.substr(space + 1);
  if (isScheme("bearer")) return std::string(credentials);
  if (!isScheme("basic")) return std::nullopt;
  const auto pair = decodeBase64(credentials);
  const size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return pair->substr(colon + 1);
}

std::optional<ApiFault> unknownQuery(const Exchange& exchange, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : exchange.query) {
    if (std::ranges::contains(known, name)) continue;
    return ApiFault{400, "bad-request", "no parameter of this path is called " + policies::quoted(name), "query", {}};
  }
  return std::nullopt;
}

HttpAnswer jsonAnswer(unsigned status, std::string json) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = std::move(json) + "\n";
  return answer;
}

HttpAnswer accepted(const std::string& id, JobState state) {
  HttpAnswer answer = jsonAnswer(202, dumped({{"id", id}, {"state", name(state)}}));
  answer.headers.emplace_back("Location", "/v1/jobs/" + id);
  return answer;
}

// Nothing where the time was up first, or it will not end in this process.
kj::Promise<std::optional<JobRecord>> endWithin(std::shared_ptr<LiveJob> job, kj::Duration patience, JobBoard& board,
                                                kj::Timer& timer) {
  auto over = timer.afterDelay(patience).exclusiveJoin(board.onDrained()).fork();
  while (!job->ended) {
    const bool late =
        co_await job->changed().then([] { return false; }).exclusiveJoin(over.addBranch().then([] { return true; }));
    if (late && !job->ended) co_return std::nullopt;
  }
  co_return *job->ended;
}

}  // namespace

struct Routes {
  static constexpr auto kGet = kj::HttpMethod::GET;
  static constexpr auto kPost = kj::HttpMethod::POST;
  static constexpr auto kDelete = kj::HttpMethod::DELETE;
  static constexpr std::array kAll{
      Route{kPost, "/v1/jobs", Access::kTenant, &Api::submit},
      Route{kGet, "/v1/jobs", Access::kTenant, &Api::list},
      Route{kGet, "/v1/jobs/{id}", Access::kTenant, &Api::show},
      Route{kDelete, "/v1/jobs/{id}", Access::kTenant, &Api::cancel},
      Route{kGet, "/v1/jobs/{id}/events", Access::kTenant, &Api::events},
      Route{kGet, "/v1/artifacts/{sha256}", Access::kTenant, &Api::artifact},
      Route{kGet, "/v1/confinement", Access::kTenant, &Api::confinement},
      Route{kGet, "/metrics", Access::kOperator, &Api::metricsText},
      Route{kGet, "/healthz", Access::kAll, &Api::healthy},
      Route{kGet, "/readyz", Access::kAll, &Api::ready},
      Route{kGet, "/openapi.json", Access::kAll, &Api::openapi},
      Route{kGet, "/api/v2/runtimes", Access::kTenant, &Api::pistonRuntimes},
      Route{kPost, "/api/v2/execute", Access::kTenant, &Api::pistonExecute},
  };
};

std::span<const Route> Api::routes() { return Routes::kAll; }

// A page that a browser shows may send what it likes to an address it can reach, and a name of its own may be made to
// mean that address (DNS rebinding): neither is a client of ours.
std::optional<ApiFault> Api::crossSite(const Exchange& exchange) const {
  const std::string authority = exchange.header(kj::HttpHeaderId::HOST);
  const std::string_view host = hostOf(authority);
  if (!isIpLiteral(host) && host != "localhost" && !std::ranges::contains(parts_.hosts, host)) {
    return ApiFault{403, "host", "this service has another name; `hosts` of [listen] lists those it has", "Host", {}};
  }
  const std::string origin = exchange.header(exchange.ids().origin);
  if (origin.empty() || origin == "http://" + authority || origin == "https://" + authority) return std::nullopt;
  return ApiFault{403, "origin", "pages of other sites may not use this service", "Origin", {}};
}

std::expected<std::shared_ptr<const Tenant>, ApiFault> Api::identify(const Exchange& exchange, const Peer& peer) const {
  const std::string given = exchange.header(exchange.ids().authorization);
  const auto tenants = parts_.tenants();
  if (!given.empty()) {
    const auto token = tokenOf(given);
    auto tenant = token ? tenants->ofToken(*token) : nullptr;
    if (tenant != nullptr) return tenant;
    return std::unexpected(ApiFault{401, "unauthorized", "no tenant has this token", "Authorization", {}});
  }
  auto tenant = peer.uid ? tenants->ofUid(*peer.uid) : nullptr;
  if (tenant != nullptr) return tenant;
  return std::unexpected(ApiFault{401, "unauthorized", "say who you are: Authorization: Bearer TOKEN", "", {}});
}

kj::Promise<void> Api::handle(Exchange& exchange, const Peer& peer) {
  if (!exchange.isUrl) {
    return exchange.refuse({400, "bad-request", "the URL cannot be read, or has a parameter twice", "", {}});
  }
  if (!peer.uid) {
    if (const auto fault = crossSite(exchange)) return exchange.refuse(*fault);
  }
  const Route* found = nullptr;
  std::string methods;
  for (const Route& route : routes()) {
    if (!matches(route.path, exchange.path, exchange.parameters)) continue;
    methods += (methods.empty() ? "" : ", ") + std::string(kj::str(route.method).cStr());
    if (route.method == exchange.method) {
      found = &route;
      break;
    }
  }
  if (found == nullptr) {
    if (methods.empty()) return exchange.refuse(noSuchRoute());
    HttpAnswer answer = answerOf({405, "method", "this path is for " + methods, "", {}});
    answer.headers.emplace_back("Allow", methods);
    return exchange.answer(std::move(answer));
  }
  if (found->access != Access::kAll) {
    auto tenant = identify(exchange, peer);
    if (!tenant) {
      ++parts_.metrics.refusedByCode[tenant.error().code];
      return exchange.refuse(tenant.error());
    }
    exchange.tenant = std::move(*tenant);
    if (found->access == Access::kOperator && !exchange.tenant->isOperator) {
      return exchange.refuse({403, "not-operator", "this is for operators: `operator = true` of the tenant", "", {}});
    }
  }
  if (exchange.tenant == nullptr) return (this->*found->act)(exchange);
  // Streams and waits stay open: those of one tenant leave room for others.
  size_t& underWay = underWay_[exchange.tenant->name];
  if (underWay >= parts_.mostRequestsOfTenant) {
    ++parts_.metrics.refusedByCode["too-many-requests"];
    return exchange.refuse({429, "too-many-requests", "as many requests of this tenant are under way as may", "", 1});
  }
  ++underWay;
  return (this->*found->act)(exchange).attach(kj::defer([this, name = exchange.tenant->name] {
    if (const auto count = underWay_.find(name); --count->second == 0) underWay_.erase(count);
  }));
}

kj::Promise<void> Api::submit(Exchange& exchange) {
  if (const auto fault = unknownQuery(exchange, {"wait"})) co_return co_await exchange.refuse(*fault);
  std::optional<uint64_t> waitNs;
  if (const auto wait = exchange.query.find("wait"); wait != exchange.query.end()) {
    const auto parsed = parseWait(wait->second);
    if (!parsed) {
      co_return co_await exchange.refuse({400, "bad-request", "`wait` " + parsed.error(), "query", {}});
    }
    waitNs = *parsed;
  }
  auto read = co_await exchange.readBody(kMaxBodyBytes);
  if (!read) co_return co_await exchange.refuse(read.error());
  // Also the thread's that reads it, which goes on where the client has gone.
  const auto body = std::make_shared<Body>(std::move(*read));
  constexpr size_t kMaxReadHere = 64 << 10;
  auto submission = body->text.size() <= kMaxReadHere
                        ? parseSubmission(body->text)
                        : co_await clerk_.run([body] { return parseSubmission(body->text); });
  if (!submission) {
    ++parts_.metrics.refusedByCode[submission.error().code];
    co_return co_await exchange.refuse(submission.error());
  }
  auto taken = co_await parts_.board.submit(exchange.tenant, std::move(*submission), std::move(body->text));
  if (!taken) co_return co_await exchange.refuse(taken.error());
  if (!waitNs) {
    const JobState state = taken->isNew             ? JobState::kQueued
                           : taken->live != nullptr ? taken->live->state
                                                    : JobState::kDone;
    co_return co_await exchange.answer(accepted(taken->id, state));
  }
  if (taken->live == nullptr) {
    auto record = co_await parts_.board.find(exchange.tenant, taken->id);
    if (!record) co_return co_await exchange.refuse(record.error());
    co_return co_await exchange.answer(jsonAnswer(200, jobJson(*record)));
  }
  const auto live = taken->live;
  const auto record =
      co_await endWithin(live, static_cast<int64_t>(*waitNs) * kj::NANOSECONDS, parts_.board, exchange.timer());
  if (!record) co_return co_await exchange.answer(accepted(live->id, live->state));
  co_return co_await exchange.answer(jsonAnswer(200, jobJson(*record)));
}

kj::Promise<void> Api::list(Exchange& exchange) {
  if (const auto fault = unknownQuery(exchange, {"state", "before", "limit"}))
    co_return co_await exchange.refuse(*fault);
  std::optional<JobState> state;
  size_t most = kListedAtOnce;
  std::string before;
  if (const auto given = exchange.query.find("state"); given != exchange.query.end()) {
    state = jobStateNamed(given->second);
    if (!state) {
      co_return co_await exchange.refuse(
          {400, "bad-request", "`state` is queued, running, done or cancelled", "query", {}});
    }
  }
  if (const auto given = exchange.query.find("limit"); given != exchange.query.end()) {
    const std::string& text = given->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), most);
    if (error != std::errc() || end != text.data() + text.size() || most == 0 || most > kMostListed) {
      co_return co_await exchange.refuse({400, "bad-request", "`limit` is an integer from 1 to 1000", "query", {}});
    }
  }
  if (const auto given = exchange.query.find("before"); given != exchange.query.end()) {
    before = given->second;
    auto known = co_await parts_.board.find(exchange.tenant, before);
    if (!known) co_return co_await exchange.refuse(known.error());
  }
  auto records = co_await parts_.board.list(exchange.tenant, state, std::move(before), most);
  if (!records) co_return co_await exchange.refuse(records.error());
  std::string text = "{\"jobs\":[";
  for (const JobRecord& record : *records) {
    if (text.back() != '[') text += ',';
    text += jobJson(record);
  }
  text += "]";
  if (records->size() == most) text += ",\"next\":\"/v1/jobs?before=" + records->back().id + "\"";
  co_await exchange.answer(jsonAnswer(200, text + "}"));
}

kj::Promise<void> Api::show(Exchange& exchange) {
  auto record = co_await parts_.board.find(exchange.tenant, exchange.parameters.at("id"));
  if (!record) co_return co_await exchange.refuse(record.error());
  co_await exchange.answer(jsonAnswer(200, jobJson(*record)));
}

kj::Promise<void> Api::cancel(Exchange& exchange) {
  auto record = co_await parts_.board.cancel(exchange.tenant, exchange.parameters.at("id"));
  if (!record) co_return co_await exchange.refuse(record.error());
  const bool over = record->state == JobState::kDone || record->state == JobState::kCancelled;
  co_await exchange.answer(jsonAnswer(over ? 200 : 202, jobJson(*record)));
}

kj::Promise<void> Api::events(Exchange& exchange) {
  constexpr std::string_view kType = "text/event-stream";
  const std::string& id = exchange.parameters.at("id");
  std::optional<EventId> since;
  if (const std::string last = exchange.header(exchange.ids().lastEventId); !last.empty()) {
    since = parseEventId(last);
    if (!since) {
      co_return co_await exchange.refuse(
          {400, "bad-request", "this is no id of an event of ours", "Last-Event-ID", {}});
    }
  }
  auto live = parts_.board.live(*exchange.tenant, id);
  std::optional<JobRecord> ended;
  if (live == nullptr) {
    auto record = co_await parts_.board.find(exchange.tenant, id);
    if (!record) co_return co_await exchange.refuse(record.error());
    ended = std::move(*record);
  }
  if (since && since->told == EventId::Told::kResult) {
    // To a browser: that there is nothing more, and no reason to come again.
    HttpAnswer nothing;
    nothing.status = 204;
    co_return co_await exchange.answer(std::move(nothing));
  }
  auto stream = exchange.stream(kType, std::nullopt);
  if (ended) {
    co_await writeEvents(*ended, since, *stream, exchange.timer());
  } else {
    co_await writeEvents(std::move(live), since, *stream, exchange.timer()).exclusiveJoin(parts_.board.onDrained());
  }
}

kj::Promise<void> Api::artifact(Exchange& exchange) {
  const ApiFault missing{404, "no-such-artifact", "no job of this tenant has such an artifact", "", {}};
  const std::string& digest = exchange.parameters.at("sha256");
  if (!isSha256(digest)) co_return co_await exchange.refuse(missing);
  auto size = co_await parts_.board.artifactSize(exchange.tenant, digest);
  if (!size) co_return co_await exchange.refuse(size.error());
  if (!*size) co_return co_await exchange.refuse(missing);
  const auto file = std::make_shared<os::UniqueFd>(
      co_await reader_.run([&files = parts_.artifacts, digest] { return files.open(digest); }));
  if (!*file) co_return co_await exchange.refuse(missing);
  auto stream = exchange.stream("application/octet-stream", **size);
  for (uint64_t left = **size; left > 0;) {
    std::string piece = co_await reader_.run([file, left] {
      std::string bytes(std::min<uint64_t>(left, kArtifactPieceBytes), '\0');
      const ssize_t count = ::read(file->get(), bytes.data(), bytes.size());
      bytes.resize(count > 0 ? static_cast<size_t>(count) : 0);
      return bytes;
    });
    // The length is promised: without it, the connection ends.
    if (piece.empty()) kj::throwFatalException(KJ_EXCEPTION(FAILED, "an artifact is shorter than it was"));
    left -= piece.size();
    co_await writeInTime(*stream, std::move(piece), exchange.timer());
  }
}

kj::Promise<void> Api::confinement(Exchange& exchange) {
  if (confinement_.empty()) {
    confinement_ = co_await clerk_.run([options = parts_.options] { return toJson(examineHost(options)); });
  }
  co_await exchange.answer(jsonAnswer(200, confinement_));
}

kj::Promise<void> Api::metricsText(Exchange& exchange) {
  HttpAnswer answer;
  answer.body = parts_.metricsText();
  answer.contentType = "text/plain; version=0.0.4; charset=utf-8";
  co_await exchange.answer(std::move(answer));
}

kj::Promise<void> Api::healthy(Exchange& exchange) { return exchange.answer(jsonAnswer(200, R"({"status":"ok"})")); }

kj::Promise<void> Api::ready(Exchange& exchange) {
  if (parts_.board.isDraining()) {
    co_return co_await exchange.refuse({503, "stopping", "the service stops and takes no more jobs", "", 5});
  }
  // What a submission needs is tried: that the database answers.
  auto looked = co_await parts_.board.list(std::make_shared<Tenant>(), std::nullopt, "", 1);
  if (!looked) co_return co_await exchange.refuse(looked.error());
  co_await exchange.answer(jsonAnswer(200, R"({"status":"ready"})"));
}

kj::Promise<void> Api::openapi(Exchange& exchange) {
  HttpAnswer answer;
  answer.body = kOpenApi;
  return exchange.answer(std::move(answer));
}

kj::Promise<void> Api::pistonRuntimes(Exchange& exchange) {
  return exchange.answer(jsonAnswer(200, piston::runtimes()));
}

kj::Promise<void> Api::pistonExecute(Exchange& exchange) {
  const auto complain = [&exchange](unsigned status, std::string_view message) {
    return exchange.answer(jsonAnswer(status, piston::messageOf(message)));
  };
  auto read = co_await exchange.readBody(kMaxBodyBytes);
  if (!read) co_return co_await complain(read.error().status, read.error().message);
  const auto body = std::make_shared<Body>(std::move(*read));
  auto translated = co_await clerk_.run([body] { return piston::submissionOf(body->text); });
  if (!translated) co_return co_await complain(400, translated.error());
  auto submission = parseSubmission(*translated);
  if (!submission) {
    co_return co_await complain(400, submission.error().where + ": " + submission.error().message);
  }
  auto taken = co_await parts_.board.submit(exchange.tenant, std::move(*submission), std::move(*translated));
  if (!taken) co_return co_await complain(taken.error().status, taken.error().message);
  const auto record = co_await endWithin(taken->live, kPistonPatience, parts_.board, exchange.timer());
  if (!record) co_return co_await complain(503, "the job did not have its turn in time; try again");
  co_await exchange.answer(jsonAnswer(200, piston::answerOf(*record)));
}

}  // namespace runtime::serve
