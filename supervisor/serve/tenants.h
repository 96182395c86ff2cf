#pragma once
// Who may submit jobs, and with what authority at most. Made from the configuration, at the start and again at each
// SIGHUP; never changed once made. Blocks on the file system while it is made; values, any thread.
#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/diagnostic.h"
#include "policies/policy.h"
#include "supervisor/serve/configuration.h"

namespace runtime::serve {

inline constexpr std::string_view kDefaultTenant = "default";

struct Tenant {
  std::string name;
  std::shared_ptr<const policies::Policy> ceiling;
  // What faults of jobs call it: never a host path.
  std::string ceilingName;
  std::map<std::string, std::shared_ptr<const policies::Policy>, std::less<>> policies;
  uint32_t weight = 1;
  uint32_t running = 1;
  uint32_t queued = 10'000;
  std::optional<Rate> rate;
  bool isOperator = false;
};

class Tenants {
 public:
  // Reads every ceiling and every policy that a tenant may name. All faults together.
  static std::expected<std::shared_ptr<const Tenants>, std::vector<policies::Diagnostic>> load(
      const Configuration& configuration);

  // Null: nobody. By a bearer token; it is compared by its SHA-256, so that the time taken tells nothing of it.
  std::shared_ptr<const Tenant> ofToken(std::string_view token) const;
  // By the user at the other end of the Unix socket. Our own and root are the default tenant where no other has them.
  std::shared_ptr<const Tenant> ofUid(uid_t uid) const;
  std::shared_ptr<const Tenant> named(std::string_view name) const;
  const std::map<std::string, std::shared_ptr<const Tenant>, std::less<>>& all() const { return byName_; }
  // Whether anyone but our own user and root is known by uid.
  bool hasForeignUids() const;

 private:
  std::map<std::string, std::shared_ptr<const Tenant>, std::less<>> byName_, byDigest_;
  std::map<uid_t, std::shared_ptr<const Tenant>> byUid_;
};

// No host folder, network or environment; limits up to a minute and 512 MiB.
policies::Policy defaultCeiling();

}  // namespace runtime::serve
