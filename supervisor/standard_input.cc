#include "supervisor/standard_input.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace runtime::supervisor {

struct StandardInput::Shared {
  std::mutex mutex;
  std::condition_variable wake;
  bool ending = false;
  size_t wanted = 0;
  kj::Maybe<kj::Own<kj::CrossThreadPromiseFulfiller<std::string>>> waiting;

  void loop(const Read& read) {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [this] { return ending || wanted > 0; });
      if (ending) return;
      std::string bytes(wanted, '\0');
      lock.unlock();
      bytes.resize(std::min(bytes.size(), read(bytes.data(), bytes.size())));
      lock.lock();
      wanted = 0;
      KJ_IF_MAYBE (fulfiller, waiting) (*fulfiller)->fulfill(kj::mv(bytes));
      waiting = nullptr;
    }
  }
};

StandardInput::~StandardInput() {
  if (shared_ == nullptr) return;
  const std::lock_guard lock(shared_->mutex);
  shared_->ending = true;
  shared_->wake.notify_one();
}

kj::Promise<std::string> StandardInput::read(size_t max) {
  if (!read_) co_return std::string();
  if (shared_ == nullptr) {
    auto made = std::make_shared<Shared>();
    std::thread([made, read = read_] { made->loop(read); }).detach();
    shared_ = std::move(made);
  }
  auto paf = kj::newPromiseAndCrossThreadFulfiller<std::string>();
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->wanted = max;
    shared_->waiting = kj::mv(paf.fulfiller);
    shared_->wake.notify_one();
  }
  busy_ = true;
  KJ_DEFER(busy_ = false);
  co_return co_await paf.promise;
}

}  // namespace runtime::supervisor
