#pragma once
// A worker's own thread for file work that may block: one tenant's slow disk delays no other. Made at first need; it
// owns only the descriptors and values that a task was given. Tasks run in order, one at a time.
#include <kj/async.h>

#include <atomic>
#include <functional>
#include <memory>
#include <type_traits>

namespace runtime::capabilities {

class Lane {
 public:
  // Tasks that wait at once; beyond it run() throws an exception of type OVERLOADED.
  static constexpr size_t kMaxQueued = 1024;

  Lane();
  // Never waits, whatever the disk does: tasks that wait are dropped, their promises broken, by the thread, which ends
  // by itself after the task that runs. That task sees stopped().
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

  // Set once the lane has ended: long tasks (a copy, a removal) look at it between their steps. Any thread.
  std::shared_ptr<const std::atomic<bool>> stopped() const;

 private:
  struct Shared;  // with the thread, which may outlive the lane

  template <typename Task, typename T>
  struct State {
    State(Task wanted, kj::Own<kj::CrossThreadPromiseFulfiller<T>> waiting)
        : task(std::move(wanted)), fulfiller(kj::mv(waiting)) {}
    void perform() {
      KJ_IF_MAYBE (exception, kj::runCatchingExceptions([&] { fulfiller->fulfill(task()); })) {
        fulfiller->reject(kj::mv(*exception));
      }
    }
    Task task;
    kj::Own<kj::CrossThreadPromiseFulfiller<T>> fulfiller;
  };
  // OVERLOADED, and the task is dropped, where too many wait or there can be no thread.
  void push(std::function<void()> task);
  // With the mutex held.
  void start();

  std::shared_ptr<Shared> shared_;
};

}  // namespace runtime::capabilities
