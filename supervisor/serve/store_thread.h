#pragma once
// The thread of the database. The service's thread.
#include <kj/async.h>
#include <kj/exception.h>

#include <memory>
#include <type_traits>
#include <utility>

#include "capabilities/lane.h"
#include "supervisor/serve/job_store.h"

namespace runtime::serve {

class StoreThread {
 public:
  explicit StoreThread(std::unique_ptr<JobStore> store) : store_(std::move(store)) {}

  // `task` is called with the JobStore, in order with all others; it answers a Stored<>. Where too many wait, the
  // fault says that the store is busy.
  template <typename Task, typename Result = std::invoke_result_t<Task, JobStore&>>
  kj::Promise<Result> run(Task task) {
    return kj::evalNow(
               [&] { return lane_.run([store = store_, task = std::move(task)]() mutable { return task(*store); }); })
        .catch_([](kj::Exception&& exception) -> Result {
          if (exception.getType() != kj::Exception::Type::OVERLOADED) kj::throwFatalException(kj::mv(exception));
          return std::unexpected(StorageFault{StorageTrouble::kBusy, "too much waits for the database"});
        });
  }

 private:
  std::shared_ptr<JobStore> store_;  // the lane's
  capabilities::Lane lane_;
};

}  // namespace runtime::serve
