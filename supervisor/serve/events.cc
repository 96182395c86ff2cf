#include "supervisor/serve/events.h"

#include <array>
#include <charconv>
#include <chrono>
#include <format>

#include "loader/utf8.h"
#include "supervisor/serve/exchange.h"
#include "supervisor/serve/strict_json.h"

namespace runtime::serve {
namespace {

constexpr size_t kPieceBytes = 32 << 10;
// An idle connection is one that proxies close, and one whose other end may be gone.
constexpr auto kKeepAlive = 15 * kj::SECONDS;
constexpr std::string_view kComment = ": still here\n\n";
constexpr std::array<std::string_view, 3> kSuffixes{"", "-over", "-end"};
constexpr std::string_view kRetry = "retry: 1000\n\n";

std::string timeText(int64_t unixMs) {
  return std::format("{:%FT%TZ}", std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(unixMs)));
}

std::string event(std::string_view name, const EventId& id, std::string_view data) {
  return std::format("id: {}\nevent: {}\ndata: {}\n\n", id.text(), name, data);
}

std::string stateEvent(JobState state, const EventId& id) {
  return event("state", id, dumped({{"state", name(state)}, {"attempts", id.attempt}}));
}

std::string textEvent(std::string_view stream, const EventId& id, const std::string& text) {
  return event(stream, id, dumped({{"text", text}}));
}

}  // namespace

std::string EventId::text() const {
  return std::format("{}-{}-{}{}", attempt, position.standardOutput, position.standardError,
                     kSuffixes.at(static_cast<size_t>(told)));
}

std::optional<EventId> parseEventId(std::string_view text) {
  EventId id;
  for (const auto told : {EventId::Told::kOver, EventId::Told::kResult}) {
    const std::string_view suffix = kSuffixes.at(static_cast<size_t>(told));
    if (!text.ends_with(suffix)) continue;
    id.told = told;
    text.remove_suffix(suffix.size());
    break;
  }
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  const auto number = [&](auto& into) {
    const auto [next, error] = std::from_chars(at, end, into);
    at = next;
    return error == std::errc();
  };
  const auto dash = [&] { return at != end && *at++ == '-'; };
  const bool whole = number(id.attempt) && dash() && number(id.position.standardOutput) && dash() &&
                     number(id.position.standardError) && at == end;
  if (!whole) return std::nullopt;
  return id;
}

std::string jobJson(const JobRecord& record) {
  nlohmann::ordered_json json{{"id", record.id},
                              {"state", name(record.state)},
                              {"attempts", record.attempts},
                              {"submitted", timeText(record.submittedMs)}};
  if (record.finishedMs) json["finished"] = timeText(*record.finishedMs);
  if (!record.reason.empty()) json["reason"] = record.reason;
  std::string text = dumped(json);
  if (record.result.empty()) return text;
  text.pop_back();
  return text + ",\"result\":" + record.result + "}";
}

namespace {

std::string endEvents(const JobRecord& record, EventId id) {
  std::string events;
  if (id.told == EventId::Told::kOutput) {
    id.told = EventId::Told::kOver;
    events = stateEvent(record.state, id);
  }
  id.told = EventId::Told::kResult;
  return events + event("result", id, jobJson(record));
}

// Where to go on. Whoever had an event of this attempt knows that it has begun.
EventId resumed(const std::optional<EventId>& since, int64_t attempts) {
  EventId id;
  id.attempt = static_cast<uint64_t>(attempts);
  return since && since->attempt == id.attempt ? *since : id;
}

}  // namespace

kj::Promise<void> writeEvents(std::shared_ptr<LiveJob> job, std::optional<EventId> since, kj::AsyncOutputStream& stream,
                              kj::Timer& timer) {
  EventId id = resumed(since, job->attempts);
  co_await writeInTime(stream, std::string(kRetry), timer);
  std::optional<JobState> told;
  if (since && since->attempt == id.attempt) told = job->state;
  while (true) {
    if (told != job->state && !job->ended) {
      id = resumed(id, job->attempts);
      told = job->state;
      co_await writeInTime(stream, stateEvent(*told, id), timer);
      continue;
    }
    bool any = false;
    for (const OutputStream which : {OutputStream::kStdout, OutputStream::kStderr}) {
      const bool isOut = which == OutputStream::kStdout;
      size_t& at = isOut ? id.position.standardOutput : id.position.standardError;
      const std::string text = job->output->read(which, at, kPieceBytes);
      if (text.empty()) continue;
      any = true;
      at += text.size();
      co_await writeInTime(stream, textEvent(isOut ? "stdout" : "stderr", id, text), timer);
    }
    if (any) continue;
    if (job->ended) break;
    auto change = job->changed();
    if (!job->output->hasEnded()) change = change.exclusiveJoin(job->output->moreThan(id.position));
    const bool idle = co_await change.then([] { return false; }).exclusiveJoin(timer.afterDelay(kKeepAlive).then([] {
      return true;
    }));
    if (idle) co_await writeInTime(stream, std::string(kComment), timer);
  }
  co_await writeInTime(stream, endEvents(*job->ended, resumed(id, job->ended->attempts)), timer);
}

kj::Promise<void> writeEvents(const JobRecord& record, std::optional<EventId> since, kj::AsyncOutputStream& stream,
                              kj::Timer& timer) {
  EventId id = resumed(since, record.attempts);
  std::string all(kRetry);
  const Json result = record.result.empty() ? Json() : Json::parse(record.result);
  for (const char* name : {"stdout", "stderr"}) {
    const std::string text = result.is_object() ? result.value(name, "") : "";
    size_t& at = name == std::string_view("stdout") ? id.position.standardOutput : id.position.standardError;
    while (at < text.size()) {
      const std::string piece(loader::clipped(std::string_view(text).substr(at), kPieceBytes));
      at += piece.size();
      all += textEvent(name, id, piece);
    }
  }
  all += endEvents(record, id);
  return writeInTime(stream, std::move(all), timer);
}

}  // namespace runtime::serve
