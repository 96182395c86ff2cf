#pragma once
// The HTTP API: which routes there are, who may use them, and what each does. openapi.json here describes it to
// programs; a test holds the two together. The service's thread.
#include <kj/async.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "capabilities/lane.h"
#include "supervisor/runtime.h"
#include "supervisor/serve/artifact_files.h"
#include "supervisor/serve/exchange.h"
#include "supervisor/serve/job_board.h"
#include "supervisor/serve/metrics.h"

namespace runtime::serve {

// Who may use a route.
enum class Access : uint8_t { kAll, kTenant, kOperator };

class Api;
struct Route {
  kj::HttpMethod method;
  std::string_view path;  // "/v1/jobs/{id}"
  Access access;
  kj::Promise<void> (Api::*act)(Exchange& exchange);
};

class Api {
 public:
  struct Parts {  // which outlive it
    JobBoard& board;
    Metrics& metrics;
    ArtifactFiles& artifacts;
    const Options& options;  // of the Runtime
    std::function<std::shared_ptr<const Tenants>()> tenants;
    std::function<std::string()> metricsText;
    size_t mostRequestsOfTenant;
    std::vector<std::string> hosts;  // that requests over TCP may name, beside IP addresses and localhost
  };
  explicit Api(Parts parts) : parts_(std::move(parts)) {}

  static std::span<const Route> routes();

  // Answers in any case.
  kj::Promise<void> handle(Exchange& exchange, const Peer& peer);

 private:
  friend struct Routes;
  std::optional<ApiFault> crossSite(const Exchange& exchange) const;
  std::expected<std::shared_ptr<const Tenant>, ApiFault> identify(const Exchange& exchange, const Peer& peer) const;

  kj::Promise<void> submit(Exchange& exchange);
  kj::Promise<void> list(Exchange& exchange);
  kj::Promise<void> show(Exchange& exchange);
  kj::Promise<void> cancel(Exchange& exchange);
  kj::Promise<void> events(Exchange& exchange);
  kj::Promise<void> artifact(Exchange& exchange);
  kj::Promise<void> confinement(Exchange& exchange);
  kj::Promise<void> metricsText(Exchange& exchange);
  kj::Promise<void> healthy(Exchange& exchange);
  kj::Promise<void> ready(Exchange& exchange);
  kj::Promise<void> openapi(Exchange& exchange);
  kj::Promise<void> pistonRuntimes(Exchange& exchange);
  kj::Promise<void> pistonExecute(Exchange& exchange);

  const Parts parts_;
  std::map<std::string, size_t> underWay_;  // requests, by tenant
  capabilities::Lane reader_;               // of artifacts
  capabilities::Lane clerk_;                // for what takes long
  std::string confinement_;                 // once it is known
};

}  // namespace runtime::serve
