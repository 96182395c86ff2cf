#include "supervisor/admission.h"

namespace runtime::supervisor {

kj::Promise<Admission::Place> Admission::enter() {
  if (underWay_ < kMaxUnderWay) {
    ++underWay_;
    return Place(*this);
  }
  auto turn = kj::newPromiseAndFulfiller<Place>();
  waiting_.push_back(kj::mv(turn.fulfiller));
  return kj::mv(turn.promise);
}

// The place goes to the next that still waits for one.
void Admission::leave() {
  while (!waiting_.empty()) {
    auto next = kj::mv(waiting_.front());
    waiting_.pop_front();
    if (!next->isWaiting()) continue;
    next->fulfill(Place(*this));
    return;
  }
  --underWay_;
}

}  // namespace runtime::supervisor
