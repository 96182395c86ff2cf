#pragma once
// A client of the service: submits one job and hears of it until its end. One thread with a loop of its own; blocks.
#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "supervisor/runtime.h"

namespace runtime::serve {

struct ServiceAddress {
  std::string unixPath;  // host path; or
  std::string host;      // of TCP, with its port
};
// "unix:/path" or "http://host:port". The error is a sentence.
std::expected<ServiceAddress, std::string> parseServiceAddress(std::string_view text);

struct ClientFault {
  int exitCode = 1;     // 2: the service refused it
  std::string message;  // for a person
};

struct ClientRequest {
  ServiceAddress address;
  std::string token;  // empty: none is sent
  std::string body;   // of POST /v1/jobs
  // Called as output comes; of what was printed before a connection was lost, nothing twice.
  std::function<void(OutputStream, std::string_view)> onOutput;
};

// The id of the job, which is stored.
std::expected<std::string, ClientFault> submitJob(const ClientRequest& request);
// Submits, and follows its events until the end; takes them up again where the connection is lost. The job object, as
// JSON.
std::expected<std::string, ClientFault> submitAndFollow(const ClientRequest& request);

}  // namespace runtime::serve
