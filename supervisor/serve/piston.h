#pragma once
// The API of Piston (https://github.com/engineer-man/piston, docs/api-v2), in terms of ours: so that its clients work
// unchanged. Pure; any thread.
#include <expected>
#include <string>
#include <string_view>

#include "supervisor/serve/job_store.h"

namespace runtime::serve::piston {

// The answer of GET /api/v2/runtimes.
std::string runtimes();

// The body of POST /api/v2/execute as one of POST /v1/jobs. The error is what Piston would say, with 400.
std::expected<std::string, std::string> submissionOf(std::string_view body);

// What POST /api/v2/execute answers of a job that has ended.
std::string answerOf(const JobRecord& record);
// {"message":"..."}
std::string messageOf(std::string_view message);

}  // namespace runtime::serve::piston
