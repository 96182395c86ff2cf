#include "supervisor/serve/expiry.h"

#include <chrono>

#include "supervisor/serve/log.h"

namespace runtime::serve {
namespace {

constexpr auto kEvery = 10 * kj::SECONDS;

}  // namespace

kj::Promise<bool> Expiry::expire(uint64_t wantedBytes) {
  const int64_t now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1);
  const int64_t before = now - static_cast<int64_t>(configuration_.retentionNs / 1'000'000);
  auto expired = co_await store_.run([before, most = configuration_.artifactBytes, wantedBytes](JobStore& store) {
    return store.expire(before, most, wantedBytes);
  });
  if (!expired) {
    log(Level::kError, "storage", {{"message", expired.error().message}});
    co_return false;
  }
  if (!expired->digests.empty()) {
    co_await lane_.run([&files = artifacts_, digests = std::move(expired->digests)] {
      for (const std::string& digest : digests) files.remove(digest);
      return true;
    });
  }
  co_return expired->more;
}

kj::Promise<void> Expiry::forever(kj::Timer& timer) {
  while (true) {
    while (co_await expire(0)) {
    }
    co_await timer.afterDelay(kEvery);
  }
}

}  // namespace runtime::serve
