#pragma once
// The life of one job as server-sent events (WHATWG HTML, 9.2): state, stdout, stderr and, last, result. The service's
// thread.
#include <kj/async-io.h>
#include <kj/timer.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "supervisor/serve/live_job.h"

namespace runtime::serve {

// Where a reader was: "ATTEMPT-STDOUT-STDERR", bytes of text that it has of each; then "-over" once it knows that the
// job has ended, and "-end" once it has the result.
struct EventId {
  uint64_t attempt = 0;
  OutputLog::Position position;
  enum class Told : uint8_t { kOutput, kOver, kResult } told = Told::kOutput;
  std::string text() const;
};
// Nothing where it is none of ours.
std::optional<EventId> parseEventId(std::string_view text);

// Writes what is to come after `since`, until the result; where that was of another attempt, all. A reader that is slow
// holds up nobody, and costs one piece of text.
kj::Promise<void> writeEvents(std::shared_ptr<LiveJob> job, std::optional<EventId> since, kj::AsyncOutputStream& stream,
                              kj::Timer& timer);
// The same of a job that had ended before.
kj::Promise<void> writeEvents(const JobRecord& record, std::optional<EventId> since, kj::AsyncOutputStream& stream,
                              kj::Timer& timer);

// The job as the API shows it: {"id","state","attempts",...,"result"}.
std::string jobJson(const JobRecord& record);

}  // namespace runtime::serve
