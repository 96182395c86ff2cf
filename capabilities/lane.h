#pragma once
// A worker's own thread for file work that may block: one tenant's slow disk delays no other. Made at first need; it
// owns only the descriptors and values that a task was given. Tasks run in order, one at a time.
#include <kj/async.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>

namespace runtime::capabilities {

class Lane {
 public:
  // Tasks that wait at once; beyond it run() answers an exception of type OVERLOADED.
  static constexpr size_t kMaxQueued = 1024;

  Lane();
  // Waits for the task that runs; tasks that wait are dropped, their promises broken.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // Loop thread. The task runs on the lane's thread; its result is delivered to the loop. Dropping the promise does
  // not stop a task that has begun; what the task owns is then released on the lane.
  template <typename Task, typename T = std::invoke_result_t<Task>>
  kj::Promise<T> run(Task task) {
    auto paf = kj::newPromiseAndCrossThreadFulfiller<T>();
    auto shared = std::make_shared<State<Task, T>>(std::move(task), kj::mv(paf.fulfiller));
    push([shared] { shared->perform(); });
    return kj::mv(paf.promise);
  }

 private:
  template <typename Task, typename T>
  struct State {
    State(Task task, kj::Own<kj::CrossThreadPromiseFulfiller<T>> fulfiller)
        : task(std::move(task)), fulfiller(kj::mv(fulfiller)) {}
    void perform() {
      if (auto exception = kj::runCatchingExceptions([&] { fulfiller->fulfill(task()); }); exception != nullptr) {
        KJ_IF_MAYBE (e, exception) fulfiller->reject(kj::mv(*e));
      }
    }
    Task task;
    kj::Own<kj::CrossThreadPromiseFulfiller<T>> fulfiller;
  };
  void push(std::function<void()> task);
  void loop();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  bool ending_ = false;
  std::thread thread_;  // started by the first push()
};

}  // namespace runtime::capabilities
