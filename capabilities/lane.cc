#include "capabilities/lane.h"

#include <kj/common.h>
#include <kj/exception.h>
#include <pthread.h>
#include <signal.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace runtime::capabilities {

struct Lane::Shared {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> tasks;
  bool started = false;
  std::shared_ptr<std::atomic<bool>> stopped = std::make_shared<std::atomic<bool>>(false);

  void loop() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [&] { return stopped->load() || !tasks.empty(); });
      if (stopped->load()) break;
      auto task = std::move(tasks.front());
      tasks.pop_front();
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    }
    auto dropped = std::exchange(tasks, {});
    lock.unlock();
  }
};

Lane::Lane() : shared_(std::make_shared<Shared>()) {}

Lane::~Lane() {
  {
    std::lock_guard lock(shared_->mutex);
    shared_->stopped->store(true);
  }
  shared_->wake.notify_one();
}

std::shared_ptr<const std::atomic<bool>> Lane::stopped() const { return shared_->stopped; }

void Lane::start() {
  // Signals are the loop thread's.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  KJ_DEFER(pthread_sigmask(SIG_SETMASK, &before, nullptr));
  try {
    std::thread([shared = shared_] { shared->loop(); }).detach();
  } catch (const std::system_error& error) {
    kj::throwFatalException(kj::Exception(kj::Exception::Type::OVERLOADED, __FILE__, __LINE__,
                                          kj::str("no thread could be made: ", error.code().message().c_str())));
  }
  shared_->started = true;
}

void Lane::push(std::function<void()> task) {
  {
    std::lock_guard lock(shared_->mutex);
    if (shared_->tasks.size() >= kMaxQueued) {
      kj::throwFatalException(kj::Exception(kj::Exception::Type::OVERLOADED, __FILE__, __LINE__,
                                            kj::str("too many tasks wait on this lane")));
    }
    if (!shared_->started) start();
    shared_->tasks.push_back(std::move(task));
  }
  shared_->wake.notify_one();
}

}  // namespace runtime::capabilities
