// Operations on authority itself: directory capabilities, narrowing, revocation.
#include <fcntl.h>

#include <chrono>
#include <limits>

#include "capabilities/view.h"
#include "extensions/fs/fs.capnp.h"
#include "extensions/fs/operation.h"
#include "extensions/fs/tokens.h"

namespace runtime::extensions::fs {
namespace {

using capabilities::View;

// The schema's defaults.
constexpr uint64_t kUnlimited = std::numeric_limits<uint64_t>::max();
constexpr uint32_t kUnlimitedRate = std::numeric_limits<uint32_t>::max();

std::shared_ptr<View> viewOf(const Operation& operation) { return operation.object<View>(0); }

// A folder opened, with its names; what a view of it is made from.
Result<std::shared_ptr<capabilities::Mount>> openFolder(const Lookup& lookup, Wait wait) {
  auto reached = capabilities::reach(lookup, FinalLink::kFollow, wait);
  if (!reached) return std::unexpected(std::move(reached.error()));
  if (!reached->status.isFolder()) return failed(ENOTDIR);
  auto host = capabilities::hostPathOf(reached->fd.get());
  if (!host) return std::unexpected(std::move(host.error()));
  auto guest = capabilities::guestPathOf(lookup, reached->fd.get());
  if (!guest) return std::unexpected(std::move(guest.error()));
  const capabilities::Mount& origin = *lookup.path.mount;
  auto folder = std::make_shared<capabilities::Mount>();
  folder->root = std::move(reached->fd);
  folder->hostPath = std::move(*host);
  folder->at = std::move(*guest);
  folder->rights = origin.rights;
  folder->rule = origin.rule;
  folder->storage = origin.storage;
  return folder;
}

template <typename Results>
kj::Promise<Outcome> handView(Operation operation, std::shared_ptr<View> view, capabilities::Attenuation added = {}) {
  const auto token = operation.mint(std::move(view), std::move(added));
  if (!token) return answer(operation, token.error());
  set(operation.results<Results>(16).initView(), *token);
  return Outcome();
}

}  // namespace

kj::Promise<Outcome> dir(Operation operation) {
  auto slot = capabilities::HandleSlot::acquire(operation.argument(0).path->authority->meters);
  if (slot == nullptr) return answer(operation, Failure{.error = EMFILE});
  return attempt(
      operation, [lookup = operation.lookup(0)](Wait wait) { return openFolder(lookup, wait); },
      [operation, slot = std::move(slot)](const std::shared_ptr<capabilities::Mount>& folder) mutable -> Result<void> {
        folder->slot = std::move(slot);
        const auto token = operation.mint(viewOf(operation)->beneath(folder));
        if (!token) return std::unexpected(token.error());
        set(operation.results<Fs::DirResults>(16).initView(), *token);
        return {};
      });
}

kj::Promise<Outcome> only(Operation operation) {
  const auto view = viewOf(operation);
  if (view == nullptr) return answer(operation, Failure{.error = EBADF});
  RightSet wanted;
  for (const ipc::Right right : operation.params<Fs::OnlyParams>().getRights()) {
    if (static_cast<unsigned>(right) >= static_cast<unsigned>(capabilities::kRightCount)) {
      return answer(operation, Failure{.error = EINVAL});
    }
    wanted = wanted | RightSet{static_cast<Right>(right)};
  }
  if (const auto missing = view->rights().firstMissing(wanted)) {
    return answer(operation, Failure{.error = EACCES, .refused = missing});
  }
  capabilities::tellAskedFor(*view, wanted);
  return handView<Fs::OnlyResults>(operation, view->only(wanted));
}

kj::Promise<Outcome> readOnly(Operation operation) {
  const auto view = viewOf(operation);
  if (view == nullptr) return answer(operation, Failure{.error = EBADF});
  return handView<Fs::ReadOnlyResults>(operation, view->only({Right::kRead, Right::kList}));
}

kj::Promise<Outcome> until(Operation operation) {
  const auto view = viewOf(operation);
  if (view == nullptr) return answer(operation, Failure{.error = EBADF});
  const std::chrono::milliseconds time(operation.params<Fs::UntilParams>().getMilliseconds());
  return handView<Fs::UntilResults>(operation, view->only(RightSet::all()),
                                    {.until = capabilities::Clock::now() + time});
}

kj::Promise<Outcome> budget(Operation operation) {
  const auto view = viewOf(operation);
  if (view == nullptr) return answer(operation, Failure{.error = EBADF});
  const auto params = operation.params<Fs::BudgetParams>();
  capabilities::Budget::Terms terms;
  if (params.getCalls() != kUnlimited) terms.calls = params.getCalls();
  if (params.getBytes() != kUnlimited) terms.bytes = params.getBytes();
  if (params.getPerSecond() != kUnlimitedRate) terms.perSecond = params.getPerSecond();
  const bool tooFast = terms.perSecond && *terms.perSecond > capabilities::Budget::kMaxPerSecond;
  if (tooFast || (!terms.calls && !terms.bytes && !terms.perSecond)) {
    return answer(operation, Failure{.error = EINVAL});
  }
  auto within = capabilities::Budget::within(operation.argument(0).budget, terms, capabilities::Clock::now());
  if (within == nullptr) return answer(operation, capabilities::failedBecause(EMLINK, "budgets nest too deep").error());
  return handView<Fs::BudgetResults>(operation, view->only(RightSet::all()), {.budget = std::move(within)});
}

kj::Promise<Outcome> rights(Operation operation) {
  const auto view = viewOf(operation);
  if (view == nullptr) return answer(operation, Failure{.error = EBADF});
  std::vector<ipc::Right> held;
  for (int i = 0; i < capabilities::kRightCount; ++i) {
    if (view->rights().has(static_cast<Right>(i))) held.push_back(static_cast<ipc::Right>(i));
  }
  auto list = operation.results<Fs::RightsResults>(16).initRights(static_cast<unsigned>(held.size()));
  for (unsigned i = 0; i < list.size(); ++i) list.set(i, held[i]);
  return Outcome();
}

kj::Promise<Outcome> revoke(Operation operation) {
  if (viewOf(operation) == nullptr) return answer(operation, Failure{.error = EBADF});
  operation.call().letGo(0);
  operation.call().job().table().end(operation.argument(0).token, capabilities::Ended::kRevoked);
  return Outcome();
}

}  // namespace runtime::extensions::fs
