#include "ipc/transport/link.h"

namespace runtime::ipc {

template <typename T>
kj::Promise<T> Link::wait(Waiting<T>*& slot, Bytes to) {
  auto promise = kj::newAdaptedPromise<T, Waiting<T>>(slot, to);
  waitingBegan();
  return promise;
}

kj::Promise<size_t> Link::receiveLater(Bytes to) {
  if (ended_) return kj::Promise<size_t>(size_t{0});
  return wait(reading_, to);
}

kj::Promise<void> Link::whenWritable() { return wait(writing_, nullptr); }

void Link::hangUp() {
  ended_ = true;
  if (reading_ != nullptr) finishReading(0);
}

void Link::finishReading(size_t bytes) {
  auto* waiting = reading_;
  reading_ = nullptr;
  waiting->fulfiller.fulfill(kj::mv(bytes));
}

void Link::finishWriting() {
  auto* waiting = writing_;
  writing_ = nullptr;
  waiting->fulfiller.fulfill();
}

void Link::fail(kj::Exception&& exception) {
  if (auto* waiting = writing_; waiting != nullptr) {
    writing_ = nullptr;
    waiting->fulfiller.reject(kj::cp(exception));
  }
  if (auto* waiting = reading_; waiting != nullptr) {
    reading_ = nullptr;
    waiting->fulfiller.reject(kj::mv(exception));
  }
}

}  // namespace runtime::ipc
