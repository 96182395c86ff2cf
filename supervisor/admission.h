#pragma once
// How many calls of one worker are under way at once. A call whose answer may be large has a place from before it
// begins until its answer is made: what is made for a worker that reads nothing stays bounded, however many calls it
// has open and however long a disk holds them up. Loop thread.
#include <kj/async.h>

#include <cstddef>
#include <deque>
#include <utility>

namespace runtime::supervisor {

class Admission {
 public:
  // At most 256 KiB of answer each.
  static constexpr size_t kMaxUnderWay = 16;

  // Held by a call. The admission outlives it.
  class Place {
   public:
    explicit Place(Admission& admission) : admission_(&admission) {}
    Place(Place&& other) noexcept : admission_(std::exchange(other.admission_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (admission_ != nullptr) admission_->leave();
    }

   private:
    Admission* admission_;
  };

  // In the order in which it is asked for.
  kj::Promise<Place> enter();

 private:
  void leave();

  size_t underWay_ = 0;
  std::deque<kj::Own<kj::PromiseFulfiller<Place>>> waiting_;
};

}  // namespace runtime::supervisor
