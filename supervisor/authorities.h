#pragma once
// The authority of each module of one job, made when it is first asked for. Loop thread.
#include <expected>
#include <map>
#include <memory>
#include <string>

#include "capabilities/view.h"
#include "capabilities/witness.h"
#include "ipc/wire_error.h"
#include "policies/binding.h"
#include "supervisor/prepared_job.h"

namespace runtime::supervisor {

class Authorities {
 public:
  // What modules hold by being loaded.
  enum class Holding : uint8_t {
    kGranted,  // what the policy grants them
    kNothing,  // in a child: it holds what it is handed
  };
  // Borrows `prepared`. `witness` may be null.
  Authorities(const PreparedJob& prepared, std::shared_ptr<capabilities::JobMeters> meters,
              std::shared_ptr<capabilities::Witness> witness = nullptr, Holding holding = Holding::kGranted);

  struct OfModule {
    std::shared_ptr<const capabilities::Authority> held;   // what its views give
    std::shared_ptr<const capabilities::Authority> files;  // what the policy grants it: its denies bind what it imports
    std::shared_ptr<const policies::Binding> binding;
    std::vector<std::string> environment;  // names; what is held of it
  };
  // `modulePath` is the real path under root. The error: the policy gives this module two paths for one `at`.
  std::expected<const OfModule*, ipc::WireError> of(const std::string& modulePath);

  // The rights that the denies of `modulePath` take from the host file at `hostPath`, by whichever of the module's
  // entries show it. Any thread.
  static capabilities::RightSet deniedOnHost(const OfModule& authority, std::string_view hostPath);

 private:
  std::shared_ptr<const capabilities::Mount> mountOf(const policies::FsGrant& grant);

  const PreparedJob& prepared_;
  std::shared_ptr<capabilities::JobMeters> meters_;
  std::shared_ptr<capabilities::Witness> witness_;
  const Holding holding_;
  std::shared_ptr<const std::vector<capabilities::FileIdentity>> untouchable_;
  std::map<std::string, OfModule> modules_;
  std::map<std::string, std::shared_ptr<const capabilities::Mount>> mounts_;
  std::map<std::string, std::shared_ptr<capabilities::Meter>> storage_;  // by the place of the entry
};

}  // namespace runtime::supervisor
